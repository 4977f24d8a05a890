package import SMPP

/// A carrier at one moment.
package struct CarrierStatus: Hashable, Sendable {
    package var name: String
    /// Whether the service counts as ready only with this carrier.
    package var required: Bool
    /// Whether at least one bind that submits is bound, and not drained.
    package var ready: Bool
    package var binds: [BindStatus]
    /// Whether it takes messages, and why not.
    package var state: State
    package var pace = Pace()
    package var queue = Queue()
    /// Binds that do one job together, and whether it is done.
    package var links: [LinkStatus]

    package init(name: String, required: Bool, ready: Bool, binds: [BindStatus]) {
        self.name = name
        self.required = required
        self.ready = ready
        self.binds = binds
        state = State(name: ready ? "ready" : "down")
        let kinds = binds.map(\.kind)
        let isBound = binds.map { $0.state == BindState.bound.name }
        links = CarrierLink.pair(kinds).map { link in
            let names = link.binds.map { binds[$0].name }
            return LinkStatus(
                name: names.joined(separator: "+"), health: link.health(kinds, isBound: isBound), binds: names)
        }
    }
}

extension CarrierStatus {
    /// Whether the carrier takes messages.
    package struct State: Hashable, Sendable {
        /// `ready`, `paused` (it accepts nothing any more, for speed), `tripped` (it answers nothing, or refuses everything
        /// for reasons of its own), `down` (no bind that submits is up), `draining` (it is being stopped).
        package var name = "down"
        /// For how many seconds it is so.
        package var since = 0.0
        /// Why it is paused or tripped.
        package var trouble: CarrierTrouble?
        /// Seconds until a message is tried, where it is paused or tripped.
        package var triedIn: Double?
        /// For how many seconds a message might have been tried, and none came.
        package var untriedFor = 0.0

        package init(name: String = "down") {
            self.name = name
        }
    }

    /// How fast it is written to, in PDUs per second of all its binds.
    package struct Pace: Hashable, Sendable {
        /// `rate`; nil = no limit.
        package var configured: Double?
        /// What the carrier takes, as far as it is learnt from its refusals; nil = no limit is known.
        package var learnt: Double?
        /// What is kept now, congestion included; nil = none.
        package var current: Double?
        /// The share of segments that it refuses for speed whatever the pace, 0 to 0.3.
        package var noise = 0.0
        /// Seconds since it refused a segment for speed; nil = it did not.
        package var throttledAgo: Double?

        package init() {}
    }

    /// What waits for it.
    package struct Queue: Hashable, Sendable {
        /// Messages that are not begun, or wait for a retry.
        package var messages = 0
        /// Segments that are to be written, those of begun messages included.
        package var segments = 0
        /// Seconds that a newcomer would wait.
        package var wait = 0.0
        /// Messages that were refused, or handed back unsent, since the start, by `CarrierRefusal.Reason`.
        package var refused: [String: UInt64] = [:]
        /// Seconds since one was refused, or handed back, for lack of time or of a place to wait; nil = none was.
        package var overloadedAgo: Double?

        /// Those that could not have been answered in time.
        package var notInTime: UInt64 { refused[CarrierRefusal.Reason.notInTime.rawValue, default: 0] }

        package init() {}
    }
}

/// A lane at one moment.
struct LaneStatus: Sendable {
    var telling: CarrierTelling
    /// By `CarrierRefusal.Reason`.
    var refusals: [String: UInt64]
    /// By their indices.
    var binds: [BindStatus]
    /// For how long it is as ready as it is.
    var since: Duration
    /// Since it had no time or no place for a message; nil = it always had.
    var overloadedAgo: Duration?
    var now: MonotonicTime
    /// Whether its binds are this node's.
    var isHere: Bool

    /// When a message is tried, where it is paused or tripped.
    var tried: MonotonicTime? {
        switch telling.readiness {
        case .paused(let until), .tripped(let until): until
        case .ready, .down, .draining: nil
        }
    }
}

