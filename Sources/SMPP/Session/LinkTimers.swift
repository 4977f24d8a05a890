/// When to ask the peer whether it is alive, and when to believe that it is not (`enquire_link`, SMPP 3.4 §4.11).
///
/// One `enquire_link` every `every`, whatever the traffic. One that is not answered in `answerWithin` is missed, and the next follows at
/// once; `unanswered` missed in a row mean that the link is dead. A link under suspicion is asked at once, and its answers
/// are waited for no longer than other responses.
///
/// ```
///                 every                       answerWithin           `unanswered` in a row
///   quiet ────────────────────▶ asked ──────────────────────▶ asked … ──────────▶ dead
///     ▲ │       (suspect: at once) │                             │
///     │ └──────────────────────────┴─ answered ──────────────────┘
/// ```
package struct LinkTimers: Hashable, Sendable {
    /// Carriers punish more than one `enquire_link` per 10 s, so an answer may take as long, but never longer than `every`.
    private static let leastAnswerTime = Duration.seconds(10)

    /// What a tick asks for.
    package enum Tick: Hashable, Sendable {
        case nothing
        case sendEnquireLink
        case linkIsDead
    }

    private let every: Duration
    private let answerWithin: Duration
    private let responseTimeout: Duration
    private let unanswered: Int
    private var missed = 0
    private var isSuspect = false
    /// When the `enquire_link` was sent that is not yet answered.
    private(set) var sentAt: MonotonicTime?
    /// When the next tick is due.
    package private(set) var nextDeadline: MonotonicTime
    /// How long the last answered `enquire_link` took.
    package private(set) var roundTrip: Duration?

    /// - Parameters:
    ///   - every: from one `enquire_link` to the next.
    ///   - unanswered: how many missed in a row mean a dead link; at least 1.
    ///   - responseTimeout: how long the peer may take for other responses.
    ///   - now: when the bind came up.
    package init(every: Duration, unanswered: Int, responseTimeout: Duration, now: MonotonicTime) {
        self.every = every
        self.responseTimeout = responseTimeout
        self.unanswered = max(1, unanswered)
        answerWithin = min(every, max(responseTimeout, Self.leastAnswerTime))
        nextDeadline = now + every
    }

    /// Time has passed.
    package mutating func tick(now: MonotonicTime) -> Tick {
        guard now >= nextDeadline else { return .nothing }
        if sentAt != nil {
            missed += 1
            if missed >= unanswered { return .linkIsDead }
        }
        sentAt = now
        nextDeadline = now + (isSuspect ? min(answerWithin, responseTimeout) : answerWithin)
        return .sendEnquireLink
    }

    /// The peer is silent where it should have spoken: the next tick asks at once, unless an answer is due anyway.
    package mutating func suspect(now: MonotonicTime) {
        guard !isSuspect else { return }
        isSuspect = true
        let due = sentAt.map { max(now, $0 + responseTimeout) } ?? now
        nextDeadline = min(nextDeadline, due)
    }

    /// Something was received: what is asked has its usual time again.
    package mutating func trust() {
        guard isSuspect else { return }
        isSuspect = false
        missed = 0
        if let sentAt { nextDeadline = sentAt + answerWithin }
    }

    /// An `enquire_link_resp` came. Whatever its sequence number: some peers do not echo it.
    ///
    /// - Returns: how long it took; nil where none was asked for.
    @discardableResult
    package mutating func answered(now: MonotonicTime) -> Duration? {
        guard let sent = sentAt else { return nil }
        let time = now - sent
        roundTrip = time
        sentAt = nil
        missed = 0
        nextDeadline = max(now, sent + every)
        return time
    }
}
