/// What the driver was told about a message, or what it knows without having been told.
package enum LoadOutcome: UInt8, Hashable, Sendable, CaseIterable {
    /// The carrier has every segment: HTTP 200, or `command_status` 0 for each.
    case accepted
    /// Final: refused whole.
    case refused
    /// Some segments are accepted, some are not.
    case partial
    /// The target itself does not know (HTTP 504).
    case unknown
    /// Nothing was sent to the carrier; later it may work (HTTP 503, 429).
    case notSent
    /// The connection ended before the answer.
    case connectionLost
    /// No answer in time.
    case timedOut
    /// Something came that is no answer.
    case unreadable
    /// The driver could not begin it: too many messages waited for a connection, or it waited for one too long.
    case notStarted
    /// The driver was stopped before it was sent.
    case stopped
    /// The text does not go into the segments that are allowed.
    case unsendable

    /// As in `X-Outcome` where that has it.
    package var name: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .partial: "partial"
        case .unknown: "unknown"
        case .notSent: "not-sent"
        case .connectionLost: "connection-lost"
        case .timedOut: "timed-out"
        case .unreadable: "unreadable"
        case .notStarted: "not-started"
        case .stopped: "stopped"
        case .unsendable: "unsendable"
        }
    }

    /// Whether the target answered, so that there is a response time.
    package var isAnswered: Bool {
        switch self {
        case .accepted, .refused, .partial, .unknown, .notSent: true
        case .connectionLost, .timedOut, .unreadable, .notStarted, .stopped, .unsendable: false
        }
    }

    /// Whether it counts as an error: all but what the carrier has and what was not to be sent any more.
    package var isError: Bool { self != .accepted && self != .stopped }
}

/// Why a message was not accepted, as the report counts it.
package struct LoadFault: Hashable, Sendable {
    package var outcome: LoadOutcome
    /// The HTTP status or the `command_status`; 0 where there was none.
    package var code: UInt32

    package init(_ outcome: LoadOutcome, code: UInt32 = 0) {
        self.outcome = outcome
        self.code = code
    }
}
