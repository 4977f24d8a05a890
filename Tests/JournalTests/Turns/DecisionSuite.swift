import Logging
import Messaging
import SMPP
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// One walk of turns over every store: what is decided is the same, and a restart forgets nothing of it.
@Suite struct DecisionSuite {
    private static func journal(_ store: any JournalStore) throws -> TurnJournal {
        var options = JournalOptions { _ in
            { intent in
                Fingerprint(high: intent.text.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }, low: 7)
            }
        }
        options.ledger.waiters = 4
        options.refusalStatus = { _, status in status == 88 ? 503 : 502 }
        let journal = TurnJournal(store: store, options: options, logger: LoggedStore.noLogger)
        _ = try journal.open(at: JournalClock.now())
        return journal
    }

    private static func intent(_ id: UInt64, _ text: Int) -> MessageIntent {
        MessageIntent(id: .now(id), account: "acme", recipient: "79160000000", sender: "ACME", text: "text \(text)")
    }

    /// What was decided, in words that do not depend on the store.
    private static func words(_ decisions: Decisions) -> String {
        let begins = decisions.begins.flatMap { $0 }.map { answer in
            switch answer {
            case .new: "new"
            case .underWay(let id): "under way \(id)"
            case .inDoubt(let id): "in doubt \(id)"
            case .failed: "failed"
            case .repeats(let answer): "repeats \(answer.original) \(answer.outcome.outcome) \(answer.outcome.segments)"
            }
        }
        let ends = decisions.ends.map { "\($0.waiter) ends \($0.answer.original) \($0.answer.outcome.outcome)" }
        return (begins + ends.sorted()).joined(separator: ", ")
    }

    /// Turns of a chance that is the same for each store.
    private struct Walk {
        var chance: SplitMix64
        private var number: UInt64 = 0
        private var underWay: [UInt64] = []
        private var told: [UInt64] = []
        private var late: Set<UInt64> = []

        init(seed: UInt64) {
            chance = SplitMix64(seed: seed)
        }

        mutating func next() -> Turn {
            var part = Turn.Part(asker: 3)
            for _ in 0..<Int.random(in: 0...3, using: &chance) { part.records += fact() }
            for _ in 0..<Int.random(in: 0...4, using: &chance) {
                number += 1
                part.intents.append(DecisionSuite.intent(number, Int.random(in: 0..<6, using: &chance)))
                underWay.append(number)
            }
            return Turn(parts: [part], at: JournalClock.now())
        }

        /// About messages that began, or that were repeats: then it is about nothing.
        private mutating func fact() -> [JournalRecord] {
            switch Int.random(in: 0..<4, using: &chance) {
            case 0, 1:
                guard let id = underWay.randomElement(using: &chance) else { return [] }
                underWay.removeAll { $0 == id }
                told.append(id)
                let ends: [(String, SegmentRecord)] = [
                    ("accepted", .accepted(id: "a\(id)")), ("refused", .refused(status: 11)),
                    ("unknown", .unknown(reason: "carrier_timeout")), ("not-sent", .notSent),
                ]
                let (word, segment) = ends[Int.random(in: 0..<4, using: &chance)]
                return [.outcome(.now(id, word, [segment]))]
            case 2:
                guard let id = told.randomElement(using: &chance) else { return [] }
                return [.delivered([.now(id)])]
            default:
                // A segment has one late response.
                guard let id = told.randomElement(using: &chance), late.insert(id).inserted else { return [] }
                let status: UInt32 = [0, 11, 88][Int.random(in: 0..<3, using: &chance)]
                return [
                    .late(
                        LateRecord(
                            id: .now(id), at: JournalClock.now(), carrier: "main", segment: 0, status: status,
                            carrierID: "l\(id)"))
                ]
            }
        }
    }

    /// Outcomes of repeats that were never sent are no facts: the bridge does not make them.
    private static func honest(_ turn: Turn, _ new: Set<MessageID>) -> Turn {
        var turn = turn
        turn.parts[0].records.removeAll { record in
            switch record {
            case .outcome(let outcome): !new.contains(outcome.id)
            case .delivered(let ids): !ids.allSatisfy(new.contains)
            case .late(let late): !new.contains(late.id)
            default: false
            }
        }
        return turn
    }

    @Test(arguments: StoreBackend.all) func everyStoreDecidesTheSame(_ backend: StoreBackend) async throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let disk = MemoryDisk()
            let under = try await backend.make()
            under.store.close()
            var (one, other) = (try Self.journal(MemoryStore(disk)), try Self.journal(under.another()))
            var (walk, new) = (Walk(seed: seed), Set<MessageID>())
            for step in 1...120 {
                let turn = Self.honest(walk.next(), new)
                let (expected, decided) = (one.commit(turn), other.commit(turn))
                #expect(Self.words(expected) == Self.words(decided), "seed \(seed), step \(step)")
                for (intent, answer) in zip(turn.parts[0].intents, expected.begins[0]) {
                    if case .new = answer { new.insert(intent.id) }
                }
                guard step.isMultiple(of: 30) else { continue }
                one.store.close()
                other.store.close()
                (one, other) = (try Self.journal(MemoryStore(disk)), try Self.journal(under.another()))
                #expect(one.ledger.count == other.ledger.count && one.ledger.unknownCount == other.ledger.unknownCount)
            }
            other.store.close()
        }
    }

    // MARK: Several processes

    private static func shared(_ url: String) throws -> TurnJournal {
        try journal(PostgreSQLStore(url: url, use: .open))
    }

    private static func begin(_ journal: TurnJournal, _ id: UInt64, _ text: Int = 0) -> String {
        words(journal.commit(Turn(parts: [Turn.Part(intents: [intent(id, text)])], at: JournalClock.now())))
    }

    private static func commit(_ journal: TurnJournal, _ records: [JournalRecord]) {
        _ = journal.commit(Turn(parts: [Turn.Part(records: records)], at: JournalClock.now()))
    }

    /// What began at one process is a repeat at the other, with what is known of it by then.
    @Test(.enabled(if: PostgreSQLServer.isThere)) func theDatabaseHasTheLastWord() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let url = server.url(of: database)
        let (one, other) = (try Self.shared(url), try Self.shared(url))
        #expect(Self.begin(one, 1) == "new")
        #expect(Self.begin(other, 2).hasPrefix("repeats \(MessageID.now(1)) unknown"))
        Self.commit(one, [.outcome(.now(1, "unknown", [.unknown(reason: "carrier_timeout")]))])
        Self.commit(
            one,
            [
                .late(
                    LateRecord(
                        id: .now(1), at: JournalClock.now(), carrier: "main", segment: 0, status: 0, carrierID: "x"))
            ])
        let third = try Self.shared(url)
        #expect(Self.begin(third, 3).hasPrefix("repeats \(MessageID.now(1)) accepted"))
        // Its client has the answer: the next one is new, wherever it comes.
        Self.commit(one, [.delivered([.now(1)])])
        #expect(Self.begin(one, 4) == "new")
        Self.commit(one, [.outcome(.now(4, "refused", [.refused(status: 11)]))])
        // One that has learnt of the first has its own entry until the time is over; one that has not asks.
        let fourth = try Self.shared(url)
        #expect(Self.begin(fourth, 5) == "new")
        #expect(Self.begin(one, 6).hasPrefix("repeats \(MessageID.now(5)) unknown"))
        // A claim that was left behind is taken over.
        _ = try server.sql(
            ["INSERT INTO smppost.outcome SELECT id, 1, NULL, 503, 'not-sent', NULL, NULL, '-' FROM smppost.ledger"],
            in: database)
        let fifth = try Self.shared(url)
        #expect(Self.begin(fifth, 7) == "new")
        for journal in [one, other, third, fourth, fifth] { journal.store.close() }
    }

    /// The same texts come to two processes at once: of each one begins.
    @Test(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(1)))
    func ofOneTextAtTwoProcessesOneBegins() async throws {
        let server = try await PostgreSQLServer.shared()
        let url = server.url(of: try server.makeDatabase())
        // One that opens it says which claims there are: both do that before either begins.
        let opened = Opened()
        let begun = try await withThrowingTaskGroup(of: [Int].self) { group in
            for process in 0..<2 as Range<UInt64> {
                group.addTask {
                    let journal = try Self.shared(url)
                    opened.count.add(1, ordering: .relaxed)
                    while opened.count.load(ordering: .relaxed) < 2 { await Task.yield() }
                    var begun: [Int] = []
                    for turn in 0..<50 as Range<UInt64> {
                        let texts = (0..<20).map { Int(turn) * 20 + (process == 0 ? $0 : 19 - $0) }
                        let intents = texts.enumerated().map { place, text in
                            Self.intent(1 + process * 100_000 + turn * 20 + UInt64(place), text)
                        }
                        let decisions = journal.commit(
                            Turn(parts: [Turn.Part(intents: intents)], at: JournalClock.now()))
                        #expect(decisions.isDone)
                        for (text, answer) in zip(texts, decisions.begins[0]) {
                            if case .new = answer { begun.append(text) }
                        }
                    }
                    journal.store.close()
                    return begun
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(begun.sorted() == Array(0..<1_000))
    }

    /// How many have opened it.
    private final class Opened: Sendable {
        let count = Atomic<Int>(0)
    }
}
