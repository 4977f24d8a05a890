import ArgumentParser
import Bridge
import Logging
import NIOPosix
import ServiceLifecycle
import Settings
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the bridge until SIGTERM or SIGINT.")

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        let settings = try files.load()
        let log = ServiceLog(settings.log)
        defer { log.writer.flush() }
        do {
            let bridge = try BridgeService(
                settings: settings, group: MultiThreadedEventLoopGroup.singleton, logger: log.logger)
            try await ServiceGroup(configuration: .stoppedBySignals([bridge], logger: log.logger)).run()
        } catch {
            log.logger.critical("smppost stops", metadata: ["error": "\(error)"])
            throw ExitCode.failure
        }
    }
}

/// The log of a long-running command, as `log:` of the configuration wants it.
struct ServiceLog {
    let writer = LogWriter()
    let logger: Logger

    init(_ settings: LogSettings) {
        let writer = writer
        let level = Logger.Level(rawValue: settings.level) ?? .info
        let format: LogFormat = settings.format == .json ? .json : .text
        logger = Logger(label: "smppost") { label in
            LineLogHandler(label: label, level: level, format: format, writer: writer)
        }
    }
}

extension ServiceGroupConfiguration {
    /// Services that stop gracefully on SIGTERM and SIGINT, last one first.
    static func stoppedBySignals(_ services: [any Service], logger: Logger) -> Self {
        ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    }
}
