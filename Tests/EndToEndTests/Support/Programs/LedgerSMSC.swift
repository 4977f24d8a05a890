import Foundation
import TestPrograms

/// An SMSC that is not ours and writes down what it sees (`Peers/ledger_smsc.py`).
struct LedgerSMSC {
    let folder: TemporaryFolder
    let process: ProcessHandle
    let port: Int

    var ledger: String { folder.file("ledger") }

    static func start() async throws -> LedgerSMSC {
        let folder = try TemporaryFolder()
        let port = try Ports.free()
        let process = try ProcessHandle(
            "python3", [Repository.testFile("Peers/ledger_smsc.py"), "\(port)", folder.file("ledger"), "5"])
        try await process.waitForOutput(containing: "listening")
        return LedgerSMSC(folder: folder, process: process, port: port)
    }

    /// Waits until it has seen more messages.
    func goOn() async throws {
        let before = try size()
        try await eventually("more messages") { try size() > before + 10_000 }
    }

    private func size() throws -> Int {
        try FileManager.default.attributesOfItem(atPath: ledger)[.size] as? Int ?? 0
    }

    func discard() {
        process.kill()
        folder.remove()
    }
}
