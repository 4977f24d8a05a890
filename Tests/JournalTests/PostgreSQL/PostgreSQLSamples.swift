import Foundation
import Messaging
import TestPrograms

@testable import Journal

/// Batches with every kind of record, and what must be in a database after they were added.
enum PostgreSQLSamples {
    /// The moment of the first batch, in milliseconds since 1970.
    static let start: UInt64 = 1_764_000_000_000

    /// Three messages and all that may follow a message. Batches of other numbers have other ids.
    static func batch(_ number: Int) -> [JournalRecord] {
        let now = start + UInt64(number)
        var generator = MessageIDGenerator(node: 7)
        let ids = (0..<5).map { _ in generator.next(unixMilliseconds: now) }
        return ids.prefix(3).map { .message(message($0)) } + [
            .outcome(outcome(ids[0], at: now + 1)),
            .outcome(outcome(ids[1], at: now + 1)),
            .late(LateRecord(id: ids[2], at: now + 2, carrier: "main", segment: 1, status: 0, carrierID: "L\(number)")),
            .late(LateRecord(id: ids[2], at: now + 2, carrier: "main", segment: 0, status: 0, carrierID: "L\(number)")),
            .receipt(receipt(of: ids[0], at: now + 3, carrierID: "R\(number)")),
            .receipt(receipt(of: nil, at: now, carrierID: "X\(number)")),
            .inbound(
                InboundRecord(
                    id: ids[4], at: now, carrier: "main", from: "79001234567", to: "1234", segments: 1, text: "СТОП")),
            .delivered([ids[0], ids[1]]),
        ]
    }

    static func message(_ id: MessageID, account: String = "acme", recipient: String = "79001234567") -> MessageRecord {
        MessageRecord(
            id: id, account: account, recipient: recipient, sender: "ACME", segments: 1, text: nil,
            fingerprint: Fingerprint(high: id.rawValue &* 0x9E37_79B9_7F4A_7C15, low: ~id.rawValue))
    }

    static func outcome(_ id: MessageID, at moment: UInt64) -> OutcomeRecord {
        OutcomeRecord(
            id: id, at: moment, outcome: "accepted", httpStatus: 200, code: nil, carrier: "main",
            segments: [.accepted(id: "1A2B")])
    }

    static func receipt(of message: MessageID?, at moment: UInt64, carrierID: String) -> ReceiptRecord {
        ReceiptRecord(
            message: message, segment: message == nil ? nil : 0, at: moment, carrier: "main", carrierID: carrierID,
            state: "delivered", error: "000", delay: message == nil ? nil : 3, isDuplicate: false)
    }

    /// What batches leave behind, each record once, in an order that does not depend on how they were added.
    static func whole(_ batches: [[JournalRecord]]) -> [String] {
        single(batches.flatMap { $0 })
    }

    /// All records of a database, in the same order.
    static func everything(in url: String) throws -> [String] {
        let store = PostgreSQLStore(url: url, use: .open)
        try store.open()
        var records: [JournalRecord] = []
        try store.replay(since: 0) { records += $0 }
        return single(records)
    }

    /// Which kind of problem something ends with; nil = none.
    static func kind(_ work: () throws -> Void) -> JournalProblem.Kind? {
        do {
            try work()
            return nil
        } catch {
            return (error as? JournalProblem)?.kind
        }
    }

    private static func single(_ records: [JournalRecord]) -> [String] {
        var words: [String] = []
        for record in records {
            if case .delivered(let ids) = record {
                words += ids.map { "delivered \($0)" }
            } else {
                words.append("\(record)")
            }
        }
        return words.sorted()
    }
}

/// Adds batch after batch as the journal's writer does: after a failure it opens the store again until that works, and
/// adds the same batch once more.
struct PostgreSQLPersistentWriter: Sendable {
    let url: String

    struct Result: Sendable {
        /// What must be in the database.
        var records: [String]
        /// How many attempts failed.
        var failures: Int
    }

    /// On a thread of its own: the tasks' threads are few, and calls of a store block.
    ///
    /// - Parameter stop: it ends after the batch in which this becomes true.
    func start(until stop: Watched<Bool>) -> Watched<Swift.Result<Result, any Error>?> {
        let end = Watched<Swift.Result<Result, any Error>?>(nil)
        Thread.detachNewThread {
            let result = Swift.Result { try run(until: stop) }
            end.update { $0 = result }
        }
        return end
    }

    private func run(until stop: Watched<Bool>) throws -> Result {
        let store = PostgreSQLStore(url: url)
        var batches: [[JournalRecord]] = []
        var failures = 0
        var isOpen = true
        let start = ContinuousClock.now
        let limit = Duration.seconds(60)
        try store.open()
        while !stop.value {
            let batch = PostgreSQLSamples.batch(batches.count)
            while true {
                do throws(JournalProblem) {
                    if !isOpen { try store.open() }
                    isOpen = true
                    try store.append(batch)
                    break
                } catch {
                    failures += 1
                    isOpen = false
                    guard start.duration(to: .now) < limit else { throw error }
                }
            }
            batches.append(batch)
        }
        return Result(records: PostgreSQLSamples.whole(batches), failures: failures)
    }
}
