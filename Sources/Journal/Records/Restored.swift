package import Messaging

/// A message whose process ended before its reply was decided.
package struct InterruptedMessage: Hashable, Sendable {
    package var message: MessageID
    package var account: String
    /// How many it has.
    package var segments: Int
}

/// A message of an earlier process of which nobody knows whether it went.
package struct RestoredDoubt: Hashable, Sendable {
    package var message: MessageID
    package var account: String
    /// As the journal has it: masked where the configuration says so.
    package var recipient: String
    /// Empty = it is not known which one it was given to.
    package var carrier: String
    /// The reply's code.
    package var reason: String
    /// Since when, in milliseconds since 1970.
    package var at: UInt64
    /// Indices of the segments that are not known; empty = nobody knows which there were.
    package var segments: Set<Int>

    package init(
        message: MessageID, account: String, recipient: String, carrier: String, reason: String, at: UInt64,
        segments: Set<Int>
    ) {
        self.message = message
        self.account = account
        self.recipient = recipient
        self.carrier = carrier
        self.reason = reason
        self.at = at
        self.segments = segments
    }
}

extension RestoredDoubt {
    init(_ message: MessageRecord, _ outcome: OutcomeRecord) {
        let segments = outcome.segments.indices.filter { index in
            if case .unknown = outcome.segments[index] { true } else { false }
        }
        self.init(
            message: message.id, account: message.account, recipient: message.recipient, carrier: outcome.carrier ?? "",
            reason: outcome.code ?? "", at: outcome.at, segments: Set(segments))
    }
}

/// A segment that a carrier accepted before this process began, or of which nobody knows, for its receipt.
package struct RestoredSegment: Hashable, Sendable {
    package var message: MessageID
    /// Its index, from 0.
    package var segment: Int
    /// Empty = it is not known which one it was given to.
    package var carrier: String
    /// As the response gave it; may be empty.
    package var carrierID: String
    /// As the journal has it: masked where the configuration says so, and then with its key (`MessageRecord.keptRecipient`); nil = not known.
    package var recipient: String?
    /// Whom the message came from; nil = not known.
    package var sender: String?
    /// When it was accepted, in milliseconds since 1970.
    package var at: UInt64
    /// Whether its response did not come.
    package var isLost = false
    /// A `ReceiptState`, as a word: what its last receipt has said; nil = none came.
    package var state: String?
    /// The id that this receipt had, where the response had one too.
    package var receiptID: String?

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
