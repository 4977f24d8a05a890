import Foundation
import Messaging
import Synchronization
import Testing

@testable import Journal

/// A journal of many messages, and one that has much to write after an outage: `SMPPOST_JOURNAL_MESSAGES` of them. Prints what it took.
@Suite struct StoreSizeSuite {
    private static let messages =
        ProcessInfo.processInfo.environment["SMPPOST_JOURNAL_MESSAGES"].flatMap(Int.init) ?? 10_000
    /// Messages of one commit.
    private static let batch = 1_000
    /// Milliseconds between two messages: 100 a second.
    private static let pace: UInt64 = 10
    private static let backends = StoreBackend.all.filter { $0.description != "SQLite" }

    private static func id(_ number: Int) -> MessageID {
        Sample.id(at: Sample.now + UInt64(number) * pace)
    }

    /// Everything that most messages leave behind.
    private static func records(_ numbers: Range<Int>) -> [JournalRecord] {
        let ids = numbers.map(id)
        return numbers.flatMap { number -> [JournalRecord] in
            let id = id(number)
            var outcome = Sample.outcome(id)
            outcome.segments = [.accepted(id: "\(5_000_000_000 + number)")]
            return [
                .message(Sample.message(id, to: "\(79_160_000_000 + number)")), .outcome(outcome),
                .receipt(Sample.receipt(id, at: id.unixMilliseconds + 5_000)),
            ]
        } + [.delivered(ids)]
    }

    private static func batches(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: batch).map { $0..<min($0 + batch, count) }
    }

    @Test(arguments: backends) func manyMessagesAreFoundAgain(backend: StoreBackend) async throws {
        let journal = try await backend.make()
        let clock = ContinuousClock()
        let written = try clock.measure {
            for batch in Self.batches(of: Self.messages) { try journal.store.append(Self.records(batch)) }
            journal.store.close()
        }
        let restored = Mutex(0)
        var options = JournalOptions(fingerprints: { _ in { _ in Fingerprint(high: 0, low: 0) } })
        options.finalStates = ["delivered"]
        options.restored = { segments in restored.withLock { $0 += segments.count } }
        let turns = TurnJournal(store: journal.another(), options: options, logger: LoggedStore.noLogger)
        let end = Self.id(Self.messages).unixMilliseconds
        let opened = try clock.measure { _ = try turns.open(at: end) }
        #expect(restored.withLock { $0 } == min(Self.messages, options.receiptSegments))
        #expect(turns.ledger.count == 0)

        let looked = 200
        let byID = try clock.measure {
            for step in 0..<looked {
                let life = try journal.reader.life(of: Self.id(step * Self.messages / looked))
                #expect(life?.receipts.count == 1 && life?.isDelivered == true)
            }
        }
        var filter = JournalFilter()
        filter.recipient = "79160000000"
        let byNumber = try clock.measure {
            let found = try journal.reader.messages(filter)
            #expect(found.count == 1)
        }
        print(
            """
            \(backend): \(Self.messages) messages written in \(written), \(try journal.octets() / Self.messages) octets each, \
            opened again in \(opened), one by its id in \(byID / looked), the oldest by its number in \(byNumber)
            """)
        turns.store.close()
    }

    /// What a long outage leaves is written in one go, also where all of it is one commit.
    @Test(arguments: backends, [false, true]) func backlogIsWritten(backend: StoreBackend, isOneCommit: Bool)
        async throws
    {
        let journal = try await backend.make()
        var options = JournalOptions(fingerprints: { _ in { _ in Fingerprint(high: 0, low: 0) } })
        options.onOutage = .continue
        options.queue = .max
        let turns = TurnJournal(store: journal.store, options: options, logger: LoggedStore.noLogger)
        journal.store.close()
        let count = Self.messages / 10
        for batch in isOneCommit ? [0..<count] : Self.batches(of: count) {
            _ = turns.commit(Turn(parts: [Turn.Part(records: Self.records(batch))], at: Sample.now))
        }
        let owed = turns.owedCount
        #expect(owed >= 3 * count)
        let written = try ContinuousClock().measure { _ = try turns.open(at: Sample.now) }
        #expect(turns.owedCount == 0)
        #expect(turns.totals.dropped == 0)
        let life = try journal.reader.life(of: Self.id(count - 1))
        #expect(life?.outcome != nil && life?.isDelivered == true)
        print("\(backend): \(owed) records after an outage, \(isOneCommit ? "one commit" : "in turns"): \(written)")
        turns.store.close()
    }
}
