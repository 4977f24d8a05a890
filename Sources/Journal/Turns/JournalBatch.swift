import Messaging

/// Who hands over batches: an event loop, as the journal knows it. Its calls come on any thread; they must neither block nor use
/// the journal.
package final class JournalAsker: Sendable {
    let id: Int
    /// What became of the batch with this number.
    let done: @Sendable (_ number: UInt64, _ result: JournalBatchResult) -> Void
    /// The end of a message that a repeat waited for, after its commit.
    let ended: @Sendable (_ waiter: MessageID, _ answer: BeginAnswer) -> Void

    init(
        id: Int, done: @escaping @Sendable (UInt64, JournalBatchResult) -> Void,
        ended: @escaping @Sendable (MessageID, BeginAnswer) -> Void
    ) {
        self.id = id
        self.done = done
        self.ended = ended
    }
}

/// What an event loop hands over at the end of its turn.
package struct JournalBatch: Sendable {
    package var asker: JournalAsker
    /// What the result is called back with; nil = nobody needs it.
    package var number: UInt64?
    /// Facts, in their order. They are taken in before the intents.
    package var records: [JournalRecord]
    package var intents: [MessageIntent]
    /// Messages that are refused as they are, for people to find; their outcomes are among the records.
    package var refused: [MessageIntent] = []

    package init(
        asker: JournalAsker, number: UInt64? = nil, records: [JournalRecord] = [], intents: [MessageIntent] = []
    ) {
        self.asker = asker
        self.number = number
        self.records = records
        self.intents = intents
    }
}

/// What became of a batch. It comes once with both, or twice: when the journal cannot write, the answers to the intents come
/// at once and the commit when it can.
package struct JournalBatchResult: Sendable {
    /// One for each intent, in order; empty where they were given before.
    package var begins: [BeginAnswer]
    /// Whether the records are committed, or done without.
    package var isCommitted: Bool

    package init(begins: [BeginAnswer], isCommitted: Bool) {
        self.begins = begins
        self.isCommitted = isCommitted
    }
}

/// A part of a turn, and who is told of it.
struct HandedOver: Sendable {
    enum Caller: Sendable {
        case asker(JournalAsker, number: UInt64)
        /// Called once: with nil when it is committed, with the problem when it is not kept.
        case once(@Sendable (JournalProblem?) -> Void)
        case nobody

        /// Tells that it is committed, or done without.
        func tellDone(_ begins: [BeginAnswer] = []) {
            switch self {
            case .asker(let asker, let number):
                asker.done(number, JournalBatchResult(begins: begins, isCommitted: true))
            case .once(let then): then(nil)
            case .nobody: break
            }
        }
    }

    var part: Turn.Part
    var caller: Caller
    /// It is over when readers see what was handed over up to it, or are not going to.
    var isForReaders = false

    init(part: Turn.Part, caller: Caller, isForReaders: Bool = false) {
        self.part = part
        self.caller = caller
        self.isForReaders = isForReaders
    }

    init(_ batch: JournalBatch) {
        part = Turn.Part(
            records: batch.records, intents: batch.intents, refused: batch.refused, asker: batch.asker.id)
        caller = batch.number.map { .asker(batch.asker, number: $0) } ?? .nobody
    }
}
