import SMPP
import Synchronization

/// What a lane shows to other threads after each of its turns: whether it takes messages, and how long its queue is.
final class LaneGauge: Sendable {
    /// In the order in which lanes are chosen.
    enum Readiness: UInt8, Comparable {
        case ready
        case paused
        case tripped
        case draining
        case down

        init(_ readiness: CarrierReadiness) {
            switch readiness {
            case .ready: self = .ready
            case .paused: self = .paused
            case .tripped: self = .tripped
            case .draining: self = .draining
            case .down: self = .down
            }
        }

        /// Whether a message may be given to it.
        var takesMessages: Bool {
            switch self {
            case .ready, .paused, .tripped: true
            case .draining, .down: false
            }
        }

        static func < (one: Readiness, other: Readiness) -> Bool { one.rawValue < other.rawValue }
    }

    private let state = Atomic<UInt8>(Readiness.down.rawValue)
    private let time = Atomic<Int64>(0)
    private let answered = Atomic<UInt64>(.max)

    var readiness: Readiness { Readiness(rawValue: state.load(ordering: .relaxed)) ?? .down }

    func setReadiness(_ readiness: Readiness) {
        state.store(readiness.rawValue, ordering: .relaxed)
    }

    /// How long all that the lane has takes, in nanoseconds.
    var load: Int64 { time.load(ordering: .relaxed) }

    func setLoad(_ load: Int64) {
        time.store(load, ordering: .relaxed)
    }

    /// What was written before then has its answer, and whoever waits for it has been told.
    var answeredUpTo: MonotonicTime { MonotonicTime(nanoseconds: answered.load(ordering: .acquiring)) }

    /// - Parameter oldestOpen: when the oldest request was written that is not answered; nil = none is open.
    func setOldestOpen(_ oldestOpen: MonotonicTime?) {
        answered.store(oldestOpen?.nanoseconds ?? .max, ordering: .releasing)
    }
}
