import ArgumentParser
import Simulator
import TLS

/// Who may bind to the simulator, and how the connection is made.
struct SimulatedAccess: ParsableArguments {
    @Option(help: "A system_id that may bind; with --password.")
    var systemId: String?

    @Option(help: "Its password.")
    var password: String?

    @Option(
        help: ArgumentHelp(
            "A system_id that may bind and its password. May be repeated; without any, everyone may.",
            valueName: "system-id:password"),
        transform: SimulatedLogin.init(parsing:))
    var login: [SimulatedLogin] = []

    @Option(help: "Binds of one system_id at once; one more is answered 0x05.")
    var maxBinds: Int?

    @Option(
        help: ArgumentHelp(
            "End a bind that has said nothing for so long, like 30s; one whose connection was cut (RST) counts until then. "
                + "Without it a bind is forgotten with its connection.",
            valueName: "time"))
    var forgetAfter: DurationArgument?

    @Option(help: "A certificate, PEM, with its chain: the simulator speaks TLS. With --tls-key.")
    var tlsCertificate: String?

    @Option(help: "Its key, PEM, not encrypted.")
    var tlsKey: String?

    @Option(help: "Clients must show a certificate issued under this one, PEM.")
    var tlsClientCa: String?

    func validate() throws {
        guard (systemId == nil) == (password == nil) else {
            throw ValidationError("--system-id and --password go together")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        guard tlsClientCa == nil || tlsCertificate != nil else {
            throw ValidationError("--tls-client-ca needs --tls-certificate and --tls-key")
        }
        guard Set(logins.map(\.systemID)).count == logins.count else {
            throw ValidationError("a system_id has two passwords")
        }
        if let maxBinds, maxBinds < 1 { throw ValidationError("--max-binds is 1 or more") }
        if let forgetAfter, forgetAfter.duration <= .zero { throw ValidationError("--forget-after is more than 0") }
        try forgetAfter?.expectAtMostAnHour("--forget-after")
    }

    private var logins: [SimulatedLogin] {
        guard let systemId, let password else { return login }
        return [SimulatedLogin(systemID: systemId, password: password)] + login
    }

    /// - Throws: exit code 1 after a problem with a file was printed to standard error.
    func apply(to options: inout SimulatorOptions) throws {
        if !logins.isEmpty {
            options.logins = Dictionary(logins.map { ($0.systemID, $0.password) }) { first, _ in first }
        }
        if let maxBinds { options.bindLimit = maxBinds }
        if let forgetAfter { options.forgetAfter = forgetAfter.duration }
        guard let tlsCertificate, let tlsKey else { return }
        do throws(TLSError) {
            options.tls = try TLSServerContext(
                certificateFile: tlsCertificate, keyFile: tlsKey, alpn: [], clientCAFile: tlsClientCa)
        } catch {
            Console.error("\(error)")
            throw ExitCode.failure
        }
    }
}

/// One of `--login`. It prints without its password.
struct SimulatedLogin: CustomStringConvertible, Sendable {
    let systemID: String
    let password: String

    init(systemID: String, password: String) {
        self.systemID = systemID
        self.password = password
    }

    /// Reads `SYSTEM_ID:PASSWORD`; the password may have colons.
    init(parsing text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...15).contains(parts[0].utf8.count) else {
            throw ValidationError("write SYSTEM_ID:PASSWORD, with a system_id of 1 to 15 characters")
        }
        self.init(systemID: String(parts[0]), password: String(parts[1]))
    }

    var description: String { systemID }
}

