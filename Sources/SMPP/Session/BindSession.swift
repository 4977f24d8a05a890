/// The life of one bind (SMPP 3.4 §2.2): events and the time go in, actions come out.
///
/// ```
///   idle ──start──▶ connecting ──connected──▶ binding ──bind_resp ok──▶ bound ──stop──▶ draining ──empty──▶ unbinding
///                     ▲    │                     │                        │                │                   │
///                     │    │ failed, deadline    │ refused, closed,       │ closed,        │ closed,           │ unbind_resp,
///            deadline │    │                     │ deadline               │ enquire_link   │ enquire_link      │ closed, deadline
///                     │    ▼                     ▼                        ▼ unanswered     ▼                   ▼
///                   waiting ◀──────────────────────────────────────────────             stopped ◀────────────────
///                        (or connecting at once, to a host that is due: HostRotation)    │ ▲
///   start: as from idle ◀────────────────────────────────────────────────────────────────┘ │
///                                                    stop in any other state ──────────────┘
///
///   bound, draining ──the carrier's unbind──▶ dismissed ──nothing open, deadline: answered──▶ waiting, stopped
///
///   bound, draining:   trusted ──a response is overdue, and nothing came since its request──▶ suspect (asked at once)
///                         ▲                                                                      │
///                         └────────────────────── anything is received ──────────────────────────┘
/// ```
///
/// `enquire_link` is answered in every connected state. Peers' mistakes are answered or counted, never trapped on.
///
/// Messages are `CarrierScheduler`'s, sequence numbers of requests too: they come in as arguments. Whatever was not used is a
/// gap, which SMPP allows.
///
/// Not copyable: a look from another module must not copy all of it.
package struct BindSession: ~Copyable, Sendable {
    static let stopped = BindFailure(.stopped(isAnswered: true))
    static let unbindReceived = BindFailure(.unbindReceived)
    /// After 0x05 the old session is waited for at most so long.
    private static let longestPatience = Duration.seconds(120)

    package let setup: BindSetup
    package private(set) var state = BindState.idle
    package private(set) var lastFailure: BindFailure?
    /// The index of the host that it happened at.
    package private(set) var lastFailedHost = 0
    /// The SMSC's `system_id`, while bound.
    package private(set) var peerSystemID: String?
    /// The SMSC's `sc_interface_version` (§5.3.2.25), where it sends one.
    package private(set) var peerVersion: UInt32?
    /// `deliver_sm` and `data_sm` that came in.
    package internal(set) var delivered: UInt64 = 0
    /// PDUs that make no sense where they came: unknown, broken, out of order.
    package internal(set) var misplaced: UInt64 = 0
    /// PDUs that were read though a part of them was broken.
    package internal(set) var flawed: UInt64 = 0
    /// Round trips of `enquire_link`, on all connections.
    package internal(set) var enquireLinkTimes = TimeHistogram()
    /// When the last PDU came in, on this connection or an earlier one.
    package private(set) var lastReceivedAt: MonotonicTime?
    /// The peer is silent where it should have spoken: the last choice for new messages.
    package private(set) var isSuspect = false

    /// The IP address that the connection comes from, where the edge knows it.
    private var localAddress: String?
    private var boundAt: MonotonicTime?
    var link: LinkTimers?
    var deliveries: OpenDeliveries
    private var hosts: HostRotation
    private var patient: Backoff
    private var changes = BindHistory()

    package init(_ setup: BindSetup) {
        self.setup = setup
        patient = Backoff(first: setup.alreadyBoundFirst, max: Self.longestPatience)
        deliveries = OpenDeliveries(
            capacity: setup.limits.deliveries, answeredWithin: setup.limits.deliveryWithin)
        hosts = HostRotation(
            count: setup.hosts,
            backoff: Backoff(first: setup.timings.reconnectFirst, max: setup.timings.reconnectMax),
            refusedWait: setup.timings.reconnectRefused)
    }

    /// The index of the host in use or to be tried next.
    package var host: Int { hosts.current }

    /// The last 20 changes of the state, oldest first.
    package var history: [BindChange] { changes.changes }

    /// How often there was each kind of change since the start.
    package var changeCounts: [BindChangeKey: UInt64] { changes.counts }

    /// Whether a new message may be given to this bind.
    package var isReady: Bool { state == .bound && setup.kind.submits }

    /// The round trip of the last answered `enquire_link` on this connection.
    package var enquireLinkRoundTrip: Duration? { link?.roundTrip }

    /// Whether optional parameters may be sent: not to a peer that announced an older version than 3.4 (§1.6.1).
    package var allowsTLVs: Bool { peerVersion.map { $0 >= 0x34 } ?? true }

    /// When `timerFired` is due; nil = never, as things are.
    package var nextDeadline: MonotonicTime? {
        var earliest = state.deadline
        if let time = link?.nextDeadline { earliest = min(earliest ?? time, time) }
        if let time = deliveries.nextDeadline { earliest = min(earliest ?? time, time) }
        return earliest
    }

    // MARK: Life

    /// Begins, or begins anew after a stop. Many binds are started apart by `delay`.
    package mutating func start(after delay: Duration = .zero, now: MonotonicTime) -> [BindAction] {
        guard state == .idle || state == .stopped else { return [] }
        if delay > .zero {
            enter(.waiting(until: now + delay), now: now)
            return []
        }
        return connect(now: now)
    }

    /// Ends: nothing new is taken, what is open is waited for (at most the response time, see `drained`), then `unbind`.
    package mutating func stop(now: MonotonicTime) -> [BindAction] {
        switch state {
        case .idle, .waiting:
            enter(.stopped, Self.stopped, now: now)
            return [.stopped]
        case .connecting, .binding:
            lastFailure = Self.stopped
            enter(.stopped, Self.stopped, now: now)
            return [.close, .stopped]
        case .bound:
            enter(.draining(deadline: now + setup.timings.response), Self.stopped, now: now)
            return []
        case .dismissed(let sequence, let deadline, _):
            enter(.dismissed(sequence: sequence, deadline: deadline, stops: true), Self.stopped, now: now)
            return []
        case .draining, .unbinding, .stopped:
            return []
        }
    }

    /// Whether it waits for nothing but its messages to be decided; then call `drained`.
    package var isReadyToEnd: Bool { state.isDraining && deliveries.isEmpty }

    /// Nothing is open any more: goes on with a stop, or with the carrier's `unbind`. Harmless where it is not due.
    package mutating func drained(sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard isReadyToEnd else { return [] }
        return end(sequence: sequence, now: now, jitter: jitter)
    }

    /// The connection is open, TLS included: the bind request goes out at once.
    ///
    /// - Parameters:
    ///   - address: our end's IP address, to be told where the carrier does not like it.
    ///   - sequence: the request's sequence number.
    package mutating func connected(
        from address: String? = nil, sequence: UInt32, now: MonotonicTime
    ) -> [BindAction] {
        guard case .connecting = state else { return [] }
        localAddress = address
        enter(.binding(sequence: sequence, deadline: now + setup.timings.bind), now: now)
        return [.send(PDU(sequence: sequence, .bind(setup.kind, setup.request)))]
    }

    /// There will be no connection.
    ///
    /// - Parameter jitter: chance, 0 to 1, for the wait that may follow; the same below.
    package mutating func connectFailed(_ failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard case .connecting = state else { return [] }
        return lose(failure, now: now, jitter: jitter)
    }

    /// The connection ended, by the peer or by an error.
    package mutating func disconnected(_ failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        switch state {
        case .binding:
            let isProtocol = failure.code == .protocolError || failure.code == .tls
            let closed = BindFailure(.closedBeforeBindResponse(from: localAddress))
            return lose(isProtocol ? failure : closed, now: now, jitter: jitter)
        case .dismissed:
            return lose(Self.unbindReceived, now: now, jitter: jitter)
        case .connecting, .bound, .draining, .unbinding:
            return lose(failure, now: now, jitter: jitter)
        case .idle, .waiting, .stopped:
            return []
        }
    }

    /// The peer sent bytes that are not SMPP: the stream cannot be followed any more.
    ///
    /// - Parameter commandLength: what stands where a PDU's length should.
    package mutating func streamBroken(commandLength: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard state.isConnected else { return [] }
        let nack = PDU(status: .invalidCommandLength, sequence: 0, .genericNack)
        return [.send(nack), .close]
            + disconnected(
                BindFailure(.notSMPP(commandLength: commandLength)), now: now, jitter: jitter)
    }

    /// Time has passed; harmless when called too early.
    ///
    /// - Parameter sequence: for a request that may be due.
    package mutating func timerFired(sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        var actions = refuseOverdueDeliveries(now: now)
        if let deadline = state.deadline, deadline <= now {
            actions += stateOverdue(sequence: sequence, now: now, jitter: jitter)
        }
        return actions + enquire(sequence: sequence, now: now, jitter: jitter)
    }

    /// A response is overdue: the peer is suspect where nothing came since its request.
    package mutating func responseIsOverdue(writtenAt: MonotonicTime, now: MonotonicTime) {
        guard state.isConnected, isSilent(since: writtenAt) else { return }
        isSuspect = true
        link?.suspect(now: now)
    }

    // MARK: Steps

    /// The one place where the state changes.
    private mutating func enter(_ new: BindState, _ failure: BindFailure? = nil, now: MonotonicTime) {
        state = new
        changes.record(new, failure, host: failure == nil ? hosts.current : lastFailedHost, now: now)
    }

    private mutating func connect(after failure: BindFailure? = nil, now: MonotonicTime) -> [BindAction] {
        enter(.connecting(deadline: now + setup.timings.connect), failure, now: now)
        return [.connect(host: hosts.current)]
    }

    mutating func becomeBound(_ response: BindResponse, now: MonotonicTime) {
        enter(.bound, now: now)
        peerSystemID = response.systemID
        peerVersion = response.tlvs[.interfaceVersion]?.integer
        lastFailure = nil
        boundAt = now
        patient.reset()
        link = LinkTimers(
            every: setup.timings.enquireLinkEvery, unanswered: setup.timings.enquireLinkUnanswered,
            responseTimeout: setup.timings.response, now: now)
    }

    /// Nothing is open, or nothing is waited for any more: our `unbind`, or the answer to the carrier's.
    private mutating func end(sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        if case .dismissed(let asked, _, _) = state {
            return [.send(PDU(sequence: asked, .unbindResponse)), .close]
                + lose(Self.unbindReceived, now: now, jitter: jitter)
        }
        enter(.unbinding(sequence: sequence, deadline: now + setup.timings.unbind), Self.stopped, now: now)
        // After `unbind` we ask for nothing more; the state's deadline is enough.
        link = nil
        return [.send(PDU(sequence: sequence, .unbind))]
    }

    /// The carrier sent `unbind`: open answers are waited for, then it is answered.
    mutating func dismiss(_ sequence: UInt32, stops: Bool, now: MonotonicTime) {
        let deadline = now + setup.timings.unbind
        enter(.dismissed(sequence: sequence, deadline: deadline, stops: stops), Self.unbindReceived, now: now)
        link = nil
    }

    /// Something came from the peer. Every PDU is told by `received` or `receivedBroken`; answers to `submit_sm`, which go to
    /// the scheduler, by this.
    ///
    /// - Returns: whether it counts: false without a connection.
    @discardableResult
    package mutating func heard(now: MonotonicTime) -> Bool {
        guard state.isConnected else { return false }
        lastReceivedAt = now
        guard isSuspect else { return true }
        isSuspect = false
        link?.trust()
        return true
    }

    private func isSilent(since time: MonotonicTime) -> Bool {
        lastReceivedAt.map { $0 <= time } ?? true
    }

    private mutating func enquire(sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let asked = link?.sentAt
        switch link?.tick(now: now) {
        case nil, .nothing:
            return []
        case .sendEnquireLink:
            // The one before was missed.
            if let asked, isSilent(since: asked) { isSuspect = true }
            return [.send(PDU(sequence: sequence, .enquireLink))]
        case .linkIsDead:
            let failure = BindFailure(.enquireUnanswered(setup.timings.enquireLinkUnanswered))
            return [.close] + lose(failure, now: now, jitter: jitter)
        }
    }

    private mutating func stateOverdue(sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        switch state {
        case .waiting:
            return connect(now: now)
        case .connecting:
            let failure = BindFailure(.connectTimeout(setup.timings.connect))
            return [.close] + lose(failure, now: now, jitter: jitter)
        case .binding:
            let failure = BindFailure(.bindTimeout(setup.timings.bind))
            return [.close] + lose(failure, now: now, jitter: jitter)
        case .draining, .dismissed:
            return [.abandon] + end(sequence: sequence, now: now, jitter: jitter)
        case .unbinding:
            return [.close] + lose(BindFailure(.stopped(isAnswered: false)), now: now, jitter: jitter)
        case .idle, .bound, .stopped:
            return []
        }
    }

    /// The connection is over: the next attempt is planned.
    mutating func lose(_ failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let stayedUp = boundAt.map { now - $0 >= setup.timings.reconnectMax } ?? false
        boundAt = nil
        deliveries.forget()
        link = nil
        isSuspect = false
        peerSystemID = nil
        peerVersion = nil
        lastFailure = failure
        lastFailedHost = hosts.current
        switch state {
        case .idle, .waiting, .stopped:
            return []
        case .draining, .unbinding, .dismissed(_, _, stops: true):
            enter(.stopped, failure, now: now)
            return [.stopped]
        case .connecting, .binding:
            return retry(after: failure, now: now, jitter: jitter)
        case .bound, .dismissed:
            // Who took the bind and drops it at once is no better than who refuses it.
            guard stayedUp else { return retry(after: failure, now: now, jitter: jitter) }
            hosts.succeeded()
            if failure.code == .enquire, setup.hosts > 1 {
                // The host is dark: another one may not be.
                return retry(after: failure, now: now, jitter: jitter)
            }
            enter(.waiting(until: hosts.comeBack(now: now, jitter: jitter)), failure, now: now)
            return []
        }
    }

    /// After an attempt that did not get a bind: a host that is due at once, or a wait.
    private mutating func retry(after failure: BindFailure, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let until: MonotonicTime
        switch failure.code {
        case .credentials:
            until = now + setup.timings.credentialsBackoff
        case .alreadyBound:
            until = now + patient.next(jitter: 1)
        case .connectRefused, .allowList, .refused, .timeout, .dns, .localAddress, .tls, .enquire, .unbind, .reset,
            .closed,
            .protocolError, .stopped:
            let isRefused = failure.code == .connectRefused
            guard let due = hosts.failed(isRefused: isRefused, now: now, jitter: jitter) else {
                return connect(after: failure, now: now)
            }
            until = due
        }
        enter(.waiting(until: until), failure, now: now)
        return []
    }
}
