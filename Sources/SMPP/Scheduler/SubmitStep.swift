/// What to write next.
package struct SubmitWrite: Hashable, Sendable {
    package var message: MessageKey
    /// Index of the segment, from 0.
    package var segment: Int
    /// The sequence number, already taken.
    package var sequence: UInt32
    /// There is nothing else to write for now, whatever the pace.
    package var isLast: Bool
}

/// Whether a bind takes a message.
package enum SubmitAdmission: Hashable, Sendable {
    case taken(MessageKey)
    /// No more may wait: the newest unwritten message of the account with the most waiting ones was displaced. It is already released; the edge finishes it as `.notSent(.busy)`.
    case takenInPlaceOf(MessageKey, displaced: MessageKey)
    /// No more may wait, and with this message no account would have more of them than its own; or all
    /// messages of the one that has are partly written.
    case refused

    /// The message's key; nil where it was refused.
    package var key: MessageKey? {
        switch self {
        case .taken(let key), .takenInPlaceOf(let key, displaced: _): key
        case .refused: nil
        }
    }

    /// The message that was displaced.
    package var displaced: MessageKey? {
        switch self {
        case .takenInPlaceOf(_, let displaced): displaced
        case .taken, .refused: nil
        }
    }
}

/// What follows from an event for a message. The edge acts on it; the scheduler has already let the message go.
package enum SubmitStep: Hashable, Sendable {
    case nothing
    /// The message is decided.
    case complete(MessageKey, SubmissionResult)
    /// Another bind may take the message. `carried` holds its refused outcomes where something was written.
    case move(MessageKey, carried: [SegmentOutcome]?)
    /// A segment that was told as unknown got its response after all. No message and no slot is touched by it.
    case late(LateResponse)
}

/// Totals of a bind since the start, in segments: `written` = accepted + refused + unknown + those that are open.
package struct SubmitCounters: Hashable, Sendable {
    package var written: UInt64 = 0
    package var accepted: UInt64 = 0
    package var refused: UInt64 = 0
    /// Written, and nobody knows: also where a late response told it in the end.
    package var unknown: UInt64 = 0
    /// Of the unknown ones, those whose connection was lost.
    package var lost: UInt64 = 0
    /// Responses that came after their request was given up or its message was completed.
    package var late: UInt64 = 0
    /// Responses to no request of ours, and second ones.
    package var unexpected: UInt64 = 0
    /// Refusals for speed.
    package var throttled: UInt64 = 0

    package init() {}
}
