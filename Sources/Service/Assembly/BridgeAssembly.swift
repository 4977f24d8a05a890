import Bridge
import Carriers
import Cluster
import Delivery
import Foundation
import HTTPService
import Intake
import Logging
import Messaging
import NIOCore
import Nodes
import Operations
import SMPP
import Settings
import TLS

/// The bridge's parts, made from checked settings and joined; nothing runs yet.
struct BridgeAssembly: Sendable {
    let intake: IntakeServer
    let monitor: HTTPServer
    let certificate: TLSServerContext
    /// Nil where the monitor serves plain HTTP.
    let monitorCertificate: TLSServerContext?
    let feed: LiveFeed
    let watch: CarrierWatch
    let reloader: Reloader
    let state: ConfigurationInForce
    /// Nil where none is configured.
    let journal: BridgeJournal?
    /// Nil where this is the only node.
    let nodes: NodeKeeper?
    let traces: CarrierTraces
    let quotas: QuotaRestart
    /// What is in flight is answered within this time.
    let drainWithin: Duration

    /// - Parameters:
    ///   - read: reads the configuration anew.
    ///   - log: a reload sets its level.
    /// - Throws: `TLSError` or `AssemblyProblem` for settings that a part does not take.
    init(
        settings: Settings, read: @escaping ConfigurationReader, group: any EventLoopGroup, log: ServiceLog
    ) throws {
        let logger = log.logger
        certificate = try TLSServerContext(
            certificateFile: settings.intake.certificateFile, keyFile: settings.intake.keyFile,
            clientCAFile: settings.intake.clientCAFile, nodes: settings.cluster.map(NodeCertificates.init))
        let inDoubt = InDoubtList()
        let deliveries = Deliveries(group: group, logger: logger) { inDoubt.settle(tag: $0, segment: $1) }
        let journal = settings.journal.map {
            BridgeJournal($0, of: settings, deliveries: deliveries, inDoubt: inDoubt, group: group, logger: logger)
        }
        try journal?.postings.know(settings)
        self.journal = journal
        let state = ConfigurationInForce()
        self.state = state
        let nodes = try settings.node.map { try NodeKeeper($0, contracts: settings.contracts, logger: logger) }
        self.nodes = nodes
        traces = CarrierTraces(directory: settings.monitor.traceDirectory, group: group, logger: logger)
        let factory = CarrierFactory(
            group: group, logger: logger, deliveries: deliveries, inDoubt: inDoubt, journal: journal, nodes: nodes,
            traces: traces, changes: state.changes)
        let references = LoopReferences(group: group)
        let carriers = try factory.make(settings.carriers)
        journal?.know(carriers.values.map(\.route))
        let path = MessagePath(
            settings: settings, carriers: carriers, references: references, journal: journal)
        intake = IntakeServer(
            configuration: try IntakeConfiguration(settings, certificate: certificate, logger: logger),
            accounts: try Account.list(settings.accounts), group: group, logger: logger, messageLog: log.messages,
            unbound: path.unbound, handler: path.handle)
        quotas = QuotaRestart(
            intake: intake, journal: journal, recipientMemory: settings.intake.recipientMemory, logger: logger)
        state.update { $0.shown = settings.carriers.compactMap { carriers[$0.name]?.shown } }
        let reloader = Reloader(
            settings: settings, carriers: carriers,
            parts: Reloader.Parts(
                read: read, factory: factory, journal: journal, nodes: nodes, references: references, intake: intake,
                certificate: certificate, threshold: log.threshold, state: state, logger: logger))
        self.reloader = reloader
        monitorCertificate = try TLSServerContext(settings.monitor)
        let monitorRefusals = HTTPServerRefusals()
        let source = MonitorSource(
            state: state, intake: intake, intakeCertificate: certificate, monitorCertificate: monitorCertificate,
            inDoubt: inDoubt, journal: journal?.journal, journalPlace: settings.journal.map(JournalPlace.init),
            postings: { journal?.postings.current }, traces: traces, monitorRefusals: monitorRefusals)
        let feed = LiveFeed(source: source, eventLoop: group.next(), logger: logger)
        let watch = CarrierWatch(state: state, eventLoop: group.next(), logger: logger)
        state.changes.listen {
            feed.stateChanged()
            watch.stateChanged()
        }
        self.feed = feed
        self.watch = watch
        let messages = journal.map { MonitorMessages(journal: $0.journal, reader: $0.reader) }
        let hand = HandSending(every: settings.monitor.sendEvery, intake: intake, state: state, logger: logger) {
            await reloader.send($0, over: $1)
        }
        let pages = MonitorPages(
            source: source, feed: feed, messages: messages, hand: hand, logger: logger,
            reload: { await reloader.reload(.request).response }
        ).routes()
        monitor = HTTPServer(
            settings.monitor, certificate: monitorCertificate, refusals: monitorRefusals, group: group, logger: logger,
            handler: pages.respond)
        drainWithin = settings.intake.replyWithin
    }
}

