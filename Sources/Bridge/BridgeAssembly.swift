import Carriers
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
    let reloader: Reloader
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
        let factory = CarrierFactory(
            group: group, logger: logger, desks: ReceiptDesks(group: group, logger: logger))
        let references = LoopReferences(group: group)
        var routes: [String: CarrierRoute] = [:]
        for carrier in settings.carriers {
            routes[carrier.name] = factory.route(try CarrierConfiguration(carrier), CarrierProfile(carrier))
        }
        let path = MessagePath(settings: settings, routes: routes, references: references)
        intake = IntakeServer(
            configuration: IntakeConfiguration(settings.intake, certificate: certificate),
            accounts: try Account.list(settings.accounts), group: group, logger: logger, handler: path.handle)
        let state = BridgeState()
        state.update { $0.show(settings.carriers.compactMap { routes[$0.name] }) }
        let reloader = Reloader(
            settings: settings, routes: routes,
            parts: Reloader.Parts(
                read: read, factory: factory, references: references, intake: intake, certificate: certificate,
                threshold: threshold, state: state, logger: logger))
        self.reloader = reloader
        let pages = MonitorPages(state: state, reloader: reloader).routes()
        monitor = MonitorServer(
            host: settings.monitor.listen.host, port: settings.monitor.listen.port, token: settings.monitor.token,
            group: group, logger: logger
        ) { request, loop in
            pages.respond(to: request, on: loop)
        }
        drainWithin = settings.intake.replyWithin
    }
}

/// Makes carriers, which do not run yet, and joins each to the desk of its receipts.
struct CarrierFactory: Sendable {
    let group: any EventLoopGroup
    let logger: Logger
    let desks: ReceiptDesks

    func route(
        _ configuration: CarrierConfiguration, _ profile: CarrierProfile, isExpected: Bool = false
    ) -> CarrierRoute {
        let receipts = desks.receipts(of: configuration.name, form: profile.receiptIDs)
        let events = CarrierEvents(
            late: { late in
                guard late.status == .ok else { return }
                receipts.desk.accepted([
                    AcceptedSegment(tag: late.tag, segment: late.segment, carrierID: late.messageID)
                ])
            },
            deliver: { receipts.desk.deliver($0) })
        return CarrierRoute(
            carrier: Carrier(configuration, group: group, logger: logger, events: events), profile: profile,
            receipts: receipts, isExpected: isExpected)
    }
}

extension MessagePath {
    /// - Parameter routes: one for each carrier of the settings, by its name.
    init(settings: Settings, routes: [String: CarrierRoute], references: LoopReferences) {
        let known = settings.carriers.compactMap { routes[$0.name] }
        self.init(
            rules: settings.accounts.map { AccountRules($0, carriers: known.map(\.carrier.name)) }, routes: known,
            references: references)
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
