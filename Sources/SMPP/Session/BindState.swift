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
    /// No new messages; what was taken is finished.
    case draining(deadline: MonotonicTime)
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
        case .draining: "draining"
        case .unbinding: "unbinding"
        case .waiting: "waiting"
        case .stopped: "stopped"
        }
    }

    /// Whether there is a connection on which PDUs may be written.
    package var isConnected: Bool {
        switch self {
        case .binding, .bound, .draining, .unbinding: true
        case .idle, .connecting, .waiting, .stopped: false
        }
    }

    /// Whether `submit_sm` may be written.
    package var writesMessages: Bool {
        switch self {
        case .bound, .draining: true
        case .idle, .connecting, .binding, .unbinding, .waiting, .stopped: false
        }
    }

    /// When the state must end.
    var deadline: MonotonicTime? {
        switch self {
        case .connecting(let deadline), .binding(_, let deadline), .draining(let deadline),
            .unbinding(_, let deadline), .waiting(let deadline):
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
    /// A message was decided or must move, or a late response came.
    case submit(SubmitStep)
    /// A `deliver_sm` (or a `data_sm`, `isData`) came: keep what it carries, then call `answerDelivery` with its key.
    case deliver(ShortMessage, isData: Bool, DeliveryKey)
    /// The bind has ended: nothing happens until it is started anew.
    case stopped
}