extension CarrierStatus {
    /// What the lanes of a carrier tell; binds were dealt to them in turn.
    init(_ setup: CarrierSetup, _ lanes: [LaneStatus]) {
        let count = lanes.reduce(0) { $0 + $1.binds.count }
        let binds = (0..<count).map { lanes[$0 % lanes.count].binds[$0 / lanes.count] }
        let ready = binds.contains { $0.kind.submits && $0.state == BindState.bound.name && !$0.drained }
        self.init(name: setup.name, required: setup.required, ready: ready, binds: binds)
        state = Self.state(of: lanes)
        pace.configured = setup.rate
        pace.learnt = Self.sum(lanes.map(\.telling.learntRate))
        pace.current = Self.sum(lanes.map(\.telling.pace))
        pace.noise = lanes.map(\.telling.noise).max() ?? 0
        pace.throttledAgo = lanes.compactMap(\.telling.throttledAgo).min()?.inSeconds
        for lane in lanes {
            queue.messages += lane.telling.waiting
            queue.segments += lane.telling.unwritten
            queue.refused.merge(lane.refusals) { $0 + $1 }
        }
        queue.overloadedAgo = lanes.compactMap(\.overloadedAgo).min()?.inSeconds
        queue.wait = lanes.map(\.telling.expectedWait.inSeconds).min() ?? 0
    }

    /// That of the best lane; of several the one that is tried first.
    private static func state(of lanes: [LaneStatus]) -> State {
        let best = lanes.map { LaneGauge.Readiness($0.telling.readiness) }.min() ?? .down
        let alike = lanes.filter { LaneGauge.Readiness($0.telling.readiness) == best }
        let first = alike.min { ($0.tried ?? $0.now) < ($1.tried ?? $1.now) }
        var state = State(name: first?.telling.readiness.name ?? "down")
        // It is ready since its first lane is; it is less since the last lane that was more.
        let since = best == .ready ? alike.map(\.since).max() : lanes.map(\.since).min()
        state.since = since?.inSeconds ?? 0
        state.trouble = first?.telling.trouble
        if let first, let tried = first.tried {
            state.triedIn = max(0, (tried - first.now).inSeconds)
            state.untriedFor = max(0, (first.now - tried).inSeconds)
        }
        return state
    }

    /// nil where one of them has no limit.
    private static func sum(_ rates: [Double?]) -> Double? {
        let known = rates.compactMap(\.self)
        return known.count == rates.count ? known.reduce(0, +) : nil
    }
}

/// A link at one moment.
package struct LinkStatus: Hashable, Sendable {
    /// The names of its binds, joined: `1`, `1+3`.
    package var name: String
    package var health: LinkHealth
    /// Their names.
    package var binds: [String]

    package init(name: String, health: LinkHealth, binds: [String]) {
        self.name = name
        self.health = health
        self.binds = binds
    }
}

/// A change of a bind's state.
package struct BindChangeStatus: Hashable, Sendable {
    /// The new state, as `BindStatus.state`.
    package var state: String
    /// Why, where there is something to say.
    package var failure: BindFailure?
    /// Seconds since then.
    package var ago: Double

    package init(state: String, failure: BindFailure? = nil, ago: Double = 0) {
        self.state = state
        self.failure = failure
        self.ago = ago
    }
}

/// What a bind's TLS handshake agreed.
package struct BindTLSStatus: Hashable, Sendable {
    /// `TLSv1.2` or `TLSv1.3`.
    package var version: String
    /// OpenSSL's name of the cipher.
    package var cipher: String?
    /// When the carrier's certificate ends, in Unix seconds.
    package var peerCertificateExpiry: Int64?

    package init(version: String, cipher: String? = nil, peerCertificateExpiry: Int64? = nil) {
        self.version = version
        self.cipher = cipher
        self.peerCertificateExpiry = peerCertificateExpiry
    }
}

