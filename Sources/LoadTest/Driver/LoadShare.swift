import DequeModule
import NIOCore

/// Which messages an event loop sends, and when.
enum SharePacing: Sendable {
    /// Every `stride`-th arrival of the schedule, beginning with number `offset`.
    case open(ArrivalSchedule)
    /// So many at once, each followed by the next.
    case closed(workers: Int)
}

/// What a share is told.
struct ShareSetup: Sendable {
    var pacing: SharePacing
    /// This share's index among `stride`.
    var offset: Int
    var stride: Int
    /// The start of the run, nanoseconds of the monotonic clock.
    var start: UInt64
    /// When nothing more is begun.
    var end: UInt64
    /// The most messages of the whole run; nil: no limit.
    var messages: Int?
    var waitingLimit: Int
    var warmUpEnd: UInt64
    /// When the steps end whose messages are told apart; empty = none are.
    var stepEnds: [UInt64] = []
    /// Whether the outcome of each message is kept for the audit.
    var keepsOutcomes: Bool

    /// Before the run.
    static let idle = ShareSetup(
        pacing: .closed(workers: 0), offset: 0, stride: 1, start: .max, end: 0, messages: 0, waitingLimit: 0,
        warmUpEnd: 0, keepsOutcomes: false)
}

/// One event loop's share of a run: takes messages from the schedule when their time comes, hands them to connections that
/// have room, records how they end.
///
///     schedule ──its time──▶ waiting (bounded) ──a link with room──▶ under way ──answer, loss, time──▶ recorded
///
/// An arrival that finds no room waits, and its response time counts from its intended start all the same.
final class LoadShare<Link: LoadLink> {
    let eventLoop: any EventLoop
    private var setup = ShareSetup.idle
    private(set) var links: [Link] = []
    var recorder = LoadRecorder()
    /// By the message's number divided by `stride`; empty unless the audit wants them.
    private(set) var outcomes: [UInt8] = []
    private var schedule: ArrivalSchedule?
    private var scheduled = 0
    private var nextArrival: UInt64?
    private var taken = 0
    private var waiting = Deque<TimedMessage>()
    private var ready = Deque<Int>()
    private var isReady: [Bool] = []
    private var timer: Scheduled<Void>?
    private(set) var underWay = 0
    private var isStopped = false
    private var isPumping = false
    /// Called once, when nothing is to be sent any more and nothing is under way.
    private var onDone: (() -> Void)?

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// Adds a link; its index is what `becameReady` wants.
    func add(_ link: Link) {
        links.append(link)
        isReady.append(false)
    }

    /// Begins at the start that the setup names.
    func run(_ setup: ShareSetup, _ done: @escaping () -> Void) {
        self.setup = setup
        recorder.begin(warmUpEnd: setup.warmUpEnd, stepEnds: setup.stepEnds)
        onDone = done
        switch setup.pacing {
        case .open(let schedule):
            self.schedule = schedule
            advance()
            setTimer()
            finishIfDone()
        case .closed(let workers):
            timer = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(setup.start)) { [self] in
                for _ in 0..<workers { beginNext() }
                pump()
                if workers == 0 { stop(as: .stopped) }
            }
        }
    }

    /// Looks after answers that are overdue.
    func tick() {
        let now = Self.now
        for link in links { link.tick(now) }
    }

    /// A link can take a message, again or for the first time.
    func becameReady(_ index: Int) {
        if !isReady[index] {
            isReady[index] = true
            ready.append(index)
        }
        pump()
    }

    /// A message that a link had is over.
    func ended(_ timed: TimedMessage, _ outcome: LoadOutcome, code: UInt32 = 0) {
        let now = Self.now
        underWay -= 1
        record(timed, outcome, code: code, at: now)
        if case .closed = setup.pacing { beginNext() }
        finishIfDone()
    }

    /// Nothing more is begun; what waits is given up as `outcome`.
    func stop(as outcome: LoadOutcome) {
        guard !isStopped else { return }
        isStopped = true
        timer?.cancel()
        let now = Self.now
        while let timed = waiting.popFirst() { record(timed, outcome, code: 0, at: now) }
        finishIfDone()
    }

    /// What is still open is given up: the run is over.
    func abandon() {
        stop(as: .notStarted)
        for link in links { link.abandon(as: .timedOut) }
    }

    var waitingCount: Int { waiting.count }

    // MARK: Arrivals

    /// Finds the next arrival that is this share's.
    private func advance() {
        nextArrival = nil
        while let offset = schedule?.next() {
            let number = scheduled
            scheduled += 1
            if let messages = setup.messages, number >= messages { break }
            guard number % setup.stride == setup.offset else { continue }
            nextArrival = setup.start + offset
            return
        }
        schedule = nil
    }

    private func setTimer() {
        guard !isStopped, let nextArrival else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(nextArrival)) { [self] in
            takeDue()
        }
    }

    /// Takes every arrival whose time has come. At high rates several are due at once: then one turn serves them all.
    private func takeDue() {
        guard !isStopped else { return }
        let now = Self.now
        while let time = nextArrival, time <= now {
            admit(TimedMessage(number: setup.offset + taken * setup.stride, intended: time), at: now)
            advance()
        }
        pump()
        setTimer()
        finishIfDone()
    }

    private func admit(_ timed: TimedMessage, at now: UInt64) {
        taken += 1
        guard waiting.count < setup.waitingLimit else {
            record(timed, .notStarted, code: 0, at: now)
            return
        }
        waiting.append(timed)
    }

    /// Closed loop: the next message of a worker, begun now.
    private func beginNext() {
        let now = Self.now
        let number = setup.offset + taken * setup.stride
        guard !isStopped, now < setup.end, setup.messages.map({ number < $0 }) ?? true else { return }
        admit(TimedMessage(number: number, intended: now), at: now)
    }

    private func pump() {
        // A link may end a message while it takes it.
        guard !isPumping else { return }
        isPumping = true
        while !waiting.isEmpty, let index = ready.popFirst() {
            isReady[index] = false
            guard links[index].hasRoom, var timed = waiting.popFirst() else { continue }
            let now = Self.now
            timed.started = now
            underWay += 1
            recorder.sent(intended: timed.intended, at: now)
            links[index].send(timed)
            if links[index].hasRoom, !isReady[index] {
                isReady[index] = true
                ready.append(index)
            }
        }
        isPumping = false
    }

    // MARK: Ends

    private func record(_ timed: TimedMessage, _ outcome: LoadOutcome, code: UInt32, at now: UInt64) {
        recorder.ended(timed, outcome, code: code, at: now)
        guard setup.keepsOutcomes else { return }
        let index = timed.number / setup.stride
        guard index < LoadLimits.audited / setup.stride else { return }
        while outcomes.count <= index { outcomes.append(Self.noOutcome) }
        outcomes[index] = outcome.rawValue
    }

    /// In `outcomes`: the message has not ended.
    static var noOutcome: UInt8 { 0xFF }

    private var isExhausted: Bool {
        if isStopped { return true }
        switch setup.pacing {
        case .open: return nextArrival == nil
        case .closed:
            let number = setup.offset + taken * setup.stride
            return Self.now >= setup.end || (setup.messages.map { number >= $0 } ?? false)
        }
    }

    private func finishIfDone() {
        guard let done = onDone, underWay == 0, waiting.isEmpty, isExhausted else { return }
        onDone = nil
        done()
    }
}
