// swift-tools-version: 6.3

import PackageDescription

// Imports only point down. Tests/ArchitectureTests reads the imports and fails when a floor is broken.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "smppost",
    products: [.executable(name: "smppost", targets: ["smppost"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Floor 6: the executable, one file per command.
        .executableTarget(
            name: "smppost",
            dependencies: [
                "Bridge", "Carriers", "HTTPService", "Intake", "Journal", "LoadTest", "Messaging", "Operations",
                "Probe", "SMPP", "SMPPWire", "Service", "Settings", "Simulator", "TLS", argumentParser, lifecycle,
                logging, nioCore, nioPosix, signals,
            ]),

        // Floor 5: what assembles the floors below from the configuration.
        .target(
            name: "Service",
            dependencies: [
                "Bridge", "Carriers", "Cluster", "Delivery", "HTTPService", "Intake", "Journal", "Messaging", "Monitor",
                "Nodes", "Operations",
                "SMPP", "Settings", "TLS", lifecycle, logging, nioCore, nioPosix,
            ]),

        // Floor 4: what joins the edges. They do not know each other.
        .target(
            name: "Bridge",
            dependencies: ["Carriers", "Intake", "Journal", "Messaging", "SMPP", "SMPPWire", "Settings", nioCore]),
        .target(
            name: "Delivery",
            dependencies: [
                "Carriers", "HTTPService", "Journal", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS", collections,
                logging, nioCore, nioPosix,
            ]),
        .target(
            name: "Operations",
            dependencies: [
                "Carriers", "HTTPService", "Intake", "Journal", "Messaging", "Monitor", "SMPP", "SMPPWire", "Settings",
                "TLS", collections, logging, nioCore, nioPosix,
            ]),
        .target(
            name: "LoadTest",
            dependencies: [
                "HTTPService", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS", collections, histogram, nioCore,
                nioHTTP1, nioPosix,
            ]),
        .target(
            name: "Nodes", dependencies: ["Carriers", "Cluster", "Journal", "SMPP", logging, nioCore, nioPosix]),
        .target(name: "Probe", dependencies: ["Carriers", "Messaging", "SMPP", "SMPPWire", "TLS", nioCore, nioPosix]),
        .target(
            name: "Simulator",
            dependencies: [
                "HTTPService", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS", collections, logging, nioCore,
                nioPosix,
            ]),

        // Floor 3: the edges. They know their own peer and not each other.
        .target(
            name: "Intake",
            dependencies: [
                "Cluster", "HTTPService", "Messaging", "SMPP", "TLS", collections, logging, nioCore, nioPosix,
            ]),
        .target(
            name: "Carriers",
            dependencies: ["Cluster", "Messaging", "SMPP", "SMPPWire", "TLS", collections, logging, nioCore, nioPosix]),
        .target(
            name: "Journal",
            dependencies: ["CPostgreSQL", "Cluster", "Messaging", "SMPP", collections, grdb, grdbSQLite, logging]),
        .target(name: "Monitor", dependencies: ["HTTPService", "SMPP", "TLS", logging, nioCore, nioHTTP1]),
        .target(name: "Settings", dependencies: ["HTTPService", "Messaging", "SMPP", "TLS", yams]),

        // Floor 2: bytes.
        .target(name: "HTTPService", dependencies: ["TLS", logging, nioCore, nioHTTP1, nioPosix]),
        .target(name: "TLS", dependencies: ["COpenSSL", nioCore, nioPosix]),
        .target(name: "SMPPWire", dependencies: ["CSMPP34", "Messaging", "SMPP", nioCore]),

        // Floor 1: pure rules. Neither NIO nor C nor a clock.
        .target(name: "SMPP", dependencies: [collections]),
        .target(name: "Messaging", dependencies: [collections]),
        .target(name: "Cluster"),

        // Floor 0: C.
        .target(name: "CSMPP34", linkerSettings: [.linkedLibrary("smpp34")]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),

        .target(name: "CPostgreSQL", linkerSettings: [.linkedLibrary("pq")]),

        // Tests mirror the targets, one to one.
        .testTarget(name: "ArchitectureTests"),
        .testTarget(
            name: "BridgeTests",
            dependencies: [
                "Bridge", "Carriers", "Intake", "Journal", "Messaging", "SMPP", "SMPPWire", "Settings", "TestPrograms",
                logging,
                nioCore, nioEmbedded, nioPosix,
            ]),
        .testTarget(
            name: "CarriersTests",
            dependencies: [
                "Carriers", "Cluster", "Messaging", "SMPP", "SMPPWire", "TLS", "TestPrograms", logging, nioCore,
                nioEmbedded, nioPosix,
            ]),
        .testTarget(name: "ClusterTests", dependencies: ["Cluster", "SMPP"]),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Carriers", "Delivery", "HTTPService", "Journal", "Messaging", "SMPP", "Settings", "TLS",
                "TestPrograms", logging, nioCore, nioEmbedded, nioPosix,
            ]),
        .testTarget(name: "EndToEndTests", dependencies: ["TestPrograms", "smppost"], exclude: ["Peers"]),
        .testTarget(
            name: "HTTPServiceTests",
            dependencies: ["HTTPService", "TestPrograms", "TLS", logging, nioCore, nioHTTP1, nioPosix]),
        .testTarget(
            name: "IntakeTests",
            dependencies: [
                "Cluster", "Intake", "Messaging", "SMPP", "TLS", "TestPrograms", logging, nioCore, nioEmbedded,
                nioHTTP1,
                nioPosix,
            ]),
        .testTarget(
            name: "JournalTests",
            dependencies: ["CPostgreSQL", "Cluster", "Journal", "Messaging", "SMPP", "TestPrograms", grdb, logging],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "LoadTestTests",
            dependencies: [
                "HTTPService", "LoadTest", "Messaging", "SMPP", "SMPPWire", "Settings", "TLS", "TestPrograms",
                histogram,
                nioCore, nioEmbedded, nioHTTP1, nioPosix,
            ]),
        .testTarget(
            name: "MessagingTests", dependencies: ["Messaging", "SMPP", "TestPrograms"], exclude: ["Oracle"]),
        .testTarget(name: "MonitorTests", dependencies: ["HTTPService", "Monitor", "SMPP", "TLS", nioCore, nioHTTP1]),
        .testTarget(
            name: "NodesTests",
            dependencies: [
                "Carriers", "Cluster", "Journal", "Nodes", "SMPP", "TestPrograms", logging, nioCore, nioPosix,
            ]),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Carriers", "HTTPService", "Intake", "Journal", "Messaging", "Operations", "SMPP", "SMPPWire", "TLS",
                "TestPrograms", logging, nioCore, nioEmbedded, nioPosix,
            ]),
        .testTarget(name: "ProbeTests", dependencies: ["Probe", "SMPP", "TLS"]),
        .testTarget(
            name: "SMPPTests", dependencies: ["SMPP", "TestPrograms", nioCore],
            exclude: ["Fixtures", "generate_status_rows.py"]),
        .testTarget(
            name: "SMPPWireTests",
            dependencies: ["CSMPP34", "Messaging", "SMPP", "SMPPWire", "TestPrograms", nioCore, nioEmbedded]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "HTTPService", "Intake", "Messaging", "SMPP", "Service", "Settings", "TLS", "TestPrograms", logging,
                nioCore, nioPosix,
            ]),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["HTTPService", "Messaging", "SMPP", "Settings", "TLS", "TestPrograms"]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Messaging", "SMPP", "SMPPWire", "Simulator", "TLS", "TestPrograms", logging, nioCore, nioEmbedded,
                nioPosix,
            ]),
        .testTarget(name: "TLSTests", dependencies: ["TLS", "TestPrograms", nioCore, nioEmbedded, nioPosix]),
        // What several of them need: programs that are started and watched, temporary folders, waiting.
        .target(name: "TestPrograms", path: "Tests/TestPrograms"),
    ],
    swiftLanguageModes: [.v6]
)

let cTargets: Set = ["COpenSSL", "CPostgreSQL", "CSMPP34"]
for target in package.targets where !cTargets.contains(target.name) {
    var settings = target.swiftSettings ?? []
    settings += [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    if ["Cluster", "SMPP", "Messaging"].contains(target.name) {
        settings.append(.strictMemorySafety())
    }
    target.swiftSettings = settings
}
