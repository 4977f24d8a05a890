import Foundation
import TestPrograms
import Testing

/// Receipts of an SMSC that is not ours, which gives ids in decimal and writes them in hexadecimal.
@Suite struct ReceiptTests {
    @Test(.timeLimit(.minutes(1))) func receiptsFindTheirMessages() async throws {
        let port = try Ports.free()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let smsc = try ProcessHandle(
            "python3", [Repository.testFile("Peers/ledger_smsc.py"), "\(port)", folder.file("ledger"), "5", "50"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        try await withBridge(BridgeSetup(carriers: [CarrierSetup(port: port, binds: 3)])) { bridge in
            let replies = try await bridge.post((0..<60).map { .message(text: "Receipt \($0)") })
            #expect(replies.allSatisfy { $0.status == 200 })
            try await eventually("all matched") { try await bridge.carriers()[0].receipts.matched >= 60 }
            let receipts = try await bridge.carriers()[0].receipts
            #expect(receipts.matched == 60)
            #expect(receipts.unmatched == 0)
            #expect(receipts.duplicates == 0)
            #expect(receipts.states == ["delivered": 60])
            #expect(receipts.ids.hasPrefix("hexadecimal"), "\(receipts.ids)")
        }
    }
}
