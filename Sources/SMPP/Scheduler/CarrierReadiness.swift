/// Whether a carrier takes messages. The names are stable, for JSON and metrics.
package enum CarrierReadiness: Hashable, Sendable {
    /// It takes what it can answer in time.
    case ready
    /// It accepts nothing any more, for speed: nothing is written until then; then one message is tried.
    case paused(until: MonotonicTime)
    /// It answers nothing, or refuses everything for reasons of its own: only probes are written, the next one then.
    case tripped(until: MonotonicTime)
    /// No bind that submits is up.
    case down
    /// It is being stopped.
    case draining

    /// `ready`, `paused`, `tripped`, `down`, `draining`.
    package var name: String {
        switch self {
        case .ready: "ready"
        case .paused: "paused"
        case .tripped: "tripped"
        case .down: "down"
        case .draining: "draining"
        }
    }
}

/// Why a carrier does not take a message, or does not keep it. No byte of it was written.
package struct CarrierRefusal: Hashable, Sendable {
    /// The raw values are stable names for JSON and metrics.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// No bind that submits is up.
        case noBind = "no_bind"
        /// The carrier is being stopped.
        case draining
        /// The carrier made us stop, for longer than the message can wait.
        case paused
        /// The carrier is broken.
        case tripped
        /// No answer came for a while, and another carrier may take the message.
        case quiet
        /// No more may wait.
        case queueFull = "queue_full"
        /// Its answers could not be there before its deadline.
        case notInTime = "not_in_time"
        /// A segment cannot be written as it is.
        case unwritable
    }

    package var reason: Reason
    /// When to try again, from now; nil where nobody knows.
    package var retryAfter: Duration?

    package init(_ reason: Reason, retryAfter: Duration? = nil) {
        self.reason = reason
        self.retryAfter = retryAfter
    }

    /// What the message's owner is told where no other carrier takes it.
    package var notSentReason: NotSentReason {
        switch reason {
        case .noBind: .noBind
        case .draining: .draining
        case .paused, .tripped, .quiet, .queueFull, .notInTime: .busy
        case .unwritable: .unwritable
        }
    }
}

/// Whether a carrier takes a message.
package enum CarrierAdmission: Hashable, Sendable {
    case taken(MessageKey)
    case refused(CarrierRefusal)

    /// The message's key; nil where it was refused.
    package var key: MessageKey? {
        switch self {
        case .taken(let key): key
        case .refused: nil
        }
    }

    /// Why it was refused.
    package var refusal: CarrierRefusal? {
        switch self {
        case .taken: nil
        case .refused(let refusal): refusal
        }
    }
}

/// A message that is offered to a carrier.
package struct CarrierOffer: Hashable, Sendable {
    /// How many `submit_sm` it is; at least 1.
    package var segments: Int
    /// When it is told as it is then.
    package var deadline: MonotonicTime
    /// Whose it is, for fairness: the index of the account, 0 to 65,535.
    package var account: Int
    /// Another carrier may take it if this one does not: it is not kept where this one would let it wait for long.
    package var hasNext: Bool
    /// The name by which a late response tells the message.
    package var tag: UInt64

    package init(
        segments: Int = 1, deadline: MonotonicTime, account: Int = 0, hasNext: Bool = false, tag: UInt64 = 0
    ) {
        self.segments = segments
        self.deadline = deadline
        self.account = account
        self.hasNext = hasNext
        self.tag = tag
    }
}

/// What to write next.
package struct CarrierWrite: Hashable, Sendable {
    /// Index of the bind.
    package var bind: Int
    package var message: MessageKey
    /// Index of the segment, from 0.
    package var segment: Int
    /// The sequence number, already taken.
    package var sequence: UInt32
}

/// What follows from an event. The scheduler has already let go of the message that it names.
package enum CarrierStep: Hashable, Sendable {
    /// At least one segment was written: the message is decided.
    case complete(MessageKey, [SegmentOutcome])
    /// No byte of it was written: another carrier may take it.
    case notSent(MessageKey, CarrierRefusal)
    /// A segment that was told as unknown got its response after all. No message and no slot is touched by it.
    case late(LateResponse, bind: Int)
    /// A bind that drains has nothing open and nothing to write any more.
    case drained(bind: Int)

    /// The message that is gone with it.
    package var message: MessageKey? {
        switch self {
        case .complete(let key, _), .notSent(let key, _): key
        case .late, .drained: nil
        }
    }
}
