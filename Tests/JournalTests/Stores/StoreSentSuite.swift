import Journal
import Messaging
import Testing

/// What quotas learn from a journal.
@Suite struct StoreSentSuite {
    @Test(arguments: StoreBackend.all) func whatWentOrMayHaveGoneCounts(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let outcomes = ["accepted", "refused", "not-sent", "unknown", "partial", nil, "accepted"]
        for (index, outcome) in outcomes.enumerated() {
            let id = Sample.id(at: Sample.now + UInt64(index) * 1_000)
            try journal.store.append([
                .message(Sample.message(id, account: index < 6 ? "acme" : "other", to: "7916123456\(index)"))
            ])
            if let outcome { try journal.store.append([.outcome(Sample.outcome(id, outcome))]) }
        }
        // A repeat that was answered from the ledger has no message.
        let repeated = Sample.id(at: Sample.now + 500)
        try journal.store.append([.outcome(Sample.outcome(repeated, replayOf: Sample.id()))])
        let reader = journal.reader
        #expect(try reader.sentCounts(0..<UInt64.max) == ["acme": 4, "other": 1])
        #expect(try reader.sentCounts(Sample.now + 1..<Sample.now + 4_000) == ["acme": 1])
        #expect(try reader.sentCounts(Sample.now + 4_000..<Sample.now + 6_000) == ["acme": 2])
        let messages = try reader.sentMessages(since: Sample.now + 3_000, limit: 3)
        #expect(messages.map(\.recipient) == ["79161234566", "79161234565", "79161234564"])
        #expect(messages.map(\.account) == ["other", "acme", "acme"])
        #expect(try reader.sentMessages(since: Sample.now + 7_000, limit: 3).isEmpty)
    }
}
