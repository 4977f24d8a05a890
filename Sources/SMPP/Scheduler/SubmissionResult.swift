/// Why nobody can say whether a written segment was accepted.
package enum UnknownReason: String, Hashable, Sendable {
    /// No response came in time.
    case carrierTimeout = "carrier_timeout"
    /// The connection was lost before the response.
    case connectionLost = "connection_lost"
}

/// What became of one segment (one `submit_sm`).
package enum SegmentOutcome: Hashable, Sendable {
    /// The carrier answered with status 0; the id is as the carrier wrote it and may be empty.
    case accepted(messageID: String)
    /// The carrier answered with an error status.
    case refused(CommandStatus)
    /// It was written, and no response decided about it.
    case unknown(UnknownReason)
    /// No byte of it was handed to a socket.
    case notSent
}

/// Why a message was not sent at all.
package enum NotSentReason: String, Hashable, Sendable {
    /// No bind that submits is bound.
    case noBind = "no_bind"
    /// The carrier could not answer it before its deadline, does no good at present, or too many wait already.
    case busy
    /// The carrier is being stopped.
    case draining
    /// It has something that cannot be written, or not to this carrier: a mistake of ours, not the carrier's refusal.
    case unwritable
}

/// What became of a message that was handed to a carrier.
package enum SubmissionResult: Hashable, Sendable {
    /// No byte of any segment was handed to a socket: the message may move on to another carrier.
    ///
    /// `retryAfter`: when to try this carrier again, from now; nil where nobody knows.
    case notSent(NotSentReason, retryAfter: Duration? = nil)
    /// One outcome per segment, in order; at least one segment was written.
    case sent([SegmentOutcome])
}
