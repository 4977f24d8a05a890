import Journal
import Messaging
import SMPP
import Testing

/// What a restart reads, and what age takes away.
@Suite struct StoreReplaySuite {
    @Test(arguments: StoreBackend.all) func theNewestAndThoseThatAwaitReceipts(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<2_400).map { Sample.id(at: Sample.now + UInt64($0) * 100, Int64($0 % 7)) }
        try journal.store.append(ids.map { .message(Sample.message($0)) })
        // The first has no outcome, the second has no carrier; of the others every tenth went to one that sends no receipts.
        try journal.store.append(
            ids.dropFirst().enumerated().map { place, id in
                guard place > 0 else { return .outcome(Sample.outcome(id, "unknown", carrier: nil)) }
                return .outcome(Sample.outcome(id, carrier: place % 10 == 0 ? "mute" : "main"))
            })
        let waiting = [ids[5], ids[1_200]]
        let told = ids.dropFirst(2).enumerated().filter { ($0 + 1) % 10 > 0 && !waiting.contains($1) }.map(\.element)
        let segments = Sample.message(ids[0]).segments
        try journal.store.append(
            told.flatMap { id in
                (0..<segments).map { segment in
                    var receipt = Sample.receipt(id)
                    receipt.segment = segment
                    return .receipt(receipt)
                }
            })
        try journal.store.append([.late(Sample.late(ids[5]))])
        func found(since moment: UInt64 = 0, newest: Int) throws -> [MessageLife] {
            var lives: [MessageLife] = []
            try journal.store.awaiting(since: moment, newest: newest, finals: [Sample.receipt(nil).state]) {
                lives += $0
            }
            return lives
        }
        let lives = try found(newest: 100)
        #expect(lives.map(\.message.id) == [ids[0], ids[1], ids[5], ids[1_200]] + ids[2_300...])
        #expect(lives.prefix(4).map { $0.outcome?.outcome } == [nil, "unknown", "accepted", "accepted"])
        #expect(lives.dropFirst(2).first?.late == [Sample.late(ids[5])])
        #expect(lives.last?.receipts.count == segments)
        #expect(try found(since: ids[6].unixMilliseconds, newest: 10).map(\.message.id) == [ids[1_200]] + ids[2_390...])
        #expect(try found(newest: .max).map(\.message.id) == ids)
        #expect(try found(since: .max, newest: 10).isEmpty)
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
