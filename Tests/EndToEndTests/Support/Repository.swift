import Foundation

/// Where the files that the tests start and read are.
enum Repository {
    /// The package's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The program under test: `SMPPOST_BINARY`, or the one that was built beside the running test bundle.
    static let smppost: String = {
        if let path = ProcessInfo.processInfo.environment["SMPPOST_BINARY"], !path.isEmpty {
            return path
        }
        let testBundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return testBundle.deletingLastPathComponent().appending(path: "smppost").path()
    }()

    /// The Python that has the peers; `Tests/run` makes it.
    static let peersPython: String =
        ProcessInfo.processInfo.environment["SMPPOST_PEERS_PYTHON"]
        ?? root.appending(path: ".build/peers/bin/python").path()

    /// Whether a missing peer or capture tool is a failure (as in `Tests/run`) and not a reason to skip.
    static let peersAreRequired = ProcessInfo.processInfo.environment["SMPPOST_REQUIRE_PEERS"] == "1"

    /// How long the carrier's rate is tried, in seconds.
    static let pacingSeconds = ProcessInfo.processInfo.environment["SMPPOST_PACING_SECONDS"].flatMap(Double.init) ?? 20

    /// The path of a file of the package.
    static func file(_ name: String) -> String { root.appending(path: name).path() }

    /// The path of a file beside the end-to-end tests.
    static func testFile(_ name: String) -> String {
        file("Tests/EndToEndTests/\(name)")
    }
}
