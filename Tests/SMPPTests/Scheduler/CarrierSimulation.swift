@testable import SMPP

/// A carrier's scheduler against a simulated SMSC on a simulated clock, driven open loop.
final class CarrierSimulation {
    /// What is offered.
    struct Load {
        /// Messages per second, evenly spaced; changes at these times, in seconds.
        var rates: [(from: Double, rate: Double)]
        var segments = 1
        /// Seconds until the deadline.
        var allowance = 9.9
        /// Account by chance, weighted.
        var accounts = [1]
        var hasNext = false

        func rate(at time: Double) -> Double { rates.last { $0.from <= time }?.rate ?? 0 }
    }

    /// What one message came to.
    struct Message {
        var offeredAt: Double
        var segments: Int
        var account: Int
        var toldAt: Double?
        var tellings = 0
        var refusal: CarrierRefusal.Reason?
        var outcomes: [SegmentOutcome] = []
        var acceptedSegments = 0
        /// An answer came later than it was told, but within the response timeout.
        var wasToldTooEarly = false
    }

    private enum Event {
        case offer
        case wake(Int)
        case flush
        case arrives(bind: Int, connection: Int, sequence: UInt32, tag: Int)
        case answer(bind: Int, connection: Int, sequence: UInt32, status: CommandStatus, tag: Int)
        case drop(bind: Int)
        case up(bind: Int)
    }

    var smsc: SimulatedSMSC
    var load: Load
    /// Timers come up to so much later than asked for, in seconds.
    var lateness = 0.001
    /// Arrivals are shifted by up to so much.
    var networkJitter = 0.005
    /// The connection of a bind by chance breaks that often, in seconds; 0 = never.
    var dropsEvery = 0.0
    private(set) var messages: [Message] = []
    private(set) var leftAt: [Double] = []
    private(set) var now = 0.0
    private(set) var problems: [String] = []
    private(set) var unknownSegments = 0
    private(set) var lateResponses = 0
    private(set) var acceptedAt: [Double] = []

    private var scheduler: CarrierScheduler
    let limits: CarrierLimits
    private var random: SplitMix64
    private var heap = EventHeap<Event>()
    private var connections: [Int]
    private var lastArrival: [Double]
    private var lastAnswer: [Double]
    private var tags: [MessageKey: Int] = [:]
    private var unflushed: [[UInt32]]
    private var nextWake = Double.infinity
    private var wakes = 0
    private var writtenAt: [Int: Double] = [:]
    private let end: Double
    private var offers = 0.0

    init(
        limits: CarrierLimits, windows: [Int?] = [nil], smsc: SimulatedSMSC, load: Load, seconds: Double, seed: UInt64
    ) {
        self.limits = limits
        self.smsc = smsc
        self.load = load
        end = seconds
        random = SplitMix64(seed: seed)
        scheduler = CarrierScheduler(limits: limits, windows: windows)
        connections = windows.map { _ in 0 }
        lastArrival = windows.map { _ in 0 }
        lastAnswer = windows.map { _ in 0 }
        unflushed = windows.map { _ in [] }
    }

    /// Monotonic time; simulated time 0 is 1000 s.
    private var time: MonotonicTime { MonotonicTime(nanoseconds: UInt64((now + 1000) * 1e9)) }

    func run() {
        for bind in connections.indices {
            scheduler.bindUp(bind, now: time)
            planDrop(bind)
        }
        heap.push(.offer, at: 0)
        while let (event, at) = heap.pop() {
            now = max(now, at)
            happen(event)
            pump()
        }
        if scheduler.messages != 0 { problems.append("\(scheduler.messages) messages never decided") }
        if scheduler.open != 0 { problems.append("\(scheduler.open) slots never freed") }
        if scheduler.unwritten != 0 { problems.append("\(scheduler.unwritten) segments left over") }
        for message in messages where message.tellings != 1 {
            problems.append("a message was told \(message.tellings) times")
        }
        let counters = scheduler.counters
        if counters.written != counters.accepted + counters.refused + counters.unknown {
            problems.append("the counters do not add up: \(counters)")
        }
    }

    private func chance(_ bound: Double) -> Double {
        bound > 0 ? Double.random(in: 0..<bound, using: &random) : 0
    }

    private func planDrop(_ bind: Int) {
        if dropsEvery > 0 { heap.push(.drop(bind: bind), at: now + chance(2 * dropsEvery)) }
    }

    private func happen(_ event: Event) {
        switch event {
        case .offer: offer()
        case .wake(let number):
            // A later one was set in its place.
            guard number == wakes else { return }
            nextWake = .infinity
            scheduler.tick(now: time)
        case .flush: flush()
        case .arrives(let bind, let connection, let sequence, let tag):
            arrives(bind, connection, sequence, tag)
        case .answer(let bind, let connection, let sequence, let status, let tag):
            answer(bind, connection, sequence, status, tag)
        case .drop(let bind):
            guard now < end else { return }
            scheduler.bindDown(bind, neverLeft: unflushed[bind], now: time)
            unflushed[bind] = []
            connections[bind] += 1
            smsc.connectionLost(bind: bind)
            heap.push(.up(bind: bind), at: now + 0.5 + chance(2))
        case .up(let bind):
            scheduler.bindUp(bind, now: time)
            planDrop(bind)
        }
    }

