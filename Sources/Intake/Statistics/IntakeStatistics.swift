package import SMPP
import Synchronization

/// Counters of the intake since it started.
package struct IntakeStatistics: Sendable, Hashable {
    /// Requests answered, whatever the answer; those whose client had gone are included.
    package var requests = 0
    /// Messages handed to the handler.
    package var handed = 0
    /// Replies that no client was there to take.
    package var clientsGone = 0
    /// Replies of the handler that came twice or after the intake had given up on it.
    package var lateReplies = 0
    /// Handlers that did not reply in time.
    package var handlerTimeouts = 0
    /// Connections accepted and closed at once, by why.
    package var connectionRefusals: [ConnectionGate.Refusal: Int] = [:]
    /// Connections that no request came of, by why.
    package var earlyRefusals: [EarlyRefusal: Int] = [:]
    /// TLS handshakes that came to nothing, by why.
    package var handshakeFailures: [HandshakeFailure: Int] = [:]
    /// Octets of heads and bodies that have not arrived whole.
    package var unfinishedBytes = 0
    /// What is locked out.
    package var lockOuts = LockOutStatus()
    /// Of the accounts that have any, in the configuration's order.
    package var quotas: [QuotaStatus] = []
    /// Messages that limits by recipient forgot before their hour was over.
    package var forgottenRecipients = 0
    /// Connections open now.
    package var connections = 0
    /// So many may be.
    package var places = 0
    /// For how many seconds every place has been taken; nil: some are free, or were ten seconds ago.
    package var fullFor: Double?
    /// Every event loop refuses new requests.
    package var isDraining = true
    /// Requests whose reply is not written yet.
    package var openRequests = 0
    /// Requests answered, by whose they were and how.
    package var replies: [ReplyLabel: Int] = [:]
    /// Forms that other nodes were asked for, by the node and what came of it.
    package var passedOn: [PassingLabel: Int] = [:]
    /// How long they took, from their last octet to their reply.
    package var times = TimeHistogram()

    package init() {}

    /// Connections accepted and closed at once.
    package var connectionsRefused: Int { connectionRefusals.values.reduce(0, +) }
}

/// The counters of one event loop. Only that loop writes, so a write is a load and a store; any thread may read.
final class LoopCounters: Sendable {
    final class Counter: Sendable {
        private let value = Atomic<Int>(0)

        /// On the loop that owns it.
        func add(_ amount: Int = 1) {
            value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
        }

        var current: Int { value.load(ordering: .relaxed) }
    }

    let requests = Counter()
    let handed = Counter()
    let clientsGone = Counter()
    let lateReplies = Counter()
    let handlerTimeouts = Counter()
    /// 1 once the loop refuses new requests.
    let draining = Counter()
    let openRequests = Counter()
    let times = LoopTimes()
    private let earlyRefusals = EarlyRefusal.allCases.map { (refusal: $0, counter: Counter()) }
    private let handshakeFailures = HandshakeFailure.allCases.map { (failure: $0, counter: Counter()) }
    /// Every label that the loop has met, with its counter.
    private let replies = Mutex<[(label: ReplyLabel, counter: Counter)]>([])

    private let passings = Mutex<[PassingLabel: Int]>([:])

    /// So many labels are told apart: accounts times kinds of replies, across all reloads.
    static let maxLabels = 10_000

    /// A counter for a label that the loop has not met yet. Once per label: the loop remembers it.
    func makeCounter(_ label: ReplyLabel) -> Counter {
        let counter = Counter()
        replies.withLock { $0.append((label, counter)) }
        return counter
    }

    /// A form that another node was asked for: seldom enough for a lock, which no other loop takes.
    func add(_ label: PassingLabel) {
        passings.withLock { $0[label, default: 0] += 1 }
    }

    func add(_ refusal: EarlyRefusal) { earlyRefusals.first { $0.refusal == refusal }?.counter.add() }

    func add(_ failure: HandshakeFailure) { handshakeFailures.first { $0.failure == failure }?.counter.add() }

    /// Adds these counters to `total`.
    func add(to total: inout IntakeStatistics) {
        total.requests += requests.current
        total.handed += handed.current
        total.clientsGone += clientsGone.current
        total.lateReplies += lateReplies.current
        total.handlerTimeouts += handlerTimeouts.current
        total.openRequests += openRequests.current
        times.add(to: &total.times)
        for (refusal, counter) in earlyRefusals { total.earlyRefusals[refusal, default: 0] += counter.current }
        for (failure, counter) in handshakeFailures { total.handshakeFailures[failure, default: 0] += counter.current }
        for (label, count) in passings.withLock({ $0 }) { total.passedOn[label, default: 0] += count }
        for (label, counter) in replies.withLock({ $0 }) {
            total.replies[label, default: 0] += counter.current
        }
        total.isDraining = total.isDraining && draining.current > 0
    }
}
