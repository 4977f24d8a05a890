import ArgumentParser
import HTTPService
import Logging
import NIOPosix
import Service
import ServiceLifecycle
import Settings
import Simulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Be an SMSC for tests: answer binds and submits as told.",
        discussion: """
            A destination whose last six digits are 66dddd is answered with command_status dddd (decimal). Endings 670001 to \
            670011 play faults: `smppost help load-tests` lists them. --fault adds endings: 0404=silent, 12=status:0x0B, 13=late:8s, \
            14=segment:2:silent, 15=unbind-first:300ms (unbind, and then the open answers).

            The status page has /counters, /metrics (Prometheus), /messages, /record?after=N&limit=M (one JSON object a \
            line, for audits), POST /inbound (from, to, text, system_id), POST /fault (action, for: what happens to all \
            messages from now on, such as silent, until a POST without action) and POST /reset.

            Ready in a minute: smppost simulate --status 127.0.0.1:8081 --receipts 2s --latency exponential:20ms
            """)

    @Option(help: "Where to listen, HOST:PORT; port 0 lets the system choose.")
    var listen = ListenArgument(host: "127.0.0.1", port: 2775)

    @Option(help: "A page of counters and received messages, with full texts and numbers: HOST:PORT.")
    var status: ListenArgument?

    @Option(help: "Received messages that the status page, an audit and query_sm know: the last so many, or more.")
    var record: Int?

    @OptionGroup(title: "Who may bind") var access: SimulatedAccess
    @OptionGroup(title: "Answers") var answers: SimulatedAnswers
    @OptionGroup(title: "Faults") var faults: SimulatedFaults
    @OptionGroup(title: "Receipts") var receipts: SimulatedReceipts
    @OptionGroup(title: "Inbound messages") var inbound: SimulatedInbound

    @Option(help: "Seed of what is random.")
    var seed: UInt64 = 1

    @Flag(help: "Print the scenarios and end.")
    var listScenarios = false

    func validate() throws {
        if let record, !(0...10_000_000).contains(record) { throw ValidationError("--record is 0 to 10000000") }
    }

    func run() async throws {
        if listScenarios {
            Console.say("NAME\tHABIT\tWHAT IT DOES")
            for scenario in Scenario.all { Console.say("\(scenario.name)\t\(scenario.habit)\t\(scenario.summary)") }
            return
        }
        let options = try options()
        let log = ServiceLog()
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

    /// The scenario first; what is said beside it counts more.
    private func options() throws -> SimulatorOptions {
        var options = SimulatorOptions()
        faults.scenario?.apply(to: &options)
        options.host = listen.host
        options.port = listen.port
        options.seed = seed
        if let record { options.record = record }
        if let status { options.statusPage = (status.host, status.port) }
        try access.apply(to: &options)
        answers.apply(to: &options)
        faults.apply(to: &options)
        receipts.apply(to: &options)
        inbound.apply(to: &options)
        return options
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
