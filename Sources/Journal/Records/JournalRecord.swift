package import Messaging

/// One fact of a message's life. Records are only ever added; a message's state is what its records say together.
package enum JournalRecord: Hashable, Sendable {
    /// Before its first byte may leave for a carrier.
    case message(MessageRecord)
    /// Its reply is decided. At most one of each message.
    case outcome(OutcomeRecord)
    /// Clients took the replies of these messages, which said more than that nobody knows: their repeats are new messages.
    case delivered([MessageID])
    /// A response to one of its segments came after the reply.
    case late(LateRecord)
    /// A receipt, whether its message is known or not.
    case receipt(ReceiptRecord)
    /// Somebody's message to us, whole or given up; its parts go with it.
    case inbound(InboundRecord)
    /// A part of somebody's message to us that is not whole yet.
    case inboundPart(InboundPartRecord)
    /// Something that has to be posted to a URL.
    case posting(PostingRecord)
    /// These postings are done or given up: they go.
    case posted([MessageID])
    /// Memory has no more room for a segment whose receipt has not come.
    case forgotten(ForgottenRecord)
    /// Its sender has a name of its own for a message.
    case reference(ReferenceRecord)
}

/// A message that was posted and planned.
package struct MessageRecord: Hashable, Sendable {
    package var id: MessageID
    package var account: String
    /// International digits; masked where the configuration says so.
    package var recipient: String
    /// Of a masked number: what tells it apart from others (`RecipientHash`).
    package var recipientKey: UInt64?
    package var sender: String
    /// How many segments its text takes; 0 = that depends on the carrier.
    package var segments: Int
    /// The text, where the configuration keeps texts.
    package var text: String?
    /// What its repeats have in common with it.
    package var fingerprint: Fingerprint

    package init(
        id: MessageID, account: String, recipient: String, recipientKey: UInt64? = nil, sender: String,
        segments: Int, text: String?, fingerprint: Fingerprint
    ) {
        self.id = id
        self.account = account
        self.recipient = recipient
        self.recipientKey = recipientKey
        self.sender = sender
        self.segments = segments
        self.text = text
        self.fingerprint = fingerprint
    }
}

/// A keyed hash of account, number, sender and text, cut to 128 bits: it tells a repeat without keeping the text.
package struct Fingerprint: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// What became of one segment, as the journal keeps it.
package enum SegmentRecord: Hashable, Sendable {
    /// The carrier's id as it wrote it; may be empty.
    case accepted(id: String)
    /// The carrier's `command_status`.
    case refused(status: UInt32)
    /// `carrier_timeout` or `connection_lost`.
    case unknown(reason: String)
    case notSent
}

/// How a message was answered.
package struct OutcomeRecord: Hashable, Sendable {
    package var id: MessageID
    /// Milliseconds since 1970.
    package var at: UInt64
    /// `accepted`, `refused`, `partial`, `unknown` or `not-sent`: what `X-Outcome` said.
    package var outcome: String
    /// The HTTP status of the reply.
    package var httpStatus: Int
    /// The error code of the reply; nil = accepted.
    package var code: String?
    /// The carrier that took it; nil = none did.
    package var carrier: String?
    /// One for each segment that was made for that carrier; empty when there was none.
    package var segments: [SegmentRecord]
    /// Whether the reply is an earlier one's, from the ledger.
    package var replayOf: MessageID?

    package init(
        id: MessageID, at: UInt64, outcome: String, httpStatus: Int, code: String?, carrier: String?,
        segments: [SegmentRecord], replayOf: MessageID? = nil
    ) {
        self.id = id
        self.at = at
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.code = code
        self.carrier = carrier
        self.segments = segments
        self.replayOf = replayOf
    }
}

/// A response that came after its message was answered as unknown.
package struct LateRecord: Hashable, Sendable {
    package var id: MessageID
    /// Milliseconds since 1970.
    package var at: UInt64
    package var carrier: String
    /// Index of the segment, from 0.
    package var segment: Int
    /// The carrier's `command_status`; 0 = accepted after all.
    package var status: UInt32
    /// The carrier's id; may be empty.
    package var carrierID: String

    package init(id: MessageID, at: UInt64, carrier: String, segment: Int, status: UInt32, carrierID: String) {
        self.id = id
        self.at = at
        self.carrier = carrier
        self.segment = segment
        self.status = status
        self.carrierID = carrierID
    }
}

/// A receipt.
package struct ReceiptRecord: Hashable, Sendable {
    /// The message that it is about; nil = none that is known.
    package var message: MessageID?
    /// Index of the segment, from 0; nil = none that is known.
    package var segment: Int?
    /// Milliseconds since 1970.
    package var at: UInt64
    package var carrier: String
    /// The carrier's id as the receipt wrote it; may be empty.
    package var carrierID: String
    /// A `ReceiptState`, as a word.
    package var state: String
    /// The carrier's error in the receipt, as it wrote it.
    package var error: String?
    /// From the acceptance to the receipt, in milliseconds; nil = not known.
    package var delay: UInt64?
    /// It said the same as one before.
    package var isDuplicate: Bool

    package init(
        message: MessageID?, segment: Int?, at: UInt64, carrier: String, carrierID: String, state: String,
        error: String?, delay: UInt64?, isDuplicate: Bool
    ) {
        self.message = message
        self.segment = segment
        self.at = at
        self.carrier = carrier
        self.carrierID = carrierID
        self.state = state
        self.error = error
        self.delay = delay
        self.isDuplicate = isDuplicate
    }
}

/// A message from somebody's phone (MO), reassembled where it came in parts.
package struct InboundRecord: Hashable, Sendable {
    package var id: MessageID
    /// Milliseconds since 1970.
    package var at: UInt64
    package var carrier: String
    /// Masked where the configuration says so.
    package var from: String
    package var to: String
    package var segments: Int
    /// How many of them came: fewer where the rest was not waited for any more.
    package var received: Int
    /// The text, where the configuration keeps texts.
    package var text: String?

    /// - Parameter received: nil = all.
    package init(
        id: MessageID, at: UInt64, carrier: String, from: String, to: String, segments: Int, received: Int? = nil,
        text: String?
    ) {
        self.id = id
        self.at = at
        self.carrier = carrier
        self.from = from
        self.to = to
        self.segments = segments
        self.received = received ?? segments
        self.text = text
    }
}
