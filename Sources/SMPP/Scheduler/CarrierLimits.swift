/// Every bound of a carrier's scheduler; the configuration fills them. Durations are above zero.
package struct CarrierLimits: Hashable, Sendable {
    /// `waiting`: messages that may wait in front of the windows, in all.
    package var waiting: Int
    /// `window`: requests that may be open at once on a bind that has no window of its own.
    package var window: Int
    /// `rate`: `submit_sm` a second that are never exceeded, above 0; nil = no ceiling.
    package var rate: Double?
    /// `timeouts.response`: when a response is overdue, and its request unknown.
    package var response: Duration
    /// `in_time.least`: a response is never thought to take less.
    package var leastResponse: Duration
    /// `in_time.reserve`: a message that had to wait is begun only with this much time left (at most half of what it
    /// came with), so that an answer slower than most still comes before its deadline; nil = `response`.
    package var reserve: Duration?
    /// `throttle`
    package var throttle: Throttle
    /// `breaker`
    package var breaker: Breaker
    /// How long an overdue response is waited for, to tell what became of its message.
    package var lateKept: Duration
    /// How many overdue responses are waited for on each bind.
    package var maxLate: Int

    /// What ESME_RTHROTTLED and ESME_RMSGQFUL cost.
    package struct Throttle: Hashable, Sendable {
        /// `pause`: how long a refused message waits, and the first stop of a carrier that accepts nothing any more; 100 ms to 1 h.
        /// Each further one in a row is twice as long.
        package var pause: Duration
        /// `max`: the longest stop; not less than `pause`, up to 1 h.
        package var max: Duration
        /// `run`: so many such refusals in a row, and none accepted for two seconds, stop the carrier; 1 to 1000.
        package var run: Int
        /// `stop`: each such refusal stops the whole carrier for `pause`: some contracts demand it.
        package var stop: Bool
        /// `forget`: a learnt pace that nobody ran into for so long is forgotten; 1 s to 24 h.
        package var forget: Duration

        package init(
            pause: Duration = .seconds(1), max: Duration = .seconds(60), run: Int = 5, stop: Bool = false,
            forget: Duration = .seconds(60)
        ) {
            self.pause = pause
            self.max = max
            self.run = run
            self.stop = stop
            self.forget = forget
        }
    }

    /// When the carrier counts as broken, and how it is tried again.
    package struct Breaker: Hashable, Sendable {
        /// `refusals`: so many in a row that mean the carrier and not the message trip it; 1 to 1000.
        package var refusals: Int
        /// `pause`: from there to the first probe, 100 ms to 1 h; each further one in a row comes after twice the time.
        package var pause: Duration
        /// `silence`: the same where answers stay away, since a probe may cost an unknown; nil = twice `response`.
        package var silence: Duration?
        /// `max`: the longest time between probes; not less than `pause`, up to 1 h.
        package var max: Duration
        /// `quiet`: without an answer for so long (or four times the usual), messages that another carrier may take
        /// are not kept; 100 ms to 60 s.
        package var quiet: Duration

        package init(
            refusals: Int = 5, pause: Duration = .seconds(1), silence: Duration? = nil, max: Duration = .seconds(60),
            quiet: Duration = .milliseconds(500)
        ) {
            self.refusals = refusals
            self.pause = pause
            self.silence = silence
            self.max = max
            self.quiet = quiet
        }
    }

    package init(
        waiting: Int = 1000, window: Int = 10, rate: Double? = nil, response: Duration = .seconds(5),
        leastResponse: Duration = .milliseconds(250), reserve: Duration? = nil, throttle: Throttle = Throttle(),
        breaker: Breaker = Breaker(), lateKept: Duration = .seconds(10_800), maxLate: Int = 10_000
    ) {
        self.waiting = waiting
        self.window = window
        self.rate = rate
        self.response = response
        self.leastResponse = leastResponse
        self.reserve = reserve
        self.throttle = throttle
        self.breaker = breaker
        self.lateKept = lateKept
        self.maxLate = maxLate
    }
}
