/// Where a bind is in its life. Every state but `idle`, `bound` and `stopped` has a deadline; `bound` has `enquire_link`.
package enum BindState: Hashable, Sendable {
    /// Not started.
    case idle
    /// Resolving, connecting and, where configured, TLS.
    case connecting(deadline: MonotonicTime)
    /// The bind request is written.
    case binding(sequence: UInt32, deadline: MonotonicTime)
    /// Messages flow.
    case bound
    /// No new messages; what was begun is finished.
    case draining(deadline: MonotonicTime)
    /// The carrier sent `unbind` with this sequence number: nothing is asked any more, open answers are waited for, then it
    /// is answered. `stops`: the bind was being stopped.
    case dismissed(sequence: UInt32, deadline: MonotonicTime, stops: Bool)
    /// `unbind` is written.
    case unbinding(sequence: UInt32, deadline: MonotonicTime)
    /// Not connected until then.
    case waiting(until: MonotonicTime)
    /// Ended, until it is started anew.
    case stopped

    /// The name in JSON, logs and metrics.
    package var name: String {
        switch self {
        case .idle: "idle"
        case .connecting: "connecting"
        case .binding: "binding"
        case .bound: "bound"
        case .draining, .dismissed: "draining"
        case .unbinding: "unbinding"
        case .waiting: "waiting"
        case .stopped: "stopped"
        }
    }

    /// Whether there is a connection on which PDUs may be written.
    package var isConnected: Bool {
        switch self {
        case .binding, .bound, .draining, .dismissed, .unbinding: true
        case .idle, .connecting, .waiting, .stopped: false
        }
    }

    /// Whether it ends once nothing is open any more.
    package var isDraining: Bool {
        switch self {
        case .draining, .dismissed: true
        case .idle, .connecting, .binding, .bound, .unbinding, .waiting, .stopped: false
        }
    }

    /// When the state must end.
    var deadline: MonotonicTime? {
        switch self {
        case .connecting(let deadline), .binding(_, let deadline), .draining(let deadline),
            .dismissed(_, let deadline, _), .unbinding(_, let deadline), .waiting(let deadline):
            deadline
        case .idle, .bound, .stopped: nil
        }
    }
}

/// What the edge must do, in this order.
package enum BindAction: Hashable, Sendable {
    /// Open a connection to this host (its index), report `connected` or `connectFailed`.
    case connect(host: Int)
    /// Write this PDU.
    case send(PDU)
    /// Flush and close the connection; nothing of it is reported any more.
    case close
    /// The carrier answered a `submit_sm` otherwise than by the usual PDU: tell it to the scheduler.
    case answered(sequence: UInt32, CommandStatus, MessageResponse)
    /// The wait of a bind that drains is over: what is open there is given up.
    case abandon
    /// A `deliver_sm` (or a `data_sm`, `isData`) came: keep what it carries, then call `answerDelivery` with its key.
    case deliver(ShortMessage, isData: Bool, DeliveryKey)
    /// The bind has ended: nothing happens until it is started anew.
    case stopped
}
