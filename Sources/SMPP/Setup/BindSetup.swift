/// What a bind is.
package struct BindSetup: Hashable, Sendable {
    package var kind: BindKind
    package var request: BindRequest
    /// How many hosts there are to try in turn; at least 1.
    package var hosts: Int
    package var limits: BindLimits
    package var timings: BindTimings
    /// The response to a `deliver_sm` whose content could not be kept: one after which the carrier repeats it.
    package var deliveryRetryStatus: CommandStatus
    /// After 0x05 (already bound) the old session is waited for: at first so long, then twice as long each time, up to 2 minutes.
    package var alreadyBoundFirst = Duration.seconds(10)

    package init(
        kind: BindKind, request: BindRequest, hosts: Int = 1, limits: BindLimits = BindLimits(),
        timings: BindTimings = BindTimings(),
        deliveryRetryStatus: CommandStatus = .systemError
    ) {
        self.kind = kind
        self.request = request
        self.hosts = max(1, hosts)
        self.limits = limits
        self.timings = timings
        self.deliveryRetryStatus = deliveryRetryStatus
    }
}

/// What a bind may hold at once, and for how long where it waits for a peer.
package struct BindLimits: Hashable, Sendable {
    /// `window`: requests that may be open at once; 1 to 10,000.
    package var window: Int
    /// `waiting`: messages that may wait in front of full windows, on each lane; 0 to 100,000.
    package var waiting: Int
    /// How long a response that is overdue is still waited for, to tell what became of its message.
    package var lateKept: Duration
    /// How many overdue responses are waited for at once.
    package var late: Int
    /// `deliver.queue`: how many `deliver_sm` of a connection may wait for our response at once; 1 to 100,000.
    package var deliveries: Int
    /// `deliver.within`: how long a `deliver_sm` waits for our response at most; 100 ms to 60 s.
    package var deliveryWithin: Duration
    /// `read_ahead`: octets that are read, at most, while the carrier reads nothing of what we write; 65,536 to 67,108,864.
    package var readAhead: Int

    package init(
        window: Int = 10, waiting: Int = 1000, lateKept: Duration = .seconds(10_800), late: Int = 10_000,
        deliveries: Int = 1000, deliveryWithin: Duration = .seconds(5), readAhead: Int = 4 << 20
    ) {
        self.window = window
        self.waiting = waiting
        self.lateKept = lateKept
        self.late = late
        self.deliveries = deliveries
        self.deliveryWithin = deliveryWithin
        self.readAhead = readAhead
    }
}

/// How long a bind may take for what. All above zero.
package struct BindTimings: Hashable, Sendable {
    /// `timeouts.connect`: 1 s to 60 s.
    package var connect: Duration
    /// `timeouts.bind`: 1 s to 60 s.
    package var bind: Duration
    /// `timeouts.response`: 100 ms to 60 s.
    package var response: Duration
    /// `timeouts.unbind`: 100 ms to 60 s.
    package var unbind: Duration
    /// `enquire_link.every`: 1 s to 1 h.
    package var enquireLinkEvery: Duration
    /// `enquire_link.unanswered`: how many unanswered ones mean a dead link; 1 to 10.
    package var enquireLinkUnanswered: Int
    /// `reconnect.first`: the longest first wait before another attempt; 100 ms to 10 m.
    package var reconnectFirst: Duration
    /// `reconnect.max`: the longest wait; not less than the first, up to 1 h.
    package var reconnectMax: Duration
    /// `reconnect.refused`: the longest wait after a connection that was refused (nobody listens); 100 ms to 10 m. To ask
    /// again costs the carrier nothing: it does not grow, and traffic flows soon after the carrier's return.
    package var reconnectRefused: Duration
    /// `credentials_backoff`: the wait after wrong credentials: more attempts would lock the account; 1 s to 24 h.
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
