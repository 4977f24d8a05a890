import DequeModule
import SMPP
import Synchronization

/// Where the deliveries for one `system_id` go: to its receiving binds in turns, on whichever event loops they live.
///
/// Shared by all event loops. The lock is taken once for each batch that falls due together, not for each delivery.
final class Mailbox: Sendable {
    /// A bind that receives.
    struct Receiver: Sendable {
        /// `SimulatorSession.Bind.number`.
        let bind: UInt64
        let shard: ShardHandle
    }

    /// What is to be done with a batch.
    struct Assignment: Sendable {
        var batches: [(receiver: Receiver, deliveries: [Delivery])] = []
        /// There was no room for these.
        var dropped: [Delivery] = []
    }

    /// Deliveries that wait while no bind receives.
    static let maximumParked = 100_000

    private struct State {
        var receivers: [Receiver] = []
        var next = 0
        var parked = Deque<Delivery>()
    }

    let systemID: String
    private let state = Mutex(State())

    init(systemID: String) {
        self.systemID = systemID
    }

    var hasReceivers: Bool { state.withLock { !$0.receivers.isEmpty } }

    /// A bind that receives is there; what has waited for one is for it.
    func join(_ receiver: Receiver) -> [Delivery] {
        state.withLock { state in
            state.receivers.append(receiver)
            defer { state.parked.removeAll() }
            return Array(state.parked)
        }
    }

    /// A bind is gone.
    func leave(_ bind: UInt64) {
        state.withLock { state in state.receivers.removeAll { $0.bind == bind } }
    }

    /// Spreads deliveries over the binds, or keeps them until there is one.
    ///
    /// - Parameter together: all go to one bind, as the parts of a long text do.
    func assign(_ deliveries: [Delivery], together: Bool = false) -> Assignment {
        state.withLock { state in
            var assignment = Assignment()
            let count = state.receivers.count
            guard count > 0 else {
                let room = Self.maximumParked - state.parked.count
                state.parked.append(contentsOf: deliveries.prefix(room))
                assignment.dropped = Array(deliveries.dropFirst(room))
                return assignment
            }
            let first = state.next % count
            if together || count == 1 || deliveries.count == 1 {
                assignment.batches = [(state.receivers[first], deliveries)]
                state.next = (first + 1) % count
                return assignment
            }
            assignment.batches = (0..<min(count, deliveries.count)).map { index in
                let own = stride(from: index, to: deliveries.count, by: count).map { deliveries[$0] }
                return (state.receivers[(first + index) % count], own)
            }
            state.next = (first + deliveries.count) % count
            return assignment
        }
    }
}

/// A mailbox for each `system_id` that has bound.
final class Mailboxes: Sendable {
    /// `system_id`s that keep a mailbox beyond their binds; each bind of those that come later has one of its own.
    static let maximumSystemIDs = 1_000

    private struct State {
        var byID: [String: Mailbox] = [:]
        var inOrder: [Mailbox] = []
        var next = 0
    }

    private let state = Mutex(State())

    /// The mailbox for a bind.
    func mailbox(of systemID: String) -> Mailbox {
        state.withLock { state in
            if let mailbox = state.byID[systemID] { return mailbox }
            let mailbox = Mailbox(systemID: systemID)
            if state.byID.count < Self.maximumSystemIDs {
                state.byID[systemID] = mailbox
                state.inOrder.append(mailbox)
            }
            return mailbox
        }
    }

    /// The mailbox of a `system_id` that has bound before.
    func known(_ systemID: String) -> Mailbox? {
        state.withLock { $0.byID[systemID] }
    }

    /// The next in turn of those with a bind that receives.
    func nextReceiving() -> Mailbox? {
        state.withLock { state in
            let count = state.inOrder.count
            for step in 0..<count {
                let index = (state.next + step) % count
                guard state.inOrder[index].hasReceivers else { continue }
                state.next = (index + 1) % count
                return state.inOrder[index]
            }
            return nil
        }
    }
}
