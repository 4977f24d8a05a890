package import TLS

/// How the simulator behaves.
package struct SimulatorOptions: Sendable {
    /// How it writes the message ids that it gives out.
    package enum MessageIDForm: String, Hashable, Sendable, CaseIterable {
        case decimal, hexadecimal
    }

    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// The SMSC's own `system_id` in bind responses, 0 to 15 octets.
    package var systemID: String
    /// The one pair that may bind; nil lets everyone in. A wrong `system_id` is answered 0x0F, a wrong password 0x0E.
    package var credentials: (systemID: String, password: String)?
    /// Nil serves plain SMPP.
    package var tls: TLSServerContext?
    /// Time until a message is answered, not negative.
    package var latency: Duration
    /// Random time on top of it, evenly spread from 0 to this.
    package var jitter: Duration
    /// Messages per second and bind; more are answered 0x58. Nil is no limit, the least is 1.
    package var rateLimit: Int?
    /// Unanswered messages per bind; more are answered 0x14. Nil is no limit, the least is 1.
    package var windowLimit: Int?
    /// By the destination's ending; the longest one that fits counts.
    package var faults: [FaultRule]
    /// Whether `FaultRule.standard` and `66dddd` are on beside `faults`.
    package var standardFaults: Bool
    /// Of the jitter. The same seed gives the same run where one event loop serves the connections in the same order.
    package var seed: UInt64
    package var messageIDs: MessageIDForm
    /// Where the counters and messages are served; nil is nowhere.
    package var statusPage: (host: String, port: Int)?
    /// How many received messages each event loop keeps, for `query_sm`, `cancel_sm` and the status page.
    package var record: Int
    /// Connections open at once; one more is closed at once.
    package var maximumConnections: Int
    /// A connection that has not bound after this time is closed.
    package var bindTimeout: Duration

    package init(
        host: String = "127.0.0.1", port: Int = 2775, systemID: String = "SMPPSIM",
        credentials: (systemID: String, password: String)? = nil, tls: TLSServerContext? = nil,
        latency: Duration = .zero, jitter: Duration = .zero, rateLimit: Int? = nil, windowLimit: Int? = nil,
        faults: [FaultRule] = [], standardFaults: Bool = true, seed: UInt64 = 1,
        messageIDs: MessageIDForm = .decimal, statusPage: (host: String, port: Int)? = nil, record: Int = 1000,
        maximumConnections: Int = 10_000, bindTimeout: Duration = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.systemID = systemID
        self.credentials = credentials
        self.tls = tls
        self.latency = latency
        self.jitter = jitter
        self.rateLimit = rateLimit
        self.windowLimit = windowLimit
        self.faults = faults
        self.standardFaults = standardFaults
        self.seed = seed
        self.messageIDs = messageIDs
        self.statusPage = statusPage
        self.record = record
        self.maximumConnections = maximumConnections
        self.bindTimeout = bindTimeout
    }
}
