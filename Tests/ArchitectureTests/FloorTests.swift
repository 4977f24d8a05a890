import Foundation
import Testing

/// Imports only point down; a target sees the packages that its floor may see.
@Suite struct FloorTests {
    /// What each target may import, besides the standard library's `Synchronization`.
    static let allowed: [String: Set<String>] = [
        "Messaging": ["DequeModule"],
        "SMPP": ["DequeModule"],
        "SMPPWire": ["CSMPP34", "SMPP", "NIOCore"],
        "TLS": ["COpenSSL", "NIOCore", "Foundation", "Dispatch", "Glibc"],
        "Carriers": ["Messaging", "SMPP", "SMPPWire", "TLS", "DequeModule", "Logging", "NIOCore", "NIOPosix", "Glibc"],
        "Intake": [
            "Messaging", "SMPP", "TLS", "DequeModule", "Logging", "NIOCore", "NIOPosix", "Foundation", "Dispatch",
        ],
        "Journal": [
            "CPostgreSQL", "Messaging", "SMPP", "DequeModule", "GRDB", "GRDBSQLite", "Logging", "Foundation",
            "Dispatch", "Glibc",
        ],
        "Monitor": ["TLS", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "Foundation"],
        "Settings": ["Messaging", "SMPP", "TLS", "Yams", "Foundation"],
        "Bridge": [
            "Carriers", "Intake", "Journal", "Messaging", "Monitor", "SMPP", "SMPPWire", "Settings", "TLS",
            "DequeModule", "ServiceLifecycle", "Logging", "NIOCore", "NIOPosix", "Foundation", "Dispatch", "Glibc",
        ],
        "LoadTest": [
            "Messaging", "Monitor", "SMPP", "SMPPWire", "TLS", "DequeModule", "Histogram", "NIOCore", "NIOHTTP1",
            "NIOPosix",
            "Yams", "Foundation", "Glibc",
        ],
        "Simulator": [
            "Messaging", "Monitor", "SMPP", "SMPPWire", "TLS", "DequeModule", "Logging", "NIOCore", "NIOPosix",
            "Foundation", "Glibc",
        ],
        "smppost": [
            "Bridge", "Carriers", "Intake", "Journal", "LoadTest", "Messaging", "Monitor", "SMPP", "SMPPWire",
            "Settings",
            "Simulator", "TLS", "ArgumentParser", "ServiceLifecycle", "UnixSignals", "Logging", "NIOCore",
            "NIOPosix", "Foundation", "Glibc",
        ],
    ]

    static let cTargets: Set = ["COpenSSL", "CPostgreSQL", "CSMPP34"]

    @Test func everyTargetHasItsFloor() throws {
        #expect(Set(try SourceTree.names(in: "Sources")) == Set(Self.allowed.keys).union(Self.cTargets))
    }

    @Test(arguments: allowed.keys.sorted())
    func importsPointDown(target: String) throws {
        let allowed = try #require(Self.allowed[target]).union(["Synchronization"])
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
        for file in try SourceTree.files(below: "Sources/SMPP") + SourceTree.files(below: "Sources/Messaging") {
            for word in banned {
                #expect(!file.lines.contains { Self.code($0).contains(word) }, "\(file.path) uses \(word)")
            }
        }
    }

    @Test func testsMirrorTheTargets() throws {
        let suites = Set(try SourceTree.names(in: "Tests").filter { $0.hasSuffix("Tests") })
        let mirrored = Set(Self.allowed.keys).subtracting(["smppost"]).map { $0 + "Tests" }
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
