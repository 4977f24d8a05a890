/// All messages of a carrier, or of one lane of it: one queue, one pace, a window for each bind.
///
/// Events and the time go in. What follows comes out of `nextWrite`, until it gives nil, and of `nextStep`, until it gives
/// nil; `nextWake` says when `tick` has something to do. All decisions about messages are made here.
///
/// ```
///   submit ── not in time, not ready, full ──▶ refused
///     │
///     ▼                        cannot be answered in time any more; displaced;
///   queued, in turn between ── carrier paused, tripped, down for too long ──────▶ notSent
///     accounts                                                     (refused before: complete)
///     │      ▲
///     │ pace, a free slot
///     │      │ retry is due, and nothing of it is accepted or open
///     ▼      │
///   begun on one bind ◀──── retry is due ──── aside ◀── refused, to be tried again
///     │   all segments, in order, before others begin there          │
///     ▼                                                              │
///   all written ─── answered, overdue, bind lost, deadline ──────────┴──────────▶ complete
///
///   a request:  open ──answered──▶ decided
///                │
///                └── overdue, its message completed ──▶ given up ──answered──▶ late
///
///   carrier:    ready ── nothing accepted any more, for speed ──▶ paused ─┐ one message is tried,
///                 ▲ └─── a run of refusals that mean the carrier; ──▶ tripped ─┤ again after twice the time
///                 │      no bind that answers                              │
///                 └───────────────────────── answered ────────────────────┘
/// ```
///
/// In time: a message is begun only if what is left of its time is at least what answers take lately (95th percentile) and its
/// segments ÷ pace; and, since overload must not cost unknowns, at least `CarrierLimits.reserve`. What is ahead of a newcomer is
/// known, so it is refused when it comes.
///
/// Not copyable: there is one truth about who has a slot. What is asked for every message is `mutating`, or inlined:
/// a call that only reads a structure gets a copy of it, here of a thousand bytes.
package struct CarrierScheduler: ~Copyable, Sendable {
    struct Entry {
        var generation: UInt32 = 0
        /// false = the index is free.
        var isTaken = false
        var hasNext = false
        /// The bind that it was begun on; -1 = none.
        var bind: Int32 = -1
        var tag: UInt64 = 0
        /// Begun with less left than this, in nanoseconds, it might not be answered in time.
        var reserve: Int64 = 0
        var progress = MessageProgress.gone

        /// The entry is this message's from now on.
        mutating func begin(_ offer: CarrierOffer, reserve: Int64) {
            progress.begin(segments: offer.segments, deadline: offer.deadline)
            isTaken = true
            hasNext = offer.hasNext
            bind = -1
            tag = offer.tag
            self.reserve = reserve
        }
    }

    /// What waits here is looked at again so often, in nanoseconds.
    static let reviewEvery: Int64 = 100_000_000
    /// Messages that come together begin on one bind, and leave in one write; at most so many, so that a carrier with many binds gets a
    /// burst on several.
    static let mostInARow = 16
    /// Where nothing is known of a carrier yet.
    static let throughputUnknown = 1e6

    package let limits: CarrierLimits
    let statuses: StatusTable
    /// In nanoseconds.
    let responseTimeout: Int64
    let leastResponse: Int64
    let reserve: Int64
    let quiet: Int64

    var binds: ContiguousArray<CarrierBind>
    var pace: CarrierPace
    /// Open while the carrier accepts nothing, or refuses everything.
    var breaker = CircuitBreaker()
    /// What `breaker` is open for.
    var isPaused = false
    var times = ResponseTimes()
    /// Messages refused or handed back, by `CarrierRefusal.Reason`, in the order of `allCases`.
    var refusals = [UInt64](repeating: 0, count: CarrierRefusal.Reason.allCases.count)

    var entries: ContiguousArray<Entry> = []
    var free: ContiguousArray<Int> = []
    var queues = AccountQueues()
    /// Messages whose retry waits for its time, in the order of their times; may hold keys of messages that are gone.
    var delayed: ContiguousArray<(due: MonotonicTime, key: MessageKey)> = []
    var steps: ContiguousArray<CarrierStep> = []
    private var nextStepIndex = 0

    /// Messages without an outcome.
    package internal(set) var messages = 0
    /// Segments to be written, now or later.
    package internal(set) var unwritten = 0
    /// Whether a message that was begun may have segments left to write.
    var mayHaveBegun = false
    /// PDUs per second of the binds that are up by their own rates; nil = one of them has none.
    var ownRates: Double?
    /// Requests that are open, and slots of binds that are up or draining.
    var open = 0
    var slots = 0
    /// Where the next message looks for a bind first, and how many have begun there in a row.
    var cursor = 0
    var inARow = 0
    var isStopping = false
    /// Nothing that waits begins: another scheduler is about to have it.
    var isHandingOver = false
    /// What `throughput` gave last, and when; zero = it has to be counted anew.
    var lastThroughput = Self.throughputUnknown
    var throughputAt = MonotonicTime(nanoseconds: 0)
    /// Something was written by a pace since the last `left`.
    var awaitsLeaving = false
    /// Not later than the first of its kind.
    var overdueAt: MonotonicTime?
    var messageDeadline: MonotonicTime?
    var reviewAt = MonotonicTime(nanoseconds: 0)

    // What the carrier said last.
    var answeredAt = MonotonicTime(nanoseconds: 0)
    var acceptedAt: MonotonicTime?
    /// Refusals in a row: for speed; and that mean the carrier.
    var refusedForSpeed = 0
    var refusedByCarrier = 0
    /// The last refusal that spoke against the carrier; nil where the trial after it was not answered.
    var refusedAs: CommandStatus?
    var throttledAt: MonotonicTime?

    /// - Parameters:
    ///   - windows: the window of each bind, by its index; nil = `limits.window`. Binds are down until `bindUp`.
    ///   - rates: PDUs per second of each bind, beside the carrier's, by its index; nil, or beyond the end: none.
    package init(
        limits: CarrierLimits, windows: [Int?], rates: [Double?] = [], statuses: StatusTable = .standard
    ) {
        self.limits = limits
        self.statuses = statuses
        responseTimeout = limits.response.nanoseconds
        leastResponse = limits.leastResponse.nanoseconds
        quiet = limits.breaker.quiet.nanoseconds
        reserve = (limits.reserve ?? limits.response).nanoseconds
        binds = ContiguousArray(
            windows.enumerated().map { index, window in
                let rate = index < rates.count ? rates[index] : nil
                return CarrierBind(window: window ?? limits.window, rate: rate, limits: limits)
            })
        pace = CarrierPace(ceiling: limits.rate)
    }

    // MARK: Messages in

    /// Whether the carrier would take this message now; nil = it would.
    package mutating func refusal(of offer: CarrierOffer, now: MonotonicTime) -> CarrierRefusal? {
        if isStopping { return CarrierRefusal(.draining) }
        let (gate, closed) = gate(hasNext: offer.hasNext, waiting: queues.count, now: now)
        if let closed { return closed }
        let rate = throughput(now: now)
        let ahead = min(unwritten, aheadInTurn(offer))
        let begins = max(gate, max(now, pace.dueAt)).adding(seconds: Double(ahead) / rate)
        let latest = beginBy(
            offer.deadline, reserve: reserve(until: offer.deadline, now: now), segments: offer.segments, rate: rate)
        guard begins <= latest else {
            let isTooLong = now.adding(seconds: Double(ahead) / rate) > latest
            let wait = max(begins, now) - now
            return CarrierRefusal(isTooLong ? .notInTime : gateReason(now: now), retryAfter: max(.seconds(1), wait))
        }
        guard queues.count >= limits.waiting, queues.count > 0 || open >= slots else { return nil }
        guard displaceable(for: offer.account) == nil else { return nil }
        return CarrierRefusal(.queueFull, retryAfter: max(.seconds(1), begins - now))
    }

    /// Takes a message, where too many wait already in the place of another account's (see `nextStep`), or not at all.
    package mutating func submit(_ offer: CarrierOffer, now: MonotonicTime) -> CarrierAdmission {
        precondition(offer.segments > 0, "a message without segments")
        if let refusal = refusal(of: offer, now: now) {
            count(refusal.reason)
            return .refused(refusal)
        }
        let isFull = queues.count >= limits.waiting && (queues.count > 0 || open >= slots)
        if isFull, let loser = displaceable(for: offer.account) {
            complete(loser, notSent: CarrierRefusal(.queueFull))
        }
        let index: Int
        if let last = free.popLast() {
            index = last
        } else {
            index = entries.count
            entries.append(Entry())
        }
        entries[index].begin(offer, reserve: reserve(until: offer.deadline, now: now))
        if queues.count == 0 { reviewAt = now.adding(nanoseconds: Self.reviewEvery) }
        queues.append(index, account: offer.account)
        messages += 1
        unwritten += offer.segments
        messageDeadline = min(messageDeadline ?? offer.deadline, offer.deadline)
        return .taken(key(index))
    }

    // MARK: Steps out

    /// What follows from the events so far, one by one; call it until it gives nil.
    package mutating func nextStep() -> CarrierStep? {
        guard nextStepIndex < steps.count else { return nil }
        var step = CarrierStep.drained(bind: 0)
        swap(&step, &steps[nextStepIndex])
        nextStepIndex += 1
        if nextStepIndex == steps.count {
            steps.removeAll(keepingCapacity: true)
            nextStepIndex = 0
        }
        // Only now may the index name another message.
        if let key = step.message { free.append(key.index) }
        return step
    }
}

