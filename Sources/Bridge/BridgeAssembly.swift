import Carriers
import Foundation
import Intake
import Logging
import Monitor
import NIOCore
import SMPP
import Settings
import TLS

/// The bridge's parts, made from checked settings and joined; nothing runs yet.
struct BridgeAssembly: Sendable {
    let intake: IntakeServer
    let monitor: MonitorServer
    let certificate: TLSServerContext
    /// Nil where the monitor serves plain HTTP.
    let monitorCertificate: TLSServerContext?
    let feed: LiveFeed
    let reloader: Reloader
    let state: BridgeState
    /// Nil where none is configured.
    let journal: BridgeJournal?
    let traces: TraceDesk
    /// What is in flight is answered within this time.
    let drainWithin: Duration

    /// - Parameters:
    ///   - read: reads the configuration anew.
    ///   - threshold: what `log.level` sets.
    /// - Throws: `TLSError` or `AssemblyProblem` for settings that a part does not take.
    init(
        settings: Settings, read: @escaping ConfigurationReader, threshold: LogThreshold, group: any EventLoopGroup,
        logger: Logger
    ) throws {
        certificate = try TLSServerContext(
            certificateFile: settings.intake.certificateFile, keyFile: settings.intake.keyFile,
            clientCAFile: settings.intake.clientCAFile)
        let desks = ReceiptDesks(group: group, logger: logger)
        let journal = settings.journal.map { BridgeJournal($0, desks: desks, group: group, logger: logger) }
        try journal?.postings.know(settings)
        self.journal = journal
        let state = BridgeState()
        self.state = state
        let traces = TraceDesk(directory: settings.monitor.traceDirectory, group: group, logger: logger)
        self.traces = traces
        let factory = CarrierFactory(
            group: group, logger: logger, desks: desks, journal: journal, traces: traces, changes: state.changes)
        let references = LoopReferences(group: group)
        var routes: [String: CarrierRoute] = [:]
        for carrier in settings.carriers {
            routes[carrier.name] = factory.route(try CarrierConfiguration(carrier), CarrierProfile(carrier))
        }
        journal?.know(routes.values)
        let path = MessagePath(settings: settings, routes: routes, references: references, lanes: journal?.lanes)
        intake = IntakeServer(
            configuration: IntakeConfiguration(settings.intake, certificate: certificate),
            accounts: try Account.list(settings.accounts), group: group, logger: logger, handler: path.handle)
        state.update { $0.show(settings.carriers.compactMap { routes[$0.name] }) }
        let reloader = Reloader(
            settings: settings, routes: routes,
            parts: Reloader.Parts(
                read: read, factory: factory, journal: journal, references: references, intake: intake,
                certificate: certificate, threshold: threshold, state: state, logger: logger))
        self.reloader = reloader
        monitorCertificate = try TLSServerContext(settings.monitor)
        let source = MonitorSource(
            state: state, intake: intake, intakeCertificate: certificate, monitorCertificate: monitorCertificate,
            startedAt: .now, history: MonitorHistory(), doubts: desks.doubts, journal: journal?.journal,
            postings: journal?.postings,
            traces: traces)
        let feed = LiveFeed(source: source, eventLoop: group.next(), logger: logger)
        state.changes.listen { feed.stateChanged() }
        self.feed = feed
        let messages = journal.map { MonitorMessages(journal: $0.journal, reader: $0.reader) }
        let pages = MonitorPages(
            source: source, feed: feed, reloader: reloader, messages: messages,
            traces: MonitorTraces(desk: traces, state: state, logger: logger), logger: logger
        ).routes()
        monitor = MonitorServer(
            settings.monitor, certificate: monitorCertificate, group: group, logger: logger, handler: pages.respond)
        drainWithin = settings.intake.replyWithin
    }
}

/// Makes carriers, which do not run yet, and joins each to the desk of its receipts.
struct CarrierFactory: Sendable {
    let group: any EventLoopGroup
    let logger: Logger
    let desks: ReceiptDesks
    let journal: BridgeJournal?
    let traces: TraceDesk
    let changes: ChangeSignal

    func route(
        _ configuration: CarrierConfiguration, _ profile: CarrierProfile, isExpected: Bool = false
    ) -> CarrierRoute {
        let receipts = desks.receipts(of: configuration.setup.name, form: profile.receiptIDs)
        let events = CarrierEvents(
            late: { [journal] late in
                journal?.add(late, carrier: configuration.setup.name)
                receipts.doubts.settle(tag: late.tag, segment: late.segment)
                guard late.status == .ok else { return }
                receipts.desk.accepted([
                    AcceptedSegment(tag: late.tag, segment: late.segment, carrierID: late.messageID)
                ])
            },
            deliver: { delivery, answer in
                receipts.take(delivery, policy: profile.text) { answer.give($0) }
            },
            changed: { [changes] in changes.send() })
        let carrier = Carrier(configuration, group: group, logger: logger, events: events)
        traces.attach(carrier)
        return CarrierRoute(carrier: carrier, profile: profile, receipts: receipts, isExpected: isExpected)
    }
}

extension MessagePath {
    /// - Parameter routes: one for each carrier of the settings, by its name.
    convenience init(
        settings: Settings, routes: [String: CarrierRoute], references: LoopReferences, lanes: JournalLanes?
    ) {
        let known = settings.carriers.compactMap { routes[$0.name] }
        self.init(
            rules: settings.accounts.map { AccountRules($0, carriers: known.map(\.name)) }, routes: known,
            references: references, lanes: lanes)
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
