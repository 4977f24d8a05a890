import Journal
import Messaging
import Testing

/// What every store does, whatever its database.
@Suite struct StoreSuite {
    @Test(arguments: StoreBackend.all) func aLifeIsWhatItsRecordsSay(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let id = Sample.id()
        let message = Sample.message(id, text: "hello")
        try journal.store.append([.reference(ReferenceRecord(id: id, reference: "m-7")), .message(message)])
        var life = MessageLife(message: message)
        life.reference = "m-7"
        #expect(try journal.reader.life(of: id) == life)

        let outcome = OutcomeRecord(
            id: id, at: Sample.now + 5_000, outcome: "unknown", httpStatus: 504, code: "partial_unknown",
            carrier: "main",
            segments: [.accepted(id: "1A2B"), .unknown(reason: "carrier_timeout"), .refused(status: 0x58), .notSent])
        try journal.store.append([.outcome(outcome), .late(Sample.late(id))])
        life.outcome = outcome
        life.late = [Sample.late(id)]
        #expect(try journal.reader.life(of: id) == life)

        let receipts = ["enroute", "delivered"].enumerated().map { index, state in
            Sample.receipt(id, at: Sample.now + 10_000 + UInt64(index), state)
        }
        try journal.store.append(receipts.map(JournalRecord.receipt) + [.delivered([id])])
        life.receipts = receipts
        life.isDelivered = true
        #expect(try journal.reader.life(of: id) == life)
        #expect(try journal.reader.messages(JournalFilter()) == [life])
    }

    @Test(arguments: StoreBackend.all) func nobodyKnowsAnUnknownId(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        #expect(try journal.reader.life(of: Sample.id()) == nil)
        #expect(try journal.reader.messages(JournalFilter()).isEmpty)
        #expect(try journal.reader.inbound(JournalFilter()).isEmpty)
        #expect(try journal.replayed().isEmpty)
        try journal.store.append([.message(Sample.message(Sample.id(2)))])
        #expect(try journal.reader.life(of: Sample.id(1)) == nil)
        #expect(try journal.reader.life(of: Sample.id(3)) == nil)
    }

    @Test(arguments: StoreBackend.all) func nothingIsAddedByNothing(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        try journal.store.append([])
        try journal.store.append([.delivered([])])
        #expect(try journal.replayed().isEmpty)
    }

    @Test(arguments: StoreBackend.all) func theSameAgainChangesNothing(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let id = Sample.id()
        let batch: [JournalRecord] = [
            .message(Sample.message(id)), .outcome(Sample.outcome(id)), .inbound(Sample.inbound(Sample.id(2))),
        ]
        try journal.store.append(batch)
        // The end of a commit may not be known, as when a connection breaks.
        try journal.store.append(batch)
        try journal.store.append([.outcome(Sample.outcome(id, "refused"))])
        #expect(try journal.replayed() == batch)
    }

    @Test(arguments: StoreBackend.all) func textsComeBackAsTheyWere(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let texts = [
            "", "Привет, мир", "👩‍👩‍👧 e\u{301} \u{FEFF}\u{202E}", "'; DROP TABLE message; --", "%_\\\"\n\r\t\u{1}",
            String(repeating: "я", count: 32_768),
        ]
        for (index, text) in texts.enumerated() {
            let id = Sample.id(Int64(index + 1))
            var outcome = Sample.outcome(id)
            outcome.segments = [.accepted(id: text), .unknown(reason: text)]
            var receipt = Sample.receipt(id)
            receipt.carrierID = text
            receipt.error = text
            try journal.store.append([
                .message(Sample.message(id, account: text, text: text)), .outcome(outcome), .receipt(receipt),
            ])
            let life = try #require(try journal.reader.life(of: id))
            #expect(life.message.text == text)
            #expect(life.message.account == text)
            #expect(life.outcome == outcome)
            #expect(life.receipts == [receipt])
        }
    }

    @Test(arguments: StoreBackend.all) func aNULInATextIsReplaced(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let id = Sample.id()
        var outcome = Sample.outcome(id)
        outcome.segments = [.accepted(id: "a\0b")]
        try journal.store.append([.message(Sample.message(id, text: "one\0two")), .outcome(outcome)])
        let life = try #require(try journal.reader.life(of: id))
        #expect(life.message.text == "one\u{FFFD}two")
        #expect(life.outcome == outcome)
    }

    @Test(arguments: StoreBackend.all) func theEndsOfNumbersFit(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        for raw in [0, 1, UInt64(Int64.max) - 1, UInt64(Int64.max)] {
            let id = try #require(MessageID(rawValue: raw))
            var message = Sample.message(id)
            message.fingerprint = Fingerprint(high: .max, low: 1 << 63)
            message.segments = 255
            var outcome = Sample.outcome(id)
            outcome.at = raw == 0 ? 0 : UInt64(Int64.max)
            outcome.segments = [.refused(status: .max), .refused(status: 0)]
            var late = Sample.late(id)
            late.status = .max
            var receipt = Sample.receipt(id)
            receipt.delay = UInt64(Int64.max)
            receipt.at = 0
            try journal.store.append([
                .message(message), .outcome(outcome), .late(late), .receipt(receipt), .delivered([id]),
            ])
            let life = try #require(try journal.reader.life(of: id))
            #expect(life.message == message)
            #expect(life.outcome == outcome)
            #expect(life.late == [late])
            #expect(life.receipts == [receipt])
            #expect(life.isDelivered)
        }
        #expect(try journal.ids().count == 4)
        #expect(try journal.ids { $0.after = MessageID(rawValue: UInt64(Int64.max)) }.isEmpty)
        #expect(try journal.ids { $0.after = MessageID(rawValue: 1) }.count == 2)
        // How marks are bundled is the store's affair.
        let facts = try journal.replayed().filter { if case .delivered = $0 { false } else { true } }
        #expect(facts.count == 16)
    }

