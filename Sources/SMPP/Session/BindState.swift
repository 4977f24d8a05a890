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

/// How long a bind may take for what. All above zero.
package struct BindTimings: Hashable, Sendable {
    package var connect: Duration
    package var bind: Duration
    package var response: Duration
    package var unbind: Duration
    package var enquireLinkEvery: Duration
    /// How many unanswered `enquire_link` mean a dead link.
    package var enquireLinkUnanswered: Int
    package var reconnectFirst: Duration
    package var reconnectMax: Duration
    /// The longest wait after a connection that was refused (nobody listens). To ask again costs the carrier nothing:
    /// it does not grow, and traffic flows soon after the carrier's return.
    package var reconnectRefused: Duration
    /// The wait after wrong credentials: more attempts would lock the account.
    package var credentialsBackoff: Duration

    package init(
        connect: Duration = .seconds(10), bind: Duration = .seconds(10), response: Duration = .seconds(5),
        unbind: Duration = .seconds(5), enquireLinkEvery: Duration = .seconds(30), enquireLinkUnanswered: Int = 2,
        reconnectFirst: Duration = .seconds(1), reconnectMax: Duration = .seconds(60),
        reconnectRefused: Duration = .seconds(1), credentialsBackoff: Duration = .seconds(300)
    ) {
        self.connect = connect
        self.bind = bind
        self.response = response
        self.unbind = unbind
        self.enquireLinkEvery = enquireLinkEvery
        self.enquireLinkUnanswered = enquireLinkUnanswered
        self.reconnectFirst = reconnectFirst
        self.reconnectMax = reconnectMax
        self.reconnectRefused = reconnectRefused
        self.credentialsBackoff = credentialsBackoff
    }
}

/// What a bind is.
package struct BindSetup: Hashable, Sendable {
    package var kind: BindKind
    package var request: BindRequest
    /// How many hosts there are to try in turn; at least 1.
    package var hosts: Int
    package var window: Int
    package var maxWaiting: Int
    package var timings: BindTimings
    package var statuses: StatusTable
    /// How long a response that is overdue is still waited for, to tell what became of its message.
    package var lateKept: Duration
    /// How many overdue responses are waited for at once.
    package var maxLate: Int
    /// How many `deliver_sm` of a connection may wait for our response at once.
    package var maxDeliveries: Int
    /// How long a `deliver_sm` waits for our response at most.
    package var deliveryWithin: Duration
    /// The response to a `deliver_sm` whose content could not be kept: one after which the carrier repeats it.
    package var deliveryRetryStatus: CommandStatus

    package init(
        kind: BindKind, request: BindRequest, hosts: Int = 1, window: Int = 10, maxWaiting: Int = 1000,
        timings: BindTimings = BindTimings(), statuses: StatusTable = .standard,
        lateKept: Duration = .seconds(10_800), maxLate: Int = 10_000, maxDeliveries: Int = 1000,
        deliveryWithin: Duration = .seconds(5), deliveryRetryStatus: CommandStatus = .systemError
    ) {
        self.kind = kind
        self.request = request
        self.hosts = max(1, hosts)
        self.window = window
        self.maxWaiting = maxWaiting
        self.timings = timings
        self.statuses = statuses
        self.lateKept = lateKept
        self.maxLate = maxLate
        self.maxDeliveries = maxDeliveries
        self.deliveryWithin = deliveryWithin
        self.deliveryRetryStatus = deliveryRetryStatus
    }
}
