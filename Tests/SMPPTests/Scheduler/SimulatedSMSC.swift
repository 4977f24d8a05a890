@testable import SMPP

/// An SMSC in simulated time: what it does with each `submit_sm` that arrives, and when its answer leaves.
struct SimulatedSMSC {
    /// How it counts.
    enum Counting {
        /// What it accepted in the second before.
        case sliding
        /// What it accepted in this second of its clock.
        case fixed
        /// All that arrived in the second before: who is too fast gets nothing.
        case attempts
    }

    /// Accepted per second, from a time on, in seconds; none = no limit.
    var limits: [(from: Double, limit: Double)] = []
    var counting = Counting.sliding
    /// Of a hundred, so many are refused by chance, with this status.
    var refusedByChance = 0
    var refusal = CommandStatus.throttled
    /// More open requests on a bind than this are refused.
    var window: Int?
    /// How long an answer takes: at least, and by chance longer.
    var answerTime = 0.02
    var answerJitter = 0.01
    /// All answer times become this many times longer by the end of each minute.
    var growth = 1.0
    /// Of so many seconds the last few pass without an answer; then all come.
    var stall: (every: Double, lasts: Double)?
    /// No request that arrives in it is answered, ever.
    var hangs: Range<Double>?
    /// Every request that arrives in it is refused.
    var refuses: Range<Double>?

    private var arrivals: [Double] = []
    private var first = 0
    private var second = -1
    private var inSecond = 0
    private var open: [Int: Int] = [:]
    /// Requests that arrived, were accepted, refused.
    private(set) var received = 0
    private(set) var accepted = 0
    private(set) var refused = 0

    init(limit: Double? = nil) {
        if let limit { limits = [(0, limit)] }
    }

    func limit(at time: Double) -> Double? { limits.last { $0.from <= time }?.limit }

    /// A request arrives: its status, and when the answer leaves; nil = there will be none.
    mutating func receive(bind: Int, at time: Double, random: inout SplitMix64) -> (CommandStatus, Double)? {
        received += 1
        var slowness = 1 + (growth - 1) * (time.truncatingRemainder(dividingBy: 60) / 60)
        if hangs?.contains(time) == true { return nil }
        open[bind, default: 0] += 1
        var leaves = time + (answerTime + answerJitter * Double.random(in: 0..<1, using: &random)) * slowness
        slowness = 1
        if let stall {
            let phase = leaves.truncatingRemainder(dividingBy: stall.every)
            if phase > stall.every - stall.lasts { leaves += stall.every - phase }
        }
        let isRefused =
            refuses?.contains(time) == true || random.chance(refusedByChance)
            || window.map { (open[bind] ?? 0) > $0 } ?? false || isTooFast(at: time)
        if isRefused { refused += 1 } else { accepted += 1 }
        return (isRefused ? refusal : .ok, leaves)
    }

    mutating func answered(bind: Int) {
        open[bind, default: 1] -= 1
    }

    mutating func connectionLost(bind: Int) {
        open[bind] = 0
    }

    private mutating func isTooFast(at time: Double) -> Bool {
        guard let limit = limit(at: time) else { return false }
        switch counting {
        case .fixed:
            if Int(time) != second {
                second = Int(time)
                inSecond = 0
            }
            guard Double(inSecond) < limit else { return true }
            inSecond += 1
            return false
        case .sliding, .attempts:
            while first < arrivals.count, arrivals[first] <= time - 1 { first += 1 }
            if first > 10_000 {
                arrivals.removeFirst(first)
                first = 0
            }
            let isTooFast = Double(arrivals.count - first) >= limit
            if !isTooFast || counting == .attempts { arrivals.append(time) }
            return isTooFast
        }
    }
}