/// A bind at one moment. Times are in seconds.
package struct BindStatus: Hashable, Sendable {
    /// `1`, `2`… within its carrier.
    package var name: String
    package var kind: BindKind
    /// `connecting`, `binding`, `bound`, `draining`, `unbinding`, `waiting`, `stopped`, `idle`.
    package var state: String
    /// For how long it has been in this state.
    package var since: Double
    /// For how long it is not bound, whatever it did meanwhile to become so; nil = it is bound.
    package var downFor: Double?
    /// The host that it is connected to, or that it tries next.
    package var host: String
    /// Why it is not up.
    package var failure: BindFailure?
    /// When it connects again, while it waits.
    package var nextAttemptIn: Double?
    /// It takes no new messages until it is started, though it may be bound.
    package var drained = false
    /// The last changes of the state, oldest first.
    package var history: [BindChangeStatus] = []
    package var window = Window()
    package var pace = Pace()
    package var link = Link()
    package var totals = Totals()
    package var times = Times()

    package init(name: String, kind: BindKind, state: String, since: Double = 0, host: String = "") {
        self.name = name
        self.kind = kind
        self.state = state
        self.since = since
        self.host = host
    }
}

extension BindStatus {
    /// Requests without an answer, and what waits in front of them.
    package struct Window: Hashable, Sendable {
        package var inUse = 0
        package var size = 10
        /// Messages of the whole queue that are not begun, or wait for a retry; told by one bind of each lane.
        package var waiting = 0
    }

    /// How fast it may write. Limits are PDUs per second; nil = none.
    package struct Pace: Hashable, Sendable {
        /// Of the whole carrier.
        package var carrierLimit: Double?
        /// Of this bind by its own setting.
        package var bindLimit: Double?
        /// What the lane's carrier takes, as it was learnt from refusals for speed.
        package var recoveringLimit: Double?
        /// Whether the carrier made it stop for speed just now.
        package var isStopped = false
        /// The carrier's `congestion_state`, 0 to 100.
        package var congestion = 0
    }

    /// Its connection; nil where there is none, or it is not known.
    package struct Link: Hashable, Sendable {
        /// The carrier's address and port.
        package var address: String?
        /// Where the connection comes from.
        package var localAddress: String?
        /// nil also = no TLS.
        package var tls: BindTLSStatus?
        /// Whether the carrier's file wants TLS.
        package var isTLSWanted = false
        /// The carrier's own `system_id`, while bound.
        package var smscSystemID: String?
        /// The round trip of the last answered `enquire_link`.
        package var enquireLinkRTT: Double?
        /// Since the last PDU from the carrier.
        package var lastReceivedAgo: Double?
        /// The carrier is silent where it should have spoken.
        package var isSuspect = false
    }

    /// Counted since the start.
    package struct Totals: Hashable, Sendable {
        package var segments = SubmitCounters()
        /// Refused segments by the name of the carrier's status.
        package var refusals: [String: UInt64] = [:]
        /// `deliver_sm` and `data_sm` that came in.
        package var delivered: UInt64 = 0
        /// PDUs that make no sense where they came.
        package var misplaced: UInt64 = 0
        /// PDUs that were read though a part of them was broken.
        package var flawed: UInt64 = 0
        /// Messages that were displaced by another account's; told by one bind of each lane.
        package var displaced = 0
        /// How often there was each kind of change of the state.
        package var changes: [BindChangeKey: UInt64] = [:]
    }

    /// How long things took.
    package struct Times: Hashable, Sendable {
        /// From the write of a segment to the carrier's answer.
        package var responses = TimeHistogram()
        /// The same of late, on average over its lane; nil before the first.
        package var response: Double?
        /// From the taking of a message to the write of its first segment.
        package var windowWaits = TimeHistogram()
        /// Round trips of `enquire_link`.
        package var enquireLinks = TimeHistogram()
    }
}
