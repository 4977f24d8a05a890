import Synchronization

/// What a bind shows to other threads: whether it takes messages, and how many it has.
final class BindGauge: Sendable {
    enum Readiness: UInt8 {
        /// It takes no messages.
        case none
        /// It takes messages, but as the last choice: the carrier made it stop for speed, or it is silent.
        case paused
        case ready
    }

    private let state = Atomic<UInt8>(Readiness.none.rawValue)
    private let messages = Atomic<Int>(0)
    private let stuck = Atomic<Int>(0)

    var readiness: Readiness { Readiness(rawValue: state.load(ordering: .relaxed)) ?? .none }

    func setReadiness(_ readiness: Readiness) {
        state.store(readiness.rawValue, ordering: .relaxed)
    }

    /// Messages given to the bind and not yet decided.
    var load: Int { messages.load(ordering: .relaxed) }

    /// Messages that wait for more than the carrier's pace: another bind may write them sooner.
    var backlog: Int { stuck.load(ordering: .relaxed) }

    func setBacklog(_ count: Int) {
        stuck.store(count, ordering: .relaxed)
    }

    /// A message is on its way to the bind.
    func messageComes() {
        messages.wrappingAdd(1, ordering: .relaxed)
    }

    /// A message left the bind, decided or not.
    func messageLeaves() {
        messages.wrappingSubtract(1, ordering: .relaxed)
    }
}
