/// What one event loop has seen of the messages that were intended in one step.
struct StepRecord: Sendable {
    /// When the step ends, nanoseconds of the monotonic clock.
    let end: UInt64
    private(set) var messages = 0
    private(set) var accepted = 0
    private(set) var errors = 0
    private(set) var notStarted = 0
    private(set) var timeouts = 0
    /// Messages that were over soon after the step's end at the latest.
    private(set) var inTime = 0
    /// From the intended start to the answer.
    private(set) var response = LatencyHistogram()

    init(end: UInt64) {
        self.end = end
    }

    mutating func ended(_ timed: TimedMessage, _ outcome: LoadOutcome, isWarm: Bool, at now: UInt64) {
        // What was stopped by hand says nothing of the target.
        guard outcome != .stopped else { return }
        messages += 1
        if outcome == .accepted { accepted += 1 }
        if outcome.isError { errors += 1 }
        if outcome == .notStarted { notStarted += 1 }
        if outcome == .timedOut { timeouts += 1 }
        if now < end &+ LoadLimits.stepGrace { inTime += 1 }
        guard isWarm, timed.isSent, outcome.isAnswered || outcome == .timedOut else { return }
        response.record(now &- min(timed.intended, now))
    }

    mutating func add(_ other: StepRecord) {
        messages += other.messages
        accepted += other.accepted
        errors += other.errors
        notStarted += other.notStarted
        timeouts += other.timeouts
        inTime += other.inTime
        response.add(other.response)
    }
}
