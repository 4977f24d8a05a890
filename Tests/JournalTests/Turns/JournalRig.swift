import Foundation
import Logging
import Messaging
import Synchronization
import Testing

@testable import Journal

/// A journal on a `MemoryDisk`, with answers that a test can await.
final class JournalRig: Sendable {
    let disk: MemoryDisk
    let journal: Journal
    private let ends = Mutex<[MessageID: BeginAnswer]>([:])
    private let calls = Mutex<[UInt64: @Sendable (JournalBatchResult) -> Void]>([:])
    private let asker = Mutex<JournalAsker?>(nil)
    private let numbers = Atomic<UInt64>(0)

    init(_ disk: MemoryDisk = MemoryDisk(), _ change: (inout JournalOptions) -> Void = { _ in }) async {
        self.disk = disk
        var options = JournalOptions { _ in
            { Fingerprint(high: UInt64(bitPattern: Int64($0.text.hashValue)), low: UInt64($0.recipient.utf8.count)) }
        }
        change(&options)
        journal = Journal(options: options, logger: Logger(label: "journal") { _ in SwiftLogNoOpLogHandler() }) {
            MemoryStore(disk)
        }
        asker.withLock { asker in
            asker = journal.asker(
                done: { [self] number, result in calls.withLock { $0[number] }?(result) },
                ended: { [self] waiter, answer in ends.withLock { $0[waiter] = answer } })
        }
        await journal.start()
    }

    /// What the journal says to one message.
    func begin(_ id: UInt64, _ text: String = "hello", account: String = "acme") async -> BeginAnswer {
        let intent = MessageIntent(
            id: .now(id), account: account, recipient: "79160000000", sender: "ACME", text: text)
        return await withCheckedContinuation { continuation in
            hand(intents: [intent]) { result in
                guard let answer = result.begins.first else { return }
                continuation.resume(returning: answer)
            }
        }
    }

    /// Hands over records; true once they are committed. A test that waits for the end of an outage does not await it.
    func commit(_ records: [JournalRecord]) async -> Bool {
        await withCheckedContinuation { continuation in
            hand(records) { continuation.resume(returning: $0.isCommitted) }
        }
    }

    /// Hands over a batch.
    ///
    /// - Parameter done: called with what becomes of it, whoever knows its result.
    func hand(
        _ records: [JournalRecord] = [], intents: [MessageIntent] = [],
        done: @escaping @Sendable (JournalBatchResult) -> Void = { _ in }
    ) {
        let number = numbers.add(1, ordering: .relaxed).newValue
        calls.withLock { $0[number] = done }
        if let result = handOver(records, intents: intents, number: number) { done(result) }
    }

    /// Hands over a batch as an event loop does.
    func handOver(
        _ records: [JournalRecord] = [], intents: [MessageIntent] = [], number: UInt64? = nil
    ) -> JournalBatchResult? {
        guard let asker = asker.withLock({ $0 }) else { return nil }
        return journal.hand(JournalBatch(asker: asker, number: number, records: records, intents: intents))
    }

    /// The end that a waiter was told; nil = none so far.
    func end(of waiter: UInt64) -> BeginAnswer? {
        ends.withLock { $0[.now(waiter)] }
    }

    func stop() async {
        await journal.stop(within: .seconds(5))
    }
}

extension MessageID {
    /// An id of this process's time.
    static func now(_ number: UInt64) -> MessageID {
        MessageID(rawValue: base.rawValue + number) ?? base
    }

    private static let base: MessageID = {
        var generator = MessageIDGenerator(node: 7)
        return generator.next(unixMilliseconds: JournalClock.now())
    }()
}

extension OutcomeRecord {
    /// Of an id of this process's time.
    static func now(_ number: UInt64, _ word: String, _ segments: [SegmentRecord]) -> OutcomeRecord {
        var record = OutcomeRecord.made(number, word, segments)
        record.id = .now(number)
        record.at = JournalClock.now()
        return record
    }
}

extension BeginAnswer {
    var word: String {
        switch self {
        case .new: "new"
        case .repeats: "repeats"
        case .underWay: "under way"
        case .inDoubt: "in doubt"
        case .failed: "failed"
        }
    }

    var outcome: OutcomeRecord? {
        if case .repeats(let answer) = self { answer.outcome } else { nil }
    }
}
