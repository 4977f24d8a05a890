import Foundation
import TestPrograms
import Testing

/// `durability: power`: what the kernel is asked to put on the disk.
@Suite struct PowerTests {
    private static let canTrace = runSucceeds("strace", ["-o", "/dev/null", "true"])

    /// The name of a new file is its folder's: synced octets are worth nothing in a file that has no name after a power cut.
    @Test(.enabled(if: canTrace), .timeLimit(.minutes(2)))
    func theLogsFilesAndTheirFolderAreSyncedBeforeAMessageIsTaken() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let calls = folder.file("calls")
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal, ["durability: power"])
        setup.carriers[0].port = try Ports.free()
        // The tracer is nobody's parent here: signals are the bridge's.
        let bridge = try await Bridge.start(
            setup, under: ["strace", "-D", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", calls])
        defer { bridge.discard() }
        let synced = try String(contentsOfFile: calls, encoding: .utf8).split(separator: "\n")
        func isSynced(_ path: String) -> Bool { synced.contains { $0.contains("fsync(") && $0.contains(path + ">") } }
        #expect(isSynced("/var/smppost.db-log.000001"))
        #expect(isSynced("/var"))
        _ = try await bridge.stop()
    }
}
