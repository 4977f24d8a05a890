package import SMPP

/// A carrier at one moment.
package struct CarrierStatus: Hashable, Sendable {
    package var name: String
    /// Whether the service counts as ready only with this carrier.
    package var required: Bool
    /// Whether at least one bind that submits is bound, and not drained.
    package var ready: Bool
    package var binds: [BindStatus]
    /// Binds that do one job together, and whether it is done.
    package var links: [LinkStatus]

    package init(name: String, required: Bool, ready: Bool, binds: [BindStatus]) {
        self.name = name
        self.required = required
        self.ready = ready
        self.binds = binds
        let kinds = binds.map(\.kind)
        let isBound = binds.map { $0.state == BindState.bound.name }
        links = CarrierLink.pair(kinds).map { link in
            let names = link.binds.map { binds[$0].name }
            return LinkStatus(
                name: names.joined(separator: "+"), health: link.health(kinds, isBound: isBound), binds: names)
        }
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
    /// A `BindFailure.Code`.
    package var reason: String?
    /// The reason in words.
    package var words: String?
    /// Seconds since then.
    package var ago: Double

    package init(state: String, reason: String? = nil, words: String? = nil, ago: Double = 0) {
        self.state = state
        self.reason = reason
        self.words = words
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
    /// The host that it is connected to, or that it tries next.
    package var host: String
    /// Why it is not up, in words.
    package var lastError: String?
    /// The same as a `BindFailure.Code`.
    package var lastErrorCode: String?
    /// When it connects again, while it waits.
    package var nextAttemptIn: Double?
    package var windowInUse: Int
    package var windowSize: Int
    /// Messages that are not yet written whole.
    package var waiting: Int
    /// PDUs per second of the whole carrier; nil = no limit.
    package var rateLimit: Double?
    /// PDUs per second of this bind, while it recovers from a refusal for speed.
    package var recoveringLimit: Double?
    /// Whether the carrier made it stop for speed just now.
    package var throttled: Bool
    /// The carrier's `congestion_state`, 0 to 100.
    package var congestion: Int
    /// The round trip of the last answered `enquire_link`.
    package var enquireLinkRTT: Double?
    /// The carrier's own `system_id`, while bound.
    package var smscSystemID: String?
    /// Segments since the start.
    package var accepted: Int
    package var refused: Int
    package var unknown: Int
    /// Responses that came too late.
    package var late: Int
    /// Refusals for speed.
    package var throttledTotal: Int
    /// `deliver_sm` and `data_sm` that came in.
    package var delivered: Int
    /// PDUs that make no sense where they came.
    package var misplaced: Int
    /// The last changes of the state, oldest first.
    package var history: [BindChangeStatus] = []
    /// How often each kind of change took place since the start.
    package var changeCounts: [BindChangeKey: UInt64] = [:]
    /// For how long it is not bound, whatever it did meanwhile to become so; nil = it is bound.
    package var downFor: Double?
    /// The carrier is silent where it should have spoken: the last choice for new messages.
    package var suspect = false
    /// It takes no new messages until it is started, though it may be bound.
    package var drained = false
    /// Messages that lost their waiting place to another account's.
    package var displaced = 0
    /// The carrier's address and port, while connected.
    package var address: String?
    /// Where the connection comes from.
    package var localAddress: String?
    /// nil = no TLS, or not connected.
    package var tls: BindTLSStatus?
    /// PDUs per second that this bind may write by its own setting; nil = no limit.
    package var bindRate: Double?
    /// How long responses take, smoothed.
    package var responseSeconds: Double?
    /// Since the last PDU from the carrier.
    package var lastReceivedAgo: Double?
    /// Of the unknown segments, those whose connection was lost.
    package var lost = 0
    /// Refused segments by the name of the carrier's status.
    package var refusals: [String: UInt64] = [:]
    /// From the write of a segment to the carrier's answer.
    package var responseTimes = TimeHistogram()
    /// From the taking of a message to the write of its first segment.
    package var windowWaits = TimeHistogram()
    /// Round trips of `enquire_link`.
    package var enquireLinkTimes = TimeHistogram()

    package init(
        name: String, kind: BindKind, state: String, since: Double = 0, host: String = "", lastError: String? = nil,
        lastErrorCode: String? = nil, nextAttemptIn: Double? = nil, windowInUse: Int = 0, windowSize: Int = 10,
        waiting: Int = 0, rateLimit: Double? = nil, recoveringLimit: Double? = nil, throttled: Bool = false,
        congestion: Int = 0, enquireLinkRTT: Double? = nil, smscSystemID: String? = nil, accepted: Int = 0,
        refused: Int = 0, unknown: Int = 0, late: Int = 0, throttledTotal: Int = 0, delivered: Int = 0,
        misplaced: Int = 0
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.since = since
        self.host = host
        self.lastError = lastError
        self.lastErrorCode = lastErrorCode
        self.nextAttemptIn = nextAttemptIn
        self.windowInUse = windowInUse
        self.windowSize = windowSize
        self.waiting = waiting
        self.rateLimit = rateLimit
        self.recoveringLimit = recoveringLimit
        self.throttled = throttled
        self.congestion = congestion
        self.enquireLinkRTT = enquireLinkRTT
        self.smscSystemID = smscSystemID
        self.accepted = accepted
        self.refused = refused
        self.unknown = unknown
        self.late = late
        self.throttledTotal = throttledTotal
        self.delivered = delivered
        self.misplaced = misplaced
    }
}
