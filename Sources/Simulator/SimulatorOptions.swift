package import SMPP
package import TLS

/// How the simulator behaves.
package struct SimulatorOptions: Sendable {
    /// How it writes the message ids that it gives out.
    package enum MessageIDForm: String, Hashable, Sendable, CaseIterable {
        case decimal, hexadecimal, uuid
        /// No id in the response; receipts have the decimal one.
        case empty
    }

    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// The SMSC's own `system_id` in bind responses, 0 to 15 octets.
    package var systemID: String
    /// Passwords by `system_id`; empty lets everyone in. An unknown `system_id` is answered 0x0F, a wrong password 0x0E.
    package var logins: [String: String]
    /// Nil serves plain SMPP.
    package var tls: TLSServerContext?
    /// Time until a message is answered.
    package var latency: LatencyModel
    /// Random time on top of it, evenly spread from 0 to this.
    package var jitter: Duration
    /// What is added to both the longer it runs. Nil is nothing.
    package var latencyGrowth: LatencyGrowth?
    /// When it answers nothing at all: its answers wait for the end of that time.
    package var stalls: [FaultTime] = []
    /// Binds of one `system_id` at once; one more is answered `excessBindStatus`. Nil is no limit, the least is 1.
    package var bindLimit: Int?
    package var excessBindStatus = CommandStatus.alreadyBound
    /// A bind whose peer has said nothing for so long is ended and forgotten, and one whose connection was cut (RST)
    /// counts until then. Nil: no bind is too silent, and a cut one is forgotten at once. More than 0.
    package var forgetAfter: Duration?
    /// Messages per second and bind; more are answered 0x58. Nil is no limit, the least is 1.
    package var rateLimit: Int?
    /// How the rate limit counts.
    package var rateSecond = RateSecond.fixed
    /// Unanswered messages per bind; more are answered 0x14. Nil is no limit, the least is 1.
    package var windowLimit: Int?
    /// By the destination's ending; the longest one that fits counts.
    package var faults: [FaultRule]
    /// Whether `FaultRule.standard` and `66dddd` are on beside `faults`.
    package var standardFaults: Bool
    /// For what no rule of `faults` is about: by the time since the start; the first that is on counts.
    package var faultSchedule: [TimedFault] = []
    /// For what neither is about: by chance. All together at most 1.
    package var faultRates: [FaultRate] = []
    /// Nil sends none.
    package var receipts: ReceiptOptions?
    /// How `deliver_sm`s are sent.
    package var deliveries = DeliveryOptions()
    /// Messages of subscribers, sent by themselves; nil is none.
    package var inbound: InboundOptions?
    /// Of all that is random. The same seed gives the same run where one event loop serves the connections in the same order.
    package var seed: UInt64
    package var messageIDs: MessageIDForm
    /// Where ids begin, to be counted up from there; nil = where no earlier run of the simulator gave any.
    package var firstID: UInt64?
    /// Where the counters and messages are served; nil is nowhere.
    package var statusPage: (host: String, port: Int)?
    /// How many received messages each event loop keeps, for `query_sm`, `cancel_sm` and the status page.
    package var record: Int
    /// Connections open at once; one more is closed at once.
    package var maximumConnections: Int
    /// A connection that has not bound after this time is closed.
    package var bindTimeout: Duration
    /// What it does otherwise than a good SMSC: see `Scenario`.
    package var quirks = Quirks()

    package init(
        host: String = "127.0.0.1", port: Int = 2775, systemID: String = "SMPPSIM",
        logins: [String: String] = [:], tls: TLSServerContext? = nil,
        latency: LatencyModel = .constant(.zero), jitter: Duration = .zero, rateLimit: Int? = nil,
        windowLimit: Int? = nil,
        faults: [FaultRule] = [], standardFaults: Bool = true, seed: UInt64 = 1,
        messageIDs: MessageIDForm = .decimal, statusPage: (host: String, port: Int)? = nil, record: Int = 1000,
        maximumConnections: Int = 10_000, bindTimeout: Duration = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.systemID = systemID
        self.logins = logins
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

/// How the simulator sends `deliver_sm`.
package struct DeliveryOptions: Hashable, Sendable {
    /// Without an answer at once, for each bind; at least 1.
    package var window: Int
    /// How long an answer may take; what is not answered is sent again.
    package var timeout: Duration
    /// How long after a temporary refusal, or the time-out, a delivery is sent again.
    package var repeatAfter: Duration

    package init(window: Int = 100, timeout: Duration = .seconds(30), repeatAfter: Duration = .seconds(1)) {
        self.window = window
        self.timeout = timeout
        self.repeatAfter = repeatAfter
    }
}
