import ArgumentParser
import Bridge
import Logging
import NIOPosix
import ServiceLifecycle
import Settings
import Simulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Be an SMSC for tests: answer binds and submits as told.",
        discussion: """
            A destination whose last six digits are 66dddd is answered with command_status dddd (decimal). Endings 670001 to \
            670011 play faults: see the README. --fault adds endings: 0404=silent, 12=status:0x0B, 13=late:8s.
            """)

    @Option(help: "Where to listen, HOST:PORT; port 0 lets the system choose.")
    var listen = ListenArgument(host: "127.0.0.1", port: 2775)

    @Option(help: "A page of counters and received messages, with full texts and numbers: HOST:PORT.")
    var status: ListenArgument?

    @Option(help: "The only system_id that may bind; with --password.")
    var systemId: String?

    @Option(help: "Its password.")
    var password: String?

    @Option(help: "Time before an answer, like 20ms.")
    var latency = DurationArgument(.zero)

    @Option(help: "Random time on top of it, up to this, like 5ms.")
    var jitter = DurationArgument(.zero)

    @Option(help: "Messages a second and bind; more are answered 0x58.")
    var rate: Int?

    @Option(help: "Unanswered submits a bind; more are answered 0x14.")
    var window: Int?

    @Option(help: "An ending of destinations and what happens to them: ENDING=ACTION. May be repeated.")
    var fault: [FaultArgument] = []

    @Flag(help: "Play no fault but those of --fault.")
    var noFaults = false

    @Option(help: "Seed of what is random.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (systemId == nil) == (password == nil) else {
            throw ValidationError("--system-id and --password go together")
        }
        if let rate, rate < 1 { throw ValidationError("--rate is 1 or more") }
        if let window, window < 1 { throw ValidationError("--window is 1 or more") }
    }

    func run() async throws {
        var options = SimulatorOptions()
        options.host = listen.host
        options.port = listen.port
        options.latency = latency.duration
        options.jitter = jitter.duration
        options.rateLimit = rate
        options.windowLimit = window
        options.faults = fault.map(\.rule)
        options.standardFaults = !noFaults
        options.seed = seed
        if let systemId, let password { options.credentials = (systemId, password) }
        if let status { options.statusPage = (status.host, status.port) }
        let log = ServiceLog(.init())
        defer { log.writer.flush() }
        do {
            let simulator = SimulatorService(options: options, logger: log.logger) { address in
                Console.say("simulator listening on \(address)")
            }
            try await ServiceGroup(configuration: .stoppedBySignals([simulator], logger: log.logger)).run()
        } catch {
            Console.error("\(listen): \(error)")
            throw ExitCode.failure
        }
    }
}

/// The simulator, run until the service group stops it.
struct SimulatorService: Service, CustomStringConvertible {
    let options: SimulatorOptions
    let logger: Logger
    let onListening: @Sendable (String) -> Void

    /// The service group logs its services: never the password.
    var description: String { "simulator" }

    func run() async throws {
        let server = SimulatorServer(
            options: options, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let address = try await server.start()
        onListening(address.hostAndPort)
        try? await gracefulShutdown()
        await server.stop()
    }
}