// MARK: - Bookkeeping

extension CarrierScheduler {
    func key(_ index: Int) -> MessageKey {
        MessageKey(index: index, generation: entries[index].generation)
    }

    func isLive(_ key: MessageKey) -> Bool {
        entries[key.index].generation == key.generation && entries[key.index].isTaken
    }

    mutating func count(_ reason: CarrierRefusal.Reason) {
        if let index = CarrierRefusal.Reason.allCases.firstIndex(of: reason) { refusals[index] += 1 }
    }

    /// The message leaves with what is known of it.
    mutating func complete(_ index: Int, notSent refusal: @autoclosure () -> CarrierRefusal) {
        let key = key(index)
        switch entries[index].progress.result(notSent: .busy) {
        case .sent(let outcomes): steps.append(.complete(key, outcomes))
        case .notSent(.unwritable, _):
            count(.unwritable)
            steps.append(.notSent(key, CarrierRefusal(.unwritable)))
        case .notSent:
            let refusal = refusal()
            count(refusal.reason)
            steps.append(.notSent(key, refusal))
        }
        release(index)
    }

    private mutating func release(_ index: Int) {
        queues.remove(index)
        let bind = Int(entries[index].bind)
        if bind >= 0, binds[bind].begun >= 0 { binds[bind].forget(index) }
        unwritten -= entries[index].progress.toWrite
        entries[index].progress.end()
        entries[index].isTaken = false
        entries[index].generation &+= 1
        messages -= 1
        guard messages == 0 else { return }
        messageDeadline = nil
        delayed.removeAll(keepingCapacity: true)
    }

    /// The newest message of the account with the most waiting ones, if it has more than this account would.
    private func displaceable(for account: Int) -> Int? {
        queues.newestOfLongest(above: queues.waiting(account: account) + 1) { !entries[$0].progress.wasWritten }
    }
}
