package import Messaging

/// What has come to the journal and is decided together: values alone. Who handed a part over is known by the part's place, and
/// who has to be told of a message's end by a number.
///
///     parts ──▶ Turn ──TurnJournal.commit──▶ Decisions ──▶ answers by part, and the ends that repeats waited for
struct Turn: Sendable {
    /// What one caller handed over: facts, which are taken in first, and messages that want to be sent.
    struct Part: Sendable {
        var records: [JournalRecord] = []
        var intents: [MessageIntent] = []
        /// Messages that are refused as they are; their outcomes are among the records.
        var refused: [MessageIntent] = []
        /// The `JournalAsker` that is told of the end of a message that one of the intents repeats.
        var asker = 0
        /// Somebody brings the records again: what cannot be committed now is not kept.
        var isOffer = false

        var count: Int { records.count + intents.count + refused.count }
    }

    var parts: [Part]
    /// Milliseconds since 1970.
    var at: UInt64
}

/// What became of a turn.
struct Decisions {
    /// A repeat that waited for its original's end.
    struct End {
        var asker: Int
        var waiter: MessageID
        var answer: LedgerAnswer
    }

    /// By part, and in it by intent.
    var begins: [[BeginAnswer]] = []
    /// Ends that are committed, or done without.
    var ends: [End] = []
    /// Whether the records are committed, or done without. Otherwise facts are kept, and committed when the journal is opened again;
    /// no message begins.
    var isDone = true
}

/// A message that wants to be sent, as its event loop knows it: the journal makes its record.
package struct MessageIntent: Sendable {
    package var id: MessageID
    package var account: String
    /// International digits.
    package var recipient: String
    package var sender: String
    package var text: String
    /// How many segments the text takes at any carrier; 0 = that depends on the carrier.
    package var segments: Int
    /// What its sender calls it; empty = nothing. Where there is one it alone tells its repeats.
    package var reference: String

    package init(
        id: MessageID, account: String, recipient: String, sender: String, text: String, segments: Int = 0,
        reference: String = ""
    ) {
        self.id = id
        self.account = account
        self.recipient = recipient
        self.sender = sender
        self.text = text
        self.segments = segments
        self.reference = reference
    }
}

/// What the journal says to a message that wants to be sent.
package enum BeginAnswer: Sendable {
    /// It is new and may be sent: its record is committed, or records are done without (`on_outage: continue`).
    case new
    /// It is a repeat and has this answer, which is committed.
    case repeats(LedgerAnswer)
    /// It is a repeat of this message, which is being sent: `JournalAsker.ended` follows at its end.
    case underWay(MessageID)
    /// It is a repeat of this message, which may have gone; more cannot be said while the journal cannot be written.
    case inDoubt(MessageID)
    /// It must not be sent.
    case failed(JournalProblem)
}
