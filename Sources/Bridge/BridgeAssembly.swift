import Carriers
import Intake
import Logging
import Monitor
import NIOCore
import Settings
import TLS

/// The bridge's parts, made from checked settings and joined; nothing runs yet.
struct BridgeAssembly: Sendable {
    let carriers: [Carrier]
    let intake: IntakeServer
    let monitor: MonitorServer
    let certificate: TLSServerContext
    /// What is in flight is answered within this time.
    let drainWithin: Duration

    init(settings: Settings, group: any EventLoopGroup, logger: Logger) throws {
        certificate = try TLSServerContext(
            certificateFile: settings.intake.certificateFile, keyFile: settings.intake.keyFile,
            clientCAFile: settings.intake.clientCAFile)
        carriers = try settings.carriers.map { carrier in
            Carrier(try CarrierConfiguration(carrier), group: group, logger: logger)
        }
        let names = settings.carriers.map(\.name)
        let path = MessagePath(
            rules: settings.accounts.map { AccountRules($0, carriers: names) },
            routes: zip(carriers, settings.carriers).map { carrier, settings in
                MessagePath.Route(carrier: carrier, profile: CarrierProfile(settings))
            },
            group: group)
        intake = IntakeServer(
            configuration: IntakeConfiguration(settings.intake, certificate: certificate),
            accounts: try settings.accounts.enumerated().map { try Account($1, index: $0) }, group: group,
            logger: logger
        ) { request, reply in
            path.handle(request, reply: reply)
        }
        let pages = MonitorPages(carriers: carriers).routes()
        monitor = MonitorServer(
            host: settings.monitor.listen.host, port: settings.monitor.listen.port, token: settings.monitor.token,
            group: group, logger: logger
        ) { request, loop in
            pages.respond(to: request, on: loop)
        }
        drainWithin = settings.intake.replyWithin
    }
}