    private func offer() {
        let rate = load.rate(at: now)
        guard now < end else { return }
        heap.push(.offer, at: now + (rate > 0 ? 1 / rate : 0.1))
        guard rate > 0 else { return }
        var draw = random.below(load.accounts.reduce(0, +))
        let account = load.accounts.firstIndex { weight in
            draw -= weight
            return draw < 0
        }
        let tag = messages.count
        messages.append(Message(offeredAt: now, segments: load.segments, account: account ?? 0))
        let offer = CarrierOffer(
            segments: load.segments, deadline: time + .nanoseconds(Int64(load.allowance * 1e9)), account: account ?? 0,
            hasNext: load.hasNext, tag: UInt64(tag))
        switch scheduler.submit(offer, now: time) {
        case .taken(let key): tags[key] = tag
        case .refused(let refusal): tell(tag, [], refusal.reason)
        }
    }

    private func arrives(_ bind: Int, _ connection: Int, _ sequence: UInt32, _ tag: Int) {
        guard connection == connections[bind] else { return }
        guard let (status, leaves) = smsc.receive(bind: bind, at: now, random: &random) else { return }
        if status == .ok {
            messages[tag].acceptedSegments += 1
            acceptedAt.append(now)
        }
        // One connection keeps its order.
        let arrives = max(leaves + chance(networkJitter), lastAnswer[bind])
        lastAnswer[bind] = arrives
        heap.push(
            .answer(bind: bind, connection: connection, sequence: sequence, status: status, tag: tag), at: arrives)
    }

    private func answer(
        _ bind: Int, _ connection: Int, _ sequence: UInt32, _ status: CommandStatus, _ tag: Int
    ) {
        smsc.answered(bind: bind)
        guard connection == connections[bind] else { return }
        let hasTold = messages[tag].tellings > 0
        if hasTold, messages[tag].isUnknown, now - (writtenAt[tag] ?? now) < limits.response.inSeconds {
            messages[tag].wasToldTooEarly = true
        }
        scheduler.answered(
            bind: bind, sequence: sequence, status: status, messageID: "\(sequence)", now: time)
    }

    private func flush() {
        for bind in unflushed.indices where !unflushed[bind].isEmpty {
            scheduler.left(bind, now: time)
            unflushed[bind].removeAll(keepingCapacity: true)
        }
    }

    private func pump() {
        var hasWritten = false
        while let write = scheduler.nextWrite(now: time) {
            guard let tag = tags[write.message] else {
                problems.append("wrote a message that is gone")
                return
            }
            hasWritten = true
            unflushed[write.bind].append(write.sequence)
            leftAt.append(now)
            writtenAt[tag] = now
            let arrives = max(now + 0.001 + chance(networkJitter), lastArrival[write.bind])
            lastArrival[write.bind] = arrives
            heap.push(
                .arrives(
                    bind: write.bind, connection: connections[write.bind], sequence: write.sequence, tag: tag),
                at: arrives)
        }
        if hasWritten { heap.push(.flush, at: now) }
        while let step = scheduler.nextStep() { take(step) }
        guard let wake = scheduler.nextWake(now: time) else { return }
        // Never a nanosecond early, for rounding.
        let at = max(now, Double(wake.nanoseconds) / 1e9 - 1000 + 2e-9) + chance(lateness)
        guard at < nextWake, at < end + 200 else { return }
        nextWake = at
        wakes += 1
        heap.push(.wake(wakes), at: at)
    }

    private func take(_ step: CarrierStep) {
        switch step {
        case .complete(let key, let outcomes):
            if let tag = tags.removeValue(forKey: key) { tell(tag, outcomes, nil) }
        case .notSent(let key, let refusal):
            if let tag = tags.removeValue(forKey: key) { tell(tag, [], refusal.reason) }
        case .late: lateResponses += 1
        case .drained: break
        }
    }

    private func tell(_ tag: Int, _ outcomes: [SegmentOutcome], _ refusal: CarrierRefusal.Reason?) {
        messages[tag].toldAt = now
        messages[tag].tellings += 1
        messages[tag].outcomes = outcomes
        messages[tag].refusal = refusal
        for outcome in outcomes {
            if case .unknown = outcome { unknownSegments += 1 }
        }
    }
}

extension CarrierSimulation.Message {
    var isAccepted: Bool { !outcomes.isEmpty && outcomes.allSatisfy(\.isAccepted) }
    var isUnknown: Bool {
        outcomes.contains { if case .unknown = $0 { true } else { false } }
    }
    /// Some segments were accepted, not all.
    var isPartial: Bool { !isAccepted && outcomes.contains(where: \.isAccepted) }
}

extension SegmentOutcome {
    var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }
}

/// Events in the order of their times; of the same time, in the order in which they were pushed.
struct EventHeap<Event> {
    private var items: [(at: Double, order: Int, event: Event)] = []
    private var pushed = 0

    mutating func push(_ event: Event, at: Double) {
        pushed += 1
        items.append((at, pushed, event))
        var index = items.count - 1
        while index > 0, isBefore(index, (index - 1) / 2) {
            items.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    mutating func pop() -> (Event, Double)? {
        guard !items.isEmpty else { return nil }
        items.swapAt(0, items.count - 1)
        let last = items.removeLast()
        var index = 0
        while true {
            var least = index
            for child in 2 * index + 1...2 * index + 2 where child < items.count && isBefore(child, least) {
                least = child
            }
            if least == index { return (last.event, last.at) }
            items.swapAt(least, index)
            index = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (items[left].at, items[left].order) < (items[right].at, items[right].order)
    }
}
