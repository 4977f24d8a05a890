package import Messaging

/// A message that wants to be sent, as its event loop knows it: the journal makes its record.
package struct MessageIntent: Sendable {
    package var id: MessageID
    package var account: String
    /// International digits.
    package var recipient: String
    package var sender: String
    package var text: String

    package init(id: MessageID, account: String, recipient: String, sender: String, text: String) {
        self.id = id
        self.account = account
        self.recipient = recipient
        self.sender = sender
        self.text = text
    }
}

/// What the journal says to a message that wants to be sent.
package enum BeginAnswer: Sendable {
    /// It is new and may be sent: its record is committed, or records are done without (`on_outage: continue`).
    case new
    /// It is a repeat and has this answer, which is committed.
    case repeats(LedgerAnswer)
    /// It is a repeat of this message, which is being sent: `JournalBatch.ended` follows at its end.
    case underWay(MessageID)
    /// It must not be sent.
    case failed(JournalProblem)
}

/// What an event loop hands over at the end of its turn.
package struct JournalBatch: Sendable {
    /// Facts, in their order. They are taken in before the intents.
    package var records: [JournalRecord]
    package var intents: [MessageIntent]
    /// Called on the thread that wrote it; must neither block nor use the journal.
    package var done: @Sendable (JournalBatchResult) -> Void
    /// The end of a message that a repeat of this batch waited for. Called as `done`, after the commit.
    package var ended: @Sendable (_ waiter: MessageID, _ answer: BeginAnswer) -> Void

    /// Where it is set, somebody brings the records again: what cannot be written at once is not kept, and this is called in
    /// place of `done` and as it. Only for batches without intents.
    var refused: (@Sendable (JournalProblem) -> Void)?
    /// It is done when readers see everything that was handed over before, or are not going to.
    var isForReaders = false

    package init(
        records: [JournalRecord] = [], intents: [MessageIntent] = [],
        done: @escaping @Sendable (JournalBatchResult) -> Void = { _ in },
        ended: @escaping @Sendable (MessageID, BeginAnswer) -> Void = { _, _ in }
    ) {
        self.records = records
        self.intents = intents
        self.done = done
        self.ended = ended
    }

    var count: Int { records.count + intents.count }
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

/// A segment that a carrier accepted before this process began, for its receipt.
package struct RestoredSegment: Hashable, Sendable {
    package var message: MessageID
    /// Its index, from 0.
    package var segment: Int
    package var carrier: String
    /// As the response gave it; may be empty.
    package var carrierID: String
    /// As the journal has it: masked where the configuration says so; nil = not known.
    package var recipient: String?
    /// When it was accepted, in milliseconds since 1970.
    package var at: UInt64

    package init(
        message: MessageID, segment: Int, carrier: String, carrierID: String, recipient: String?, at: UInt64
    ) {
        self.message = message
        self.segment = segment
        self.carrier = carrier
        self.carrierID = carrierID
        self.recipient = recipient
        self.at = at
    }
}
