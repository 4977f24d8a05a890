import Journal
import Messaging
import SMPP
import Testing

/// Lists and what they leave out.
@Suite struct StoreFilterSuite {
    @Test(arguments: StoreBackend.all) func everyFilterLeavesOutTheRest(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<6).map { Sample.id(at: Sample.now + UInt64($0) * 1_000) }
        let numbers = ["79161234567", "79161234568", "79261234567", "4567", "567", "79160000000"]
        for (index, id) in ids.enumerated() {
            try journal.store.append([
                .message(Sample.message(id, account: index < 3 ? "acme" : "other", to: numbers[index]))
            ])
            guard index != 5 else { continue }
            try journal.store.append([
                .outcome(
                    Sample.outcome(
                        id, index % 2 == 0 ? "accepted" : "refused",
                        carrier: index == 1 ? nil : index == 2 ? "backup" : "main"))
            ])
        }
        func list(_ change: (inout JournalFilter) -> Void) throws -> [Int] {
            try journal.ids(change).map { ids.firstIndex(of: $0) ?? -1 }
        }
        #expect(try list { _ in } == [5, 4, 3, 2, 1, 0])
        #expect(try list { $0.account = "acme" } == [2, 1, 0])
        #expect(try list { $0.account = "ACME" }.isEmpty)
        #expect(try list { $0.carrier = "main" } == [4, 3, 0])
        #expect(try list { $0.outcome = "refused" } == [3, 1])
        #expect(try list { $0.recipient = "79161234567" } == [0])
        #expect(try list { $0.recipient = "4567" } == [3, 2, 0])
        #expect(try list { $0.recipient = "234567" } == [2, 0])
        #expect(try list { $0.recipient = "567" } == [4])
        #expect(try list { $0.recipient = "%4567" }.isEmpty)
        #expect(try list { $0.recipient = "0079161234567" }.isEmpty)
        #expect(try list { $0.since = Sample.now + 2_000 } == [5, 4, 3, 2])
        #expect(try list { $0.before = Sample.now + 2_000 } == [1, 0])
        #expect(
            try list {
                $0.since = Sample.now + 1_000
                $0.before = Sample.now + 1_001
            } == [1])
        #expect(try list { $0.before = 0 }.isEmpty)
        #expect(try list { $0.since = .max }.isEmpty)
        #expect(try list { $0.limit = 2 } == [5, 4])
        #expect(try list { $0.after = ids[2] } == [3, 4, 5])
        #expect(
            try list {
                $0.after = ids[0]
                $0.limit = 2
            } == [1, 2])
        #expect(try list { $0.after = ids[5] }.isEmpty)
        #expect(
            try list {
                $0.account = "other"
                $0.carrier = "main"
                $0.outcome = "accepted"
                $0.since = Sample.now
                $0.recipient = "567"
            } == [4])
    }

    @Test(arguments: StoreBackend.all) func whatIsRareIsFoundFarBack(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let ids = (0..<6_000).map { Sample.id(at: Sample.now + UInt64($0)) }
        let rare = [0, 1, 999, 1_000, 1_001, 4_999, 5_999]
        try journal.store.append(
            ids.enumerated().map { index, id in
                .message(Sample.message(id, to: rare.contains(index) ? "79990001122" : "79161234567"))
            })
        let found = rare.map { ids[$0] }
        #expect(try journal.ids { $0.recipient = "79990001122" } == found.reversed())
        #expect(try journal.ids { $0.recipient = "0001122" } == found.reversed())
        #expect(
            try journal.ids {
                $0.recipient = "79990001122"
                $0.limit = 3
            } == found.suffix(3).reversed())
        #expect(
            try journal.ids {
                $0.recipient = "79990001122"
                $0.after = ids[1]
            } == Array(found.dropFirst(2)))
        #expect(
            try journal.ids {
                $0.after = ids[0]
                $0.limit = 5_998
            } == Array(ids[1...5_998]))
        #expect(try journal.ids { $0.limit = 10_000 } == ids.reversed())
    }

    @Test(arguments: StoreBackend.all) func inboundMessagesHaveTheirList(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let first = Sample.inbound(Sample.id(1), from: "79160000001")
        var second = Sample.inbound(Sample.id(2), from: "79160000002", carrier: "backup")
        second.text = nil
        try journal.store.append([.inbound(first), .inbound(second), .message(Sample.message(Sample.id(3)))])
        func list(_ change: (inout JournalFilter) -> Void) throws -> [InboundRecord] {
            var filter = JournalFilter()
            change(&filter)
            return try journal.reader.inbound(filter)
        }
        #expect(try list { _ in } == [second, first])
        #expect(try list { $0.carrier = "main" } == [first])
        #expect(try list { $0.recipient = "0002" } == [second])
        #expect(try list { $0.limit = 1 } == [second])
        #expect(try list { $0.after = first.id } == [second])
        #expect(try list { $0.account = "acme" }.isEmpty)
        #expect(try list { $0.before = Sample.now }.isEmpty)
        #expect(try journal.ids() == [Sample.id(3)])

        let life = try #require(try journal.reader.life(of: first.id))
        #expect(life.message.sender == first.from)
        #expect(life.message.recipient == first.to)
        #expect(life.message.text == first.text)
        #expect(life.outcome?.carrier == "main")
        #expect(life.outcome?.outcome == "inbound")
        #expect(life.outcome?.at == first.at)
    }

    /// Random lives, in random order, against lives put together in memory.
    @Test(arguments: StoreBackend.all) func randomLivesComeBackWhole(_ backend: StoreBackend) async throws {
        let journal = try await backend.make()
        var chance = SplitMix64(seed: 20_261_124)
        var lives: [MessageID: MessageLife] = [:]
        for _ in 0..<60 {
            var batch: [JournalRecord] = []
            for _ in 0..<Int.random(in: 1...12, using: &chance) {
                let id = Sample.id(
                    at: Sample.now + .random(in: 0...500_000, using: &chance), .random(in: 0...9, using: &chance))
                guard lives[id] == nil else { continue }
                let message = Sample.message(id, account: ["a", "b"].randomElement(using: &chance) ?? "a")
                lives[id] = MessageLife(message: message)
                batch.append(.message(message))
            }
            var marked: [MessageID] = []
            for id in lives.keys.sorted().shuffled(using: &chance).prefix(8) {
                switch Int.random(in: 0...3, using: &chance) {
                case 0 where lives[id]?.outcome == nil:
                    let outcome = Sample.outcome(
                        id, ["accepted", "refused"].randomElement(using: &chance) ?? "accepted")
                    lives[id]?.outcome = outcome
                    batch.append(.outcome(outcome))
                case 1:
                    let receipt = Sample.receipt(id, at: Sample.now + UInt64(lives[id]?.receipts.count ?? 0))
                    lives[id]?.receipts.append(receipt)
                    batch.append(.receipt(receipt))
                case 2 where lives[id]?.late.isEmpty == true:
                    lives[id]?.late = [Sample.late(id)]
                    batch.append(.late(Sample.late(id)))
                default:
                    lives[id]?.isDelivered = true
                    marked.append(id)
                }
            }
            try journal.store.append(batch + [.delivered(marked)])
        }
        for (id, life) in lives { #expect(try journal.reader.life(of: id) == life) }
        var filter = JournalFilter()
        filter.limit = 10_000
        let all = lives.values.sorted { $0.message.id > $1.message.id }
        #expect(try journal.reader.messages(filter) == all)
        filter.outcome = "refused"
        filter.account = "b"
        #expect(
            try journal.reader.messages(filter)
                == all.filter { $0.outcome?.outcome == "refused" && $0.message.account == "b" })
    }
}
