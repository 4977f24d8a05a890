package import SMPP
package import TLS

/// Where an SMSC listens. The name is resolved at each connect.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address.
    package var host: String
    /// 1 to 65535.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `smsc.example.net:2775`, `[2001:db8::1]:2775`.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// How many binds of a kind a carrier gets.
package struct BindPlan: Hashable, Sendable {
    package var kind: BindKind
    package var count: Int
    /// Requests that may be open at once on each of them; nil = the carrier's.
    package var window: Int?
    /// PDUs per second of each of them, beside the carrier's rate; nil = no limit of its own.
    package var rate: Double?

    package init(kind: BindKind, count: Int, window: Int? = nil, rate: Double? = nil) {
        self.kind = kind
        self.count = count
        self.window = window
        self.rate = rate
    }
}

/// TLS to a carrier.
package struct CarrierTLS: Sendable {
    package var context: TLSClientContext
    /// The name that the carrier's certificate must have; nil = the host's.
    package var serverName: String?

    package init(context: TLSClientContext, serverName: String? = nil) {
        self.context = context
        self.serverName = serverName
    }
}

/// One carrier: where it is, how to bind, and what it bears.
package struct CarrierConfiguration: Sendable {
    /// The carrier file's name.
    package var name: String
    /// Tried in turn; at least one.
    package var hosts: [HostPort]
    /// nil = plain TCP.
    package var tls: CarrierTLS?
    /// The bind request of every bind, password included.
    package var request: BindRequest
    package var binds: [BindPlan]
    /// The IP address that connections come from; nil = the system chooses.
    package var bindFrom: String?
    /// Whether the service counts as ready only with this carrier.
    package var required = true
    /// Requests that may be open at once, per bind.
    package var window = 10
    /// PDUs per second of the whole carrier; nil = no limit.
    package var rate: Double?
    /// Messages that may wait in front of a full window, per bind.
    package var maxWaiting = 1000
    package var enquireLinkEvery = Duration.seconds(30)
    /// How many unanswered `enquire_link` mean a dead link.
    package var enquireLinkUnanswered = 2
    package var connectTimeout = Duration.seconds(10)
    package var bindTimeout = Duration.seconds(10)
    package var responseTimeout = Duration.seconds(5)
    package var unbindTimeout = Duration.seconds(5)
    package var reconnectFirst = Duration.seconds(1)
    package var reconnectMax = Duration.seconds(60)
    /// The longest wait after a TCP connection that was refused.
    package var reconnectRefused = Duration.seconds(1)
    /// The wait after wrong credentials.
    package var credentialsBackoff = Duration.seconds(300)
    /// How long a response that is overdue is still waited for.
    package var lateKept = Duration.seconds(10_800)
    /// How many overdue responses are waited for at once, per bind.
    package var maxLate = 10_000
    /// How many `deliver_sm` of a connection may wait for our answer, and for how long.
    package var maxDeliveries = 1000
    package var deliveryWithin = Duration.seconds(5)
    /// The answer to a `deliver_sm` that could not be kept.
    package var deliveryRetryStatus = CommandStatus.systemError
    /// What each `command_status` of this carrier means.
    package var statuses = StatusTable.standard

    package init(
        name: String, hosts: [HostPort], tls: CarrierTLS? = nil, request: BindRequest, binds: [BindPlan]
    ) {
        self.name = name
        self.hosts = hosts
        self.tls = tls
        self.request = request
        self.binds = binds
    }

    /// The pure part of a bind's configuration.
    func setup(_ plan: BindPlan) -> BindSetup {
        BindSetup(
            kind: plan.kind, request: request, hosts: hosts.count, window: plan.window ?? window,
            maxWaiting: maxWaiting,
            timings: BindTimings(
                connect: connectTimeout, bind: bindTimeout, response: responseTimeout, unbind: unbindTimeout,
                enquireLinkEvery: enquireLinkEvery, enquireLinkUnanswered: enquireLinkUnanswered,
                reconnectFirst: reconnectFirst, reconnectMax: reconnectMax, reconnectRefused: reconnectRefused,
                credentialsBackoff: credentialsBackoff),
            statuses: statuses, lateKept: lateKept, maxLate: maxLate, maxDeliveries: maxDeliveries,
            deliveryWithin: deliveryWithin, deliveryRetryStatus: deliveryRetryStatus)
    }
}