    @Test(arguments: StoreBackend.all) func marksAreForTheirMessagesOnly(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        // Some in one minute, some hours apart, in one commit and again in a later one.
        let ids = (0..<40).map { Sample.id(at: Sample.now + UInt64($0) * ($0 < 20 ? 1_000 : 600_000)) }
        try journal.store.append(ids.map { .message(Sample.message($0)) })
        let marked = ids.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        try journal.store.append([.delivered(Array(marked.dropFirst(2).shuffled()))])
        try journal.store.append([.delivered(marked), .delivered([marked[5]])])
        for id in ids {
            #expect(try journal.reader.life(of: id)?.isDelivered == marked.contains(id))
        }
        let listed = try journal.reader.messages(JournalFilter())
        #expect(listed.map(\.message.id) == ids.reversed())
        #expect(listed.filter(\.isDelivered).map(\.message.id) == marked.reversed())
    }

    @Test(arguments: StoreBackend.all) func aRepeatShowsWhatItRepeats(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let first = Sample.id(1)
        let between = Sample.id(2)
        let again = Sample.id(3)
        let original = Sample.message(first, text: "once")
        try journal.store.append([
            .message(original), .outcome(Sample.outcome(first)), .message(Sample.message(between, account: "other")),
            .outcome(Sample.outcome(again, replayOf: first)), .delivered([again]),
        ])
        let life = try #require(try journal.reader.life(of: again))
        var words = original
        words.id = again
        #expect(life.message == words)
        #expect(life.outcome?.replayOf == first)
        #expect(life.isDelivered)
        #expect(try journal.reader.life(of: first)?.isDelivered == false)
        #expect(try journal.ids() == [again, between, first])
        #expect(try journal.ids { $0.account = "acme" } == [again, first])
        #expect(try journal.ids { $0.after = first } == [between, again])
        #expect(try journal.ids { $0.limit = 2 } == [again, between])
    }

    /// What memory has no more room for is found by the carrier's id, on that carrier alone, until it is too old.
    @Test(arguments: StoreBackend.all) func forgottenSegmentsAreFound(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<3).map { Sample.id(at: Sample.now + UInt64($0) * 3_600_000) }
        func forgotten(_ place: Int, _ folded: String, at carrier: String = "main") -> JournalRecord {
            .forgotten(
                ForgottenRecord(
                    id: ids[place], segment: 1, key: ForgottenRecord.key(of: folded, at: carrier)))
        }
        try journal.store.append(ids.map { .message(Sample.message($0)) } + ids.map { .outcome(Sample.outcome($0)) })
        let records = [
            forgotten(0, "1a2b"), forgotten(1, "1a2b"), forgotten(2, "77"), forgotten(2, "1a2b", at: "other"),
        ]
        try journal.store.append(records)
        try journal.store.append(records)

        let recall = JournalRecall(reader: journal.reader, limit: 1)
        func found(_ folded: [String], at carrier: String = "main") async -> [MessageID] {
            await withCheckedContinuation { continuation in
                recall.find(folded, at: carrier) { found in
                    #expect(found.allSatisfy { $0.segment == 1 && $0.life.outcome != nil })
                    continuation.resume(returning: found.map(\.life.message.id).sorted())
                }
            }
        }
        #expect(await found(["1a2b"]) == [ids[0], ids[1]])
        #expect(await found(["6699", "77"]) == [ids[2]])
        #expect(await found(["1a2b"], at: "other") == [ids[2]])
        #expect(await found(["1A2B", "78"]) == [])
        #expect(await found([]) == [])
        _ = try journal.store.prune(before: Sample.now + 1, limit: 100)
        #expect(try journal.reader.forgotten([ForgottenRecord.key(of: "1a2b", at: "main")]).map(\.id) == [ids[1]])

        let none = JournalRecall(reader: journal.reader, limit: 0)
        let answers = await withCheckedContinuation { continuation in
            none.find(["77"], at: "main") { continuation.resume(returning: $0.count) }
        }
        #expect(answers == 0)
    }

    @Test(arguments: StoreBackend.all) func theKeyStaysAndIsItsOwn(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let key = try journal.store.fingerprintKey()
        #expect(key.count == 32)
        #expect(Set(key).count > 8)
        #expect(try journal.store.fingerprintKey() == key)
        journal.store.close()
        let another = journal.another()
        try another.open()
        #expect(try another.fingerprintKey() == key)
        another.close()
        #expect(try await backend.make().store.fingerprintKey() != key)
    }

    @Test(arguments: StoreBackend.all) func openingAgainKeepsAll(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let records: [JournalRecord] = [.message(Sample.message(Sample.id()))]
        try journal.store.append(records)
        try journal.store.open()
        #expect(try journal.replayed() == records)
        journal.store.close()
        journal.store.close()
        #expect { try journal.store.append(records) } throws: { ($0 as? JournalProblem)?.isLost == true }
        #expect { try journal.replayed() } throws: { ($0 as? JournalProblem)?.isLost == true }
        let another = journal.another()
        try another.open()
        try another.append([.outcome(Sample.outcome(Sample.id()))])
        another.close()
        try journal.store.open()
        #expect(try journal.replayed() == records + [.outcome(Sample.outcome(Sample.id()))])
        journal.store.close()
    }
}
