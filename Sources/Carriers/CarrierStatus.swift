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
        /// Messages that are not yet written whole.
        package var waiting = 0
    }

    /// How fast it may write. Limits are PDUs per second; nil = none.
    package struct Pace: Hashable, Sendable {
        /// Of the whole carrier.
        package var carrierLimit: Double?
        /// Of this bind by its own setting.
        package var bindLimit: Double?
        /// Of this bind while it recovers from a refusal for speed.
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
        /// The carrier's own `system_id`, while bound.
        package var smscSystemID: String?
        /// The round trip of the last answered `enquire_link`.
        package var enquireLinkRTT: Double?
        /// Since the last PDU from the carrier.
        package var lastReceivedAgo: Double?
        /// The carrier is silent where it should have spoken: the last choice for new messages.
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
        /// Messages that were displaced by another account's.
        package var displaced = 0
        /// How often there was each kind of change of the state.
        package var changes: [BindChangeKey: UInt64] = [:]
    }

    /// How long things took.
    package struct Times: Hashable, Sendable {
        /// From the write of a segment to the carrier's answer.
        package var responses = TimeHistogram()
        /// The same, smoothed; nil before the first.
        package var response: Double?
        /// From the taking of a message to the write of its first segment.
        package var windowWaits = TimeHistogram()
        /// Round trips of `enquire_link`.
        package var enquireLinks = TimeHistogram()
    }
}