/// How fast and with what the simulator answers.
struct SimulatedAnswers: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Time before an answer: 20ms, normal:20ms:5ms (mean and deviation), exponential:20ms (mean), or measured "
                + "percentiles, p50=20ms,p95=80ms,p99=300ms.",
            valueName: "time"),
        transform: LatencyModel.init(parsing:))
    var latency: LatencyModel?

    @Option(help: "Random time on top of it, up to this, like 5ms.")
    var jitter: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "What is added to it the longer the simulator runs, like 20ms/s:2s: 20 ms more each second, 2 s at most.",
            valueName: "time/s:time"),
        transform: LatencyGrowth.init(parsing:))
    var latencyGrowth: LatencyGrowth?

    @Option(help: "Messages a second and bind; more are answered 0x58.")
    var rate: Int?

    @Option(
        help: ArgumentHelp(
            "Which second --rate counts by: fixed (the next begins with the first message after it) or sliding (any).",
            valueName: "second"))
    var rateSecond: RateSecond?

    @Option(help: "Unanswered submits a bind; more are answered 0x14.")
    var window: Int?

    @Option(help: "How message ids are written: decimal, hexadecimal, uuid or empty.")
    var messageIds: SimulatorOptions.MessageIDForm?

    @Option(help: "Where message ids begin, of 18 digits at most; without it where no earlier simulator gave any.")
    var firstId: UInt64?

    func validate() throws {
        if let rate, rate < 1 { throw ValidationError("--rate is 1 or more") }
        if let firstId, firstId >= 1_000_000_000_000_000_000 {
            throw ValidationError("--first-id has 18 digits at most")
        }
        guard rateSecond == nil || rate != nil else { throw ValidationError("--rate-second needs --rate") }
        if let window, window < 1 { throw ValidationError("--window is 1 or more") }
        try jitter?.expectAtMostAnHour("--jitter")
    }

    func apply(to options: inout SimulatorOptions) {
        if let latency { options.latency = latency }
        if let jitter { options.jitter = jitter.duration }
        if let latencyGrowth { options.latencyGrowth = latencyGrowth }
        if let rate { options.rateLimit = rate }
        if let rateSecond { options.rateSecond = rateSecond }
        if let window { options.windowLimit = window }
        if let messageIds { options.messageIDs = messageIds }
        options.firstID = firstId
    }
}

/// What goes wrong.
struct SimulatedFaults: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An ending of destinations and what happens to them; * is all. segment:N:ACTION is for the Nth part of long "
                + "texts. May be repeated.",
            valueName: "ending=action"),
        transform: FaultRule.init(parsing:))
    var fault: [FaultRule] = []

    @Option(
        help: ArgumentHelp(
            "What happens to a share of all messages, like 0.01=silent or 5%=status:0x58. May be repeated.",
            valueName: "p=action"),
        transform: FaultRate.init(parsing:))
    var faultRate: [FaultRate] = []

    @Option(
        help: ArgumentHelp(
            "What happens to all messages some time after the start: 10s..20s=silent (submits hang, enquire_link does "
                + "not), or in every period: 8s..10s/10s=late:2s. May be repeated.",
            valueName: "from..until=action"),
        transform: TimedFault.init(parsing:))
    var schedule: [TimedFault] = []

    @Option(
        help: ArgumentHelp(
            "When nothing at all is answered, enquire_link neither, and all answers wait for the end of it: 10s..12s, or "
                + "in every period: 8s..10s/10s. May be repeated.",
            valueName: "from..until"),
        transform: FaultTime.init(parsing:))
    var stall: [FaultTime] = []

    @Flag(help: "Play no fault but those of --fault, --fault-rate and --schedule.")
    var noFaults = false

    @Option(
        help: ArgumentHelp("Play a habit of real SMSCs; --list-scenarios tells which there are.", valueName: "name"),
        transform: { name in
            guard let scenario = Scenario.named(name) else {
                throw ValidationError("there is no such scenario; --list-scenarios tells them all")
            }
            return scenario
        })
    var scenario: Scenario?

    func validate() throws {
        guard faultRate.reduce(0, { $0 + $1.probability }) <= 1.000_001 else {
            throw ValidationError("the shares of --fault-rate are more than 1 together")
        }
    }

    func apply(to options: inout SimulatorOptions) {
        options.faults = fault + options.faults
        options.faultRates += faultRate
        options.faultSchedule = schedule + options.faultSchedule
        options.stalls += stall
        if noFaults { options.standardFaults = false }
    }
}

