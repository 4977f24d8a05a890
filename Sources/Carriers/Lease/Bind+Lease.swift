import Cluster
import NIOCore
import SMPP

/// A bind of a carrier that several nodes share.
extension Bind {
    /// What is not written for want of the lease is looked at again so much later: the lease was longer than it seemed here, or the bind is
    /// about to be aborted.
    private static let nextLook = TimeAmount.milliseconds(20)

    /// Whether bytes may go to the socket now.
    var mayWrite: Bool {
        guard let lease = lane.lease, !lease.isHeld else { return true }
        guard !flushIsPlanned else { return false }
        flushIsPlanned = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.nextLook) { self.flush() }
        return false
    }

    /// Tells the keeper what has become of the bind.
    func tellReach() {
        guard lane.lease != nil, let reach else { return }
        events.reached(lane.number, reach)
    }

    /// Nil while nothing is known yet.
    private var reach: SlotReach? {
        switch session.state {
        case .bound: .bound
        case .stopped: .refused
        case .waiting:
            switch session.lastFailure?.code {
            case nil: nil
            // The carrier has answered: another node would hear the same.
            case .alreadyBound, .credentials, .refused, .stopped: .refused
            case .connectRefused, .allowList, .timeout, .dns, .localAddress, .tls, .enquire, .unbind, .reset, .closed,
                .protocolError:
                .unreachable
            }
        case .idle, .connecting, .binding, .draining, .unbinding, .dismissed: nil
        }
    }
}
