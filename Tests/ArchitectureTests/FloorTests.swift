import Foundation
import Testing

/// Imports only point down; a target sees the packages that its floor may see.
@Suite struct FloorTests {
    /// A target: where it stands, what it may import from the floors below it, and which packages and system modules.
    struct Target {
        var floor: Int
        var below: Set<String>
        var packages: Set<String>

        init(_ floor: Int, _ below: Set<String> = [], packages: Set<String> = []) {
            self.floor = floor
            self.below = below
            self.packages = packages
        }
    }

    static let targets: [String: Target] = [
        "COpenSSL": Target(0),
        "CPostgreSQL": Target(0),
        "CSMPP34": Target(0),
        "Cluster": Target(1),
        "Messaging": Target(1, packages: ["DequeModule"]),
        "SMPP": Target(1, packages: ["DequeModule"]),
        "SMPPWire": Target(2, ["CSMPP34", "Messaging", "SMPP"], packages: ["NIOCore", "Glibc"]),
        "TLS": Target(2, ["COpenSSL"], packages: ["NIOCore", "Foundation", "Dispatch", "Glibc"]),
        "HTTPService": Target(2, ["TLS"], packages: ["Logging", "NIOCore", "NIOHTTP1", "NIOPosix"]),
        "Carriers": Target(
            3, ["Cluster", "Messaging", "SMPP", "SMPPWire", "TLS"],
            packages: ["DequeModule", "Logging", "NIOCore", "NIOPosix", "Glibc"]),
        "Intake": Target(
            3, ["Cluster", "HTTPService", "Messaging", "SMPP", "TLS"],
            packages: ["DequeModule", "Logging", "NIOCore", "NIOPosix", "Foundation", "Dispatch"]),
        "Journal": Target(
            3, ["CPostgreSQL", "Cluster", "Messaging", "SMPP"],
            packages: ["DequeModule", "GRDB", "GRDBSQLite", "Logging", "Foundation", "Dispatch", "Glibc"]),
        "Monitor": Target(3, ["HTTPService", "SMPP", "TLS"], packages: ["Logging", "NIOCore", "NIOHTTP1"]),
        "Settings": Target(3, ["HTTPService", "Messaging", "SMPP", "TLS"], packages: ["Yams", "Foundation"]),
        "Bridge": Target(
            4, ["Carriers", "Intake", "Journal", "Messaging", "SMPP", "SMPPWire", "Settings"], packages: ["NIOCore"]),
        "Delivery": Target(
            4, ["Carriers", "HTTPService", "Journal", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS"],
            packages: ["DequeModule", "Logging", "NIOCore", "NIOPosix", "Foundation"]),
        "Nodes": Target(
            4, ["Carriers", "Cluster", "Journal", "SMPP"], packages: ["Logging", "NIOCore", "NIOPosix", "Glibc"]),
        "Operations": Target(
            4,
            [
                "Carriers", "HTTPService", "Intake", "Journal", "Messaging", "Monitor", "SMPP", "SMPPWire", "Settings",
                "TLS",
            ],
            packages: ["DequeModule", "Logging", "NIOCore", "NIOPosix", "Foundation", "Dispatch", "Glibc"]),
        "LoadTest": Target(
            4, ["HTTPService", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS"],
            packages: ["DequeModule", "Histogram", "NIOCore", "NIOHTTP1", "NIOPosix", "Foundation", "Glibc"]),
        "Probe": Target(
            4, ["Carriers", "Messaging", "SMPP", "SMPPWire", "TLS"], packages: ["NIOCore", "NIOPosix"]),
        "Simulator": Target(
            4, ["HTTPService", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS"],
            packages: ["DequeModule", "Logging", "NIOCore", "NIOPosix", "Foundation", "Glibc"]),
        "Service": Target(
            5,
            [
                "Bridge", "Carriers", "Cluster", "Delivery", "HTTPService", "Intake", "Journal", "Messaging", "Monitor",
                "Nodes", "Operations",
                "SMPP", "Settings", "TLS",
            ], packages: ["ServiceLifecycle", "Logging", "NIOCore", "NIOPosix", "Foundation", "Dispatch", "Glibc"]),
        "smppost": Target(
            6,
            [
                "Bridge", "Carriers", "HTTPService", "Intake", "Journal", "LoadTest", "Messaging", "Operations",
                "Probe",
                "SMPP", "SMPPWire", "Service", "Settings", "Simulator", "TLS",
            ],
            packages: [
                "ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging", "NIOCore", "NIOPosix", "Foundation",
                "Glibc",
            ]),
    ]

    /// Those that stand on one of their own floor: the small HTTP service is made of TLS.
    static let besides: [String: Set<String>] = ["HTTPService": ["TLS"]]

    /// Those of ours that hold Swift.
    static let swiftTargets = targets.filter { $0.value.floor > 0 }

    @Test(arguments: targets.keys.sorted())
    func everyTargetStandsOnLowerFloors(target: String) throws {
        let own = try #require(Self.targets[target])
        for name in own.below.subtracting(Self.besides[target] ?? []) {
            let other = try #require(Self.targets[name], "\(name) is no target")
            #expect(other.floor < own.floor, "\(target) on floor \(own.floor) imports \(name) on floor \(other.floor)")
        }
    }

    @Test func everyTargetHasItsFloor() throws {
        #expect(Set(try SourceTree.names(in: "Sources")) == Set(Self.targets.keys))
    }

    @Test(arguments: swiftTargets.keys.sorted())
    func importsPointDown(target: String) throws {
        let own = try #require(Self.targets[target])
        let allowed = own.below.union(own.packages).union(["Synchronization"])
        let files = try SourceTree.files(below: "Sources/" + target)
        #expect(!files.isEmpty)
        for file in files {
            for line in file.lines {
                guard let module = Self.importedModule(line) else { continue }
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func pureFloorKnowsNoClockAndNoChance() throws {
        let banned = [
            "ContinuousClock", "SuspendingClock", "DispatchTime", "SystemRandomNumberGenerator", ".random(in:",
        ]
        let files = try ["Cluster", "Messaging", "SMPP"].flatMap { try SourceTree.files(below: "Sources/" + $0) }
        for file in files {
            for word in banned {
                #expect(!file.lines.contains { Self.code($0).contains(word) }, "\(file.path) uses \(word)")
            }
        }
    }

    @Test func testsMirrorTheTargets() throws {
        let suites = Set(try SourceTree.names(in: "Tests").filter { $0.hasSuffix("Tests") })
        let mirrored = Set(Self.swiftTargets.keys).subtracting(["smppost"]).map { $0 + "Tests" }
        #expect(suites == Set(mirrored).union(["ArchitectureTests", "EndToEndTests"]))
    }

    @Test func topLevelHoldsNothingElse() throws {
        let expected: Set = ["LICENSE", "Package.swift", "README.md", "Sources", "Tests", "carriers", "config"]
        // `Package.resolved` is written by the build and ignored by git.
        #expect(Set(try SourceTree.names(in: "")).subtracting(["Package.resolved"]) == expected)
    }

    /// `package import NIOCore` → `NIOCore`; nil for any other line.
    static func importedModule(_ line: Substring) -> String? {
        var words = line.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") || ["package", "internal", "private"].contains(first) {
            words.removeFirst()
        }
        guard words.first == "import", words.count >= 2 else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "func", "typealias", "protocol", "var", "let"]
        let name = kinds.contains(words[words.startIndex + 1]) ? words.last : words[words.startIndex + 1]
        return name.map { String($0.prefix { $0 != "." }) }
    }

    /// A line without its comment.
    static func code(_ line: Substring) -> Substring {
        guard let comment = line.range(of: "//") else { return line }
        return line[..<comment.lowerBound]
    }
}
