import Journal
import Messaging
import Testing

/// Inbound messages with their parts, and postings, in every store.
@Suite struct StoreInboundSuite {
    private func part(_ id: MessageID, _ number: Int) -> InboundPartRecord {
        InboundPartRecord(
            id: id, at: Sample.now + UInt64(number), carrier: "main", from: "79160000001", to: "1234",
            reference: 65_535, part: number, parts: 3, content: "ucs2:0422\(number)\(number)")
    }

    @Test(arguments: StoreBackend.all) func partsGoWithTheirMessage(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let (one, other) = (Sample.id(1), Sample.id(2))
        let parts = [part(one, 1), part(one, 3), part(other, 2)]
        try journal.store.append(parts.map(JournalRecord.inboundPart))
        // The same again, as after a commit whose end is not known.
        try journal.store.append([.inboundPart(parts[0])])
        #expect(try journal.replayed() == parts.map(JournalRecord.inboundPart))
        #expect(try journal.reader.inbound(JournalFilter()).isEmpty)
        var whole = Sample.inbound(one)
        whole.segments = 3
        whole.received = 2
        try journal.store.append([.inboundPart(part(one, 2)), .inbound(whole)])
        #expect(try journal.replayed() == [.inbound(whole), .inboundPart(parts[2])])
        #expect(try journal.reader.inbound(JournalFilter()) == [whole])
    }

    @Test(arguments: StoreBackend.all) func manyPartsAreReplayed(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let parts = (1...1_100).flatMap { number in (1...2).map { part(Sample.id(Int64(number)), $0) } }
        try journal.store.append(parts.map(JournalRecord.inboundPart))
        #expect(try journal.replayed() == parts.map(JournalRecord.inboundPart))
    }

    @Test(arguments: StoreBackend.all) func postingsWaitUntilTheyAreDone(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let postings = (1...5).map { number in
            PostingRecord(
                id: Sample.id(Int64(number)), at: Sample.now, target: "inbound/main", form: "text=%D0%A2&n=\(number)")
        }
        try journal.store.append(postings.reversed().map(JournalRecord.posting))
        try journal.store.append([.posting(postings[0])])
        #expect(try journal.reader.postings(after: nil, limit: 100).records == postings)
        #expect(try journal.reader.postings(after: postings[1].id, limit: 2).records == Array(postings[2...3]))
        try journal.store.append([.posted([postings[0].id, postings[2].id, Sample.id(99)]), .posted([])])
        let left = try journal.reader.postings(after: nil, limit: 100)
        #expect(left.records.map(\.id) == [1, 3, 4].map { postings[$0].id })
        #expect(!left.isFull && left.unreadable.isEmpty && left.last == postings[4].id)
        #expect(try journal.reader.postings(after: nil, limit: 3).isFull)
        // They are nobody's business at a restart: the reader finds them.
        #expect(try journal.replayed().isEmpty)
    }

    @Test(arguments: StoreBackend.all) func oldOnesArePruned(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let id = Sample.id()
        try journal.store.append([
            .inboundPart(part(id, 1)), .posting(PostingRecord(id: id, at: Sample.now, target: "x/y", form: "")),
        ])
        #expect(try journal.store.prune(before: Sample.now - 1, limit: 100) == 0)
        #expect(try journal.store.prune(before: Sample.now + 1_000, limit: 100) == 1)
        #expect(try journal.replayed().isEmpty)
        // A posting is owed for longer than anything is kept: for as long as it may be tried.
        #expect(try journal.reader.postings(after: nil, limit: 1).records.count == 1)
        #expect(try journal.store.prune(before: Sample.now + 48 * 3_600_000, limit: 100) == 0)
        #expect(try journal.store.prune(before: Sample.now + 50 * 3_600_000, limit: 100) == 1)
        #expect(try journal.reader.postings(after: nil, limit: 1).records.isEmpty)
    }
}