/// Makes carriers, which do not run yet, and joins each to what hears of its messages and takes its deliveries.
struct CarrierFactory: Sendable {
    let group: any EventLoopGroup
    let logger: Logger
    let deliveries: Deliveries
    let inDoubt: InDoubtList
    let journal: BridgeJournal?
    let nodes: NodeKeeper?
    let traces: CarrierTraces
    let changes: ChangeSignal

    /// By their names.
    func make(_ carriers: [CarrierSettings]) throws(TLSError) -> [String: RunningCarrier] {
        var made: [String: RunningCarrier] = [:]
        for carrier in carriers {
            made[carrier.name] = make(try CarrierConfiguration(carrier), CarrierProfile(carrier))
        }
        return made
    }

    func make(
        _ configuration: CarrierConfiguration, _ profile: CarrierProfile, isExpected: Bool = false
    ) -> RunningCarrier {
        let name = configuration.setup.name
        var limits = profile.receiptLimits
        limits.answeredFor = configuration.setup.timings.response
        let deliveries = deliveries.of(name, profile.receipts, limits: limits)
        let receipts = deliveries.receipts
        let events = CarrierEvents(
            accepted: { receipts.accepted($0, answeredUpTo: $1) },
            late: { [journal, inDoubt] late in
                journal?.add(late, carrier: name)
                inDoubt.settle(tag: late.tag, segment: late.segment)
                guard late.status == .ok else { return receipts.found(tag: late.tag, segment: late.segment) }
                receipts.acceptedLate(late)
            },
            deliver: { delivery, answer in
                deliveries.take(delivery, policy: profile.text, signs: profile.receipts.signs) { answer.give($0) }
            },
            reached: { [nodes] slot, reach in nodes?.reached(SlotKey(name, slot), reach) },
            changed: { [changes] in changes.send() })
        let carrier = Carrier(configuration, group: group, logger: logger, events: events, lease: nodes?.lease)
        traces.attach(carrier)
        let route = CarrierRoute(carrier: carrier, profile: profile, isExpected: isExpected) { [inDoubt] message in
            receipts.lost(
                tag: message.id.rawValue, segments: message.segments, recipient: message.recipient.digits,
                sender: SenderKey(message.sender))
            inDoubt.note(
                message.id, account: message.account, carrier: message.carrier, recipient: message.recipient,
                reason: message.reason, segments: message.segments, now: .now())
        }
        return RunningCarrier(route: route, receipts: receipts)
    }
}

extension MessagePath {
    /// - Parameter carriers: one for each of the settings, by its name.
    convenience init(
        settings: Settings, carriers: [String: RunningCarrier], references: LoopReferences, journal: BridgeJournal?
    ) {
        let known = settings.carriers.compactMap { carriers[$0.name]?.route }
        var conversation: Conversation?
        var original: Original?
        if let journal {
            let desk = journal.postings.desk
            conversation = { desk.wrote($0, to: $1) }
            original = { journal.recipient(of: $0, then: $1) }
        }
        self.init(
            rules: settings.accounts.map {
                AccountRules($0, carriers: known.map(\.name), senderless: settings.senderlessCarriers)
            }, routes: known,
            references: references, journals: journal?.loops,
            conversation: conversation, original: original)
    }
}

extension Account {
    /// The accounts of a configuration, numbered.
    static func list(_ settings: [AccountSettings]) throws(AssemblyProblem) -> [Account] {
        var accounts: [Account] = []
        for (index, account) in settings.enumerated() { accounts.append(try Account(account, index: index)) }
        return accounts
    }
}