/// Which receipts are sent.
struct SimulatedReceipts: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send receipts to those who ask for them, so long after the response: 0s, 2s.", valueName: "delay"))
    var receipts: DurationArgument?

    @Option(help: "Random time on top of it, up to this.")
    var receiptJitter: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "How often which state comes: delivered=90,undeliverable=8,expired=2. Also deleted, accepted, unknown, "
                + "rejected and enroute.",
            valueName: "shares"),
        transform: ReceiptOptions.states(parsing:))
    var receiptStates: [ReceiptOptions.Share]?

    @Option(help: "How a receipt writes the id of the response: same, hex, decimal, padded or uppercase.")
    var receiptIds: ReceiptOptions.IDs?

    @Option(help: "Where a receipt's fields stand: tlv, text or both.")
    var receiptForm: ReceiptOptions.Form?

    @Option(help: "Unanswered deliver_sms a bind.")
    var deliverWindow: Int?

    func validate() throws {
        let others: [(String, Bool)] = [
            ("--receipt-jitter", receiptJitter != nil), ("--receipt-states", receiptStates != nil),
            ("--receipt-ids", receiptIds != nil), ("--receipt-form", receiptForm != nil),
        ]
        if receipts == nil, let other = others.first(where: \.1) {
            throw ValidationError("\(other.0) needs --receipts")
        }
        if let deliverWindow, !(1...100_000).contains(deliverWindow) {
            throw ValidationError("--deliver-window is 1 to 100000")
        }
        try receipts?.expectAtMostAnHour("--receipts")
        try receiptJitter?.expectAtMostAnHour("--receipt-jitter")
    }

    func apply(to options: inout SimulatorOptions) {
        if let deliverWindow { options.deliveries.window = deliverWindow }
        guard let receipts else { return }
        var chosen = ReceiptOptions(delay: receipts.duration)
        if let receiptJitter { chosen.jitter = receiptJitter.duration }
        if let receiptStates { chosen.states = receiptStates }
        if let receiptIds { chosen.ids = receiptIds }
        if let receiptForm { chosen.form = receiptForm }
        options.receipts = chosen
    }
}

/// Messages of subscribers.
struct SimulatedInbound: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Send messages of subscribers, like 10/s, to the system_ids with a bind for them, in turns.",
            valueName: "rate"),
        transform: InboundOptions.rate(parsing:))
    var inbound: Double?

    @Option(help: "The subscriber (default: another one each time).")
    var inboundFrom: String?

    @Option(help: "Whom they write to (default: 1234).")
    var inboundTo: String?

    @Option(help: "What they write (default: counted messages, each tenth in several parts).")
    var inboundText: String?

    func validate() throws {
        guard inbound != nil || (inboundFrom == nil && inboundTo == nil && inboundText == nil) else {
            throw ValidationError("--inbound-from, --inbound-to and --inbound-text need --inbound")
        }
        do {
            _ = try InboundMessage(
                from: inboundFrom ?? "79160000000", to: inboundTo ?? InboundOptions.defaultDestination,
                text: inboundText ?? "text")
        } catch {
            throw ValidationError("--inbound: \(error)")
        }
    }

    func apply(to options: inout SimulatorOptions) {
        guard let inbound else { return }
        options.inbound = InboundOptions(
            rate: inbound, from: inboundFrom, to: inboundTo ?? InboundOptions.defaultDestination, text: inboundText)
    }
}

extension SimulatorOptions.MessageIDForm: ExpressibleByArgument {}
extension RateSecond: ExpressibleByArgument {}
extension ReceiptOptions.IDs: ExpressibleByArgument {}
extension ReceiptOptions.Form: ExpressibleByArgument {}

extension DurationArgument {
    /// The simulator's timers go no further.
    fileprivate func expectAtMostAnHour(_ option: String) throws {
        guard duration <= .seconds(3600) else { throw ValidationError("\(option) is an hour at most") }
    }
}
