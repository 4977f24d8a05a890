import ArgumentParser
import Logging
import NIOPosix
import Service
import ServiceLifecycle
import Settings
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the bridge until SIGTERM or SIGINT.",
        discussion: """
            SIGHUP and POST /reload of the monitor read all configuration anew: a valid one is applied at once, an invalid one \
            is refused whole. SIGTERM and SIGINT let what is under way finish; a second one ends at once.
            """)

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        let settings = try files.load(isForStart: true)
        let log = ServiceLog(settings.log)
        defer { log.writer.flush() }
        do {
            let group = MultiThreadedEventLoopGroup.singleton
            let manager = NotifySocket()
            let bridge = try BridgeService(
                settings: settings, read: files.reader, group: group, log: log
            ) { _ in
                if manager?.ready() == false {
                    log.logger.warning("the service manager does not hear that we are ready")
                }
            }
            var services: [any Service] = [ReloadOnHangUp(bridge: bridge, manager: manager), bridge]
            if let manager {
                services.append(ServiceNotices(manager, group: group, logger: log.logger) { bridge.statusLine })
            }
            try await ServiceGroup(configuration: .stoppedBySignals(services, logger: log.logger)).run()
        } catch {
            log.logger.critical("smppost stops", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
    }
}

extension ServiceGroupConfiguration {
    /// Services that stop gracefully on SIGTERM and SIGINT, last one first. A second signal ends the process at once.
    static func stoppedBySignals(_ services: [any Service], logger: Logger) -> Self {
        let all = services + [SecondSignal() as any Service]
        return ServiceGroupConfiguration(
            services: all.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    }
}
