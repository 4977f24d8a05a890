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

    @Test(arguments: StoreBackend.all) func anotherAttemptUnderTheSameName(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        var moment = Sample.now
        func add(_ outcome: String?, _ name: String, account: String = "acme") throws -> MessageLife {
            moment += 1_000
            let message = Sample.message(Sample.id(at: moment), account: account)
            try journal.store.append([.reference(ReferenceRecord(id: message.id, reference: name)), .message(message)])
            if let outcome { try journal.store.append([.outcome(Sample.outcome(message.id, outcome))]) }
            return try #require(try journal.reader.life(of: message.id))
        }
        for outcome in ["accepted", "partial", "unknown", nil, "refused", "not-sent"] {
            let name = "m-\(outcome ?? "under way")"
            let refused = try add("refused", name)
            #expect(refused.isNotGone && refused.reference == name)
            #expect(try !journal.reader.hasNamesake(refused))
            _ = try add("accepted", name, account: "other")
            #expect(try !journal.reader.hasNamesake(refused))
            let other = try add(outcome, name)
            #expect(try journal.reader.hasNamesake(refused) == !other.isNotGone)
            #expect(try !journal.reader.hasNamesake(other))
        }
        #expect(try !journal.reader.hasNamesake(MessageLife(message: Sample.message(Sample.id()))))
    }
}
