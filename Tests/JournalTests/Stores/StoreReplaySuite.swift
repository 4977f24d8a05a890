import Journal
import Messaging
import SMPP
import Testing

/// What a restart reads, and what age takes away.
@Suite struct StoreReplaySuite {
    @Test(arguments: StoreBackend.all) func aMessageComesBeforeWhatBecameOfIt(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<1_200).map { Sample.id(at: Sample.now + UInt64($0 / 2), Int64($0 % 2)) }
        var records: [JournalRecord] = ids.map { .message(Sample.message($0)) }
        records += ids.map { .outcome(Sample.outcome($0)) }
        records += ids.filter { $0.rawValue % 2 == 0 }.map { .late(Sample.late($0)) }
        // Also from before its message, as a carrier's clock or a hurry may have it.
        records += ids.map { .receipt(Sample.receipt($0, at: Sample.now - 1)) }
        records.append(.receipt(Sample.receipt(nil, at: Sample.now + 100)))
        records.append(.inbound(Sample.inbound(Sample.id(at: Sample.now + 50, 9))))
        try journal.store.append(records)
        try journal.store.append([.delivered(ids)])

        var batches = 0
        var replayed: [JournalRecord] = []
        try journal.store.replay(since: 0) { batch in
            #expect(!batch.isEmpty)
            batches += 1
            replayed += batch
        }
        #expect(batches > 1)
        var marked: Set<MessageID> = []
        var seen: [MessageID: Int] = [:]
        var last: MessageID?
        for record in replayed {
            switch record {
            case .message(let record):
                #expect(last.map { $0 < record.id } ?? true)
                last = record.id
                seen[record.id] = 1
            case .outcome(let record):
                #expect(seen[record.id] == 1)
                seen[record.id] = 2
            case .late(let record):
                #expect(seen[record.id] == 2)
            case .receipt(let record):
                if let id = record.message { #expect(seen[id] == 2) }
            case .delivered(let ids):
                #expect(ids.allSatisfy { seen[$0] == 2 })
                marked.formUnion(ids)
            case .inbound, .inboundPart, .posting, .posted, .forgotten, .reference: break
            }
        }
        #expect(marked == Set(ids))
        func isNoMark(_ record: JournalRecord) -> Bool { if case .delivered = record { false } else { true } }
        #expect(Set(replayed.filter(isNoMark)) == Set(records))
        #expect(replayed.filter(isNoMark).count == records.count)
    }

