/// What one event loop has seen of a run. Loop-confined; copies of it leave the loop.
struct LoadRecorder: Sendable {
    /// Of the time since the last look, for the progress line and the series.
    struct Interval: Sendable {
        var sent = 0
        var accepted = 0
        var errors = 0
        var response = LatencyHistogram()

        mutating func add(_ other: Interval) {
            sent += other.sent
            accepted += other.accepted
            errors += other.errors
            response.add(other.response)
        }
    }

    /// Messages intended before this time are the warm-up: counted, but in no percentile.
    private var warmUpEnd: UInt64 = 0
    /// By when their messages were intended.
    private(set) var steps: [StepRecord] = []
    /// From the intended start to the answer.
    private(set) var response = LatencyHistogram()
    /// From the actual start to the answer.
    private(set) var service = LatencyHistogram()
    private(set) var outcomes = [Int](repeating: 0, count: LoadOutcome.allCases.count)
    private(set) var faults: [LoadFault: Int] = [:]
    private(set) var started = 0
    /// Answers that `X-Replayed` marks.
    var replayed = 0
    /// Segments that the target says were accepted.
    var segments = 0
    var connectionsOpened = 0
    /// Connections that ended during the run.
    var connectionsLost = 0
    /// Attempts to connect or to bind that failed, and why the last one did.
    var connectFailures = 0
    var lastConnectFailure: String?
    /// How late after its intended time a message was sent at most, nanoseconds.
    private(set) var latestStart: UInt64 = 0
    private(set) var lastAnswer: UInt64 = 0
    private var interval = Interval()

    /// What the run is told before its first message.
    mutating func begin(warmUpEnd: UInt64, stepEnds: [UInt64] = []) {
        self.warmUpEnd = warmUpEnd
        steps = stepEnds.map(StepRecord.init)
    }

    mutating func sent(intended: UInt64, at now: UInt64) {
        started += 1
        interval.sent += 1
        if now > intended { latestStart = max(latestStart, now - intended) }
    }

    /// A message is over.
    mutating func ended(_ timed: TimedMessage, _ outcome: LoadOutcome, code: UInt32, at now: UInt64) {
        outcomes[Int(outcome.rawValue)] += 1
        if outcome == .accepted {
            interval.accepted += 1
        } else {
            if outcome.isError { interval.errors += 1 }
            faults[LoadFault(outcome, code: code), default: 0] += 1
        }
        if let step = steps.firstIndex(where: { timed.intended < $0.end }) ?? steps.indices.last {
            steps[step].ended(timed, outcome, isWarm: timed.intended >= warmUpEnd, at: now)
        }
        guard timed.isSent, outcome.isAnswered || outcome == .timedOut else { return }
        lastAnswer = max(lastAnswer, now)
        let time = now &- min(timed.intended, now)
        interval.response.record(time)
        guard timed.intended >= warmUpEnd else { return }
        response.record(time)
        service.record(now &- min(timed.started, now))
    }

    /// What came since the last call.
    mutating func takeInterval() -> Interval {
        let taken = interval
        interval.sent = 0
        interval.accepted = 0
        interval.errors = 0
        interval.response.reset()
        return taken
    }

    mutating func add(_ other: LoadRecorder) {
        response.add(other.response)
        service.add(other.service)
        for index in outcomes.indices { outcomes[index] += other.outcomes[index] }
        faults.merge(other.faults, uniquingKeysWith: +)
        if steps.isEmpty {
            steps = other.steps
        } else {
            for index in steps.indices where other.steps.indices.contains(index) {
                steps[index].add(other.steps[index])
            }
        }
        started += other.started
        replayed += other.replayed
        segments += other.segments
        connectionsOpened += other.connectionsOpened
        connectionsLost += other.connectionsLost
        connectFailures += other.connectFailures
        lastConnectFailure = lastConnectFailure ?? other.lastConnectFailure
        latestStart = max(latestStart, other.latestStart)
        lastAnswer = max(lastAnswer, other.lastAnswer)
    }

    func count(_ outcome: LoadOutcome) -> Int { outcomes[Int(outcome.rawValue)] }
}

/// A message under way.
struct TimedMessage: Sendable {
    /// Its number in the run, from 0.
    var number: Int
    /// When it should be sent, nanoseconds of the monotonic clock.
    var intended: UInt64
    /// When it was; 0 before.
    var started: UInt64 = 0

    var isSent: Bool { started > 0 }
}
