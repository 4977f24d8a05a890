/// When to ask the peer whether it is alive, and when to believe that it is not (`enquire_link`, SMPP 3.4 §4.11).
///
/// One `enquire_link` every `every`, whatever the traffic. One that is not answered in `answerWithin` is missed, and the next follows at
/// once; `unanswered` missed in a row mean that the link is dead.
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
    private let unanswered: Int
    private var missed = 0
    private var sentAt: MonotonicTime?
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
        nextDeadline = now + answerWithin
        return .sendEnquireLink
    }

    /// An `enquire_link_resp` came. Whatever its sequence number: some peers do not echo it.
    package mutating func answered(now: MonotonicTime) {
        guard let sent = sentAt else { return }
        roundTrip = now - sent
        sentAt = nil
        missed = 0
        nextDeadline = max(now, sent + every)
    }
}