    @Test(arguments: StoreBackend.all) func whatIsUnsettledIsFoundAmongMany(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<2_500).map { Sample.id(at: Sample.now + UInt64($0) * 100, Int64($0 % 7)) }
        try journal.store.append(ids.map { .message(Sample.message($0)) })
        try journal.store.append(ids.dropLast().map { .outcome(Sample.outcome($0)) })
        let open = [ids[0], ids[1_100], ids[2_499]]
        let marked = ids.filter { !open.contains($0) }
        for part in stride(from: 0, to: marked.count, by: 40).map({ marked[$0..<min($0 + 40, marked.count)] }) {
            try journal.store.append([.delivered(Array(part))])
        }
        try journal.store.append([.receipt(Sample.receipt(ids[0])), .late(Sample.late(ids[1_100]))])
        func found(since moment: UInt64, recent: UInt64? = nil) throws -> [MessageLife] {
            var lives: [MessageLife] = []
            try journal.store.unsettled(since: moment, recent: recent) { lives += $0 }
            return lives
        }
        let lives = try found(since: 0)
        #expect(lives.map(\.message) == open.map { Sample.message($0) })
        #expect(lives.map { $0.outcome != nil } == [true, true, false])
        #expect(
            lives.first?.receipts == [Sample.receipt(ids[0])]
                && lives.dropFirst().first?.late == [Sample.late(ids[1_100])])
        #expect(try found(since: Sample.now + 1).map(\.message.id) == [ids[1_100], ids[2_499]])
        #expect(try found(since: .max).isEmpty)
        // And what was accepted a moment ago, delivered or not.
        let recent = try found(since: 0, recent: ids[2_490].unixMilliseconds + 20)
        #expect(recent.map(\.message.id) == [ids[0], ids[1_100]] + ids[2_491...])
        #expect(recent.count { $0.isDelivered } == 8)
    }

    @Test(arguments: StoreBackend.all) func partsOfWhatIsNotWholeAreFound(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        func part(_ number: Int64, _ part: Int) -> InboundPartRecord {
            InboundPartRecord(
                id: Sample.id(number), at: Sample.now, carrier: "main", from: "1", to: "2", reference: 7, part: part,
                parts: 3,
                content: "part \(part)")
        }
        let parts = [part(1, 1), part(1, 2), part(2, 1), part(3, 3)]
        try journal.store.append(parts.map(JournalRecord.inboundPart) + [.inbound(Sample.inbound(Sample.id(2)))])
        // One that comes again after its message.
        try journal.store.append([.inboundPart(part(2, 1))])
        #expect(try journal.store.openParts(since: 0) == [part(1, 1), part(1, 2), part(3, 3)])
        #expect(try journal.store.openParts(since: Sample.now + 1).isEmpty)
    }

    /// What a store keeps from one row or commit to the next must not get into another row.
    @Test(arguments: StoreBackend.all) func everyRowHasItsOwnValues(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        var chance = SplitMix64(seed: 31)
        func one<Value>(of values: Value...) -> Value { values.randomElement(using: &chance)! }
        var written: [JournalRecord] = []
        for commit in 0..<60 {
            var records: [JournalRecord] = []
            for number in (0..<Int.random(in: 1...90, using: &chance)).shuffled(using: &chance) {
                let id = Sample.id(at: Sample.now + UInt64(commit), Int64(number))
                var message = Sample.message(
                    id, account: one(of: "acme", "bolt"),
                    text: one(of: nil, "one", "\u{E9}", "e\u{301}", "e\u{301}\u{316}", "e\u{316}\u{301}"))
                message.sender = one(of: "ACME", "BOLT", "")
                var outcome = Sample.outcome(
                    id, one(of: "accepted", "refused", "unknown"), carrier: one(of: "main", "spare", nil))
                outcome.code = outcome.outcome == "accepted" ? nil : one(of: "smpp", "busy")
                outcome.segments = [one(of: .accepted(id: "\(number)"), .refused(status: 11), .notSent)]
                if one(of: true, false) { outcome.replayOf = Sample.id(1) }
                records += [.message(message), .outcome(outcome)]
            }
            try journal.store.append(records)
            // The first of one id counts.
            let second = records.map { record in
                guard case .message(var message) = record else { return record }
                message.account = "other"
                return .message(message)
            }
            if commit % 7 == 0 { try journal.store.append(second) }
            written += records
        }
        let replayed = try journal.replayed()
        #expect(replayed.count == written.count)
        #expect(Set(replayed) == Set(written))
        // To Swift, texts that look the same are the same.
        func octets(_ records: [JournalRecord]) -> [MessageID: [UInt8]] {
            records.reduce(into: [:]) {
                if case .message(let message) = $1, let text = message.text { $0[message.id] = Array(text.utf8) }
            }
        }
        #expect(octets(replayed) == octets(written))
    }

    @Test(arguments: StoreBackend.all) func theMomentIsTheFirst(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let before = Sample.id(at: Sample.now - 1, 0x3F_FFFF)
        let first = Sample.id(at: Sample.now, 0)
        try journal.store.append([
            .message(Sample.message(before)), .outcome(Sample.outcome(before)), .message(Sample.message(first)),
            .receipt(Sample.receipt(nil, at: Sample.now - 1)), .receipt(Sample.receipt(nil, at: Sample.now)),
        ])
        #expect(
            try journal.replayed(since: Sample.now) == [
                .message(Sample.message(first)), .receipt(Sample.receipt(nil, at: Sample.now)),
            ])
        #expect(try journal.replayed(since: Sample.now + 1).isEmpty)
        #expect(try journal.replayed(since: .max).isEmpty)
        #expect(try journal.replayed(since: 0).count == 5)
    }

    @Test(arguments: StoreBackend.all) func pruningTakesTheOldestInSteps(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<100).map { Sample.id(at: Sample.now + UInt64($0)) }
        try journal.store.append(ids.map { .message(Sample.message($0)) })
        try journal.store.append(ids.map { .outcome(Sample.outcome($0)) })
        try journal.store.append(ids.map { .receipt(Sample.receipt($0)) } + ids.map { .late(Sample.late($0)) })
        try journal.store.append([.receipt(Sample.receipt(nil, at: Sample.now + 3)), .inbound(Sample.inbound(ids[3]))])

        #expect(try journal.store.prune(before: Sample.now, limit: 10) == 0)
        #expect(try journal.reader.life(of: ids[0]) != nil)
        // Fifty messages with an outcome, a receipt and a late response each, one more receipt, one inbound.
        var steps: [Int] = []
        while steps.isEmpty || steps.last == 7 {
            steps.append(try journal.store.prune(before: Sample.now + 50, limit: 7))
            guard steps.count < 100 else { break }
        }
        let pruned = steps.reduce(0, +)
        #expect(pruned == 202)
        #expect(steps.allSatisfy { $0 <= 7 })
        #expect(try journal.store.prune(before: Sample.now + 50, limit: 7) == 0)

        for (index, id) in ids.enumerated() {
            let life = try journal.reader.life(of: id)
            #expect((life == nil) == (index < 50))
            guard let life else { continue }
            #expect(life.outcome == Sample.outcome(id))
            #expect(life.receipts == [Sample.receipt(id)])
            #expect(life.late == [Sample.late(id)])
        }
        #expect(try journal.replayed().count == 200)
        #expect(try journal.store.prune(before: .max, limit: 10_000) == 200)
        #expect(try journal.replayed().isEmpty)
    }

    @Test(arguments: StoreBackend.all) func pruningTakesMarks(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let old = Sample.id(at: Sample.now)
        let new = Sample.id(at: Sample.now + 3_600_000)
        try journal.store.append([
            .message(Sample.message(old)), .message(Sample.message(new)), .delivered([old, new]),
        ])
        _ = try journal.store.prune(before: Sample.now + 1_800_000, limit: 100)
        #expect(try journal.reader.life(of: new)?.isDelivered == true)
        #expect(try journal.replayed() == [.message(Sample.message(new)), .delivered([new])])
    }
}
