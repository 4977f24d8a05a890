import ArgumentParser
import Foundation
import HTTPService
import Logging
import NIOCore
import NIOPosix
import SMPP
import Service
import ServiceLifecycle
import Settings
import Simulator
import TLS

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the bridge and an SMSC together, post a first message, and keep running.",
        discussion: """
            Uses the configuration as it is. The carrier's first host must be on this machine: the built-in SMSC listens \
            there. A certificate for this machine is made where the configuration names one that is missing.
            """)

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "The login that posts the first message.")
    var login = "demo"

    @Option(help: "Its password.")
    var password = "demo-password"

    @Option(help: "Whom the first message is for; nobody gets it.")
    var to = "+7 916 123-45-67"

    @Option(help: "Its text.")
    var text = "Привет! Это первое сообщение."

    func run() async throws {
        try DemoCertificate.makeIfMissing(configDirectory: files.place.config)
        let settings = try files.load()
        let log = ServiceLog(settings.log)
        defer { log.writer.flush() }
        guard let host = settings.carriers.first?.setup.hosts.first,
            ["127.0.0.1", "::1", "localhost"].contains(host.host)
        else {
            Console.error("the first carrier's host is not on this machine: demo uses carriers/simulator.yaml")
            throw ExitCode.badConfiguration
        }
        var options = SimulatorOptions()
        options.host = host.host
        options.port = host.port
        do {
            let group = MultiThreadedEventLoopGroup.singleton
            let (addresses, ready) = AsyncStream.makeStream(of: BridgeService.Addresses.self)
            let simulator = SimulatorService(options: options, logger: log.logger) {
                Console.say("simulator listening on \($0)")
            }
            let bridge = try BridgeService(
                settings: settings, read: files.reader, group: group, log: log
            ) {
                ready.yield($0)
                ready.finish()
            }
            let hangUp = ReloadOnHangUp(bridge: bridge)
            let visit = FirstMessage(
                addresses: addresses, path: settings.intake.path, login: login, password: password, to: to, text: text)
            try await ServiceGroup(
                configuration: .stoppedBySignals([simulator, hangUp, bridge, visit], logger: log.logger)
            ).run()
        } catch {
            log.writer.flush()
            Console.error("demo stops: \(error)")
            throw ExitCode.failure
        }
    }
}

/// Posts one message as soon as a bind is up, shows the reply, and waits for the end.
private struct FirstMessage: Service, CustomStringConvertible {
    let addresses: AsyncStream<BridgeService.Addresses>
    let path: String
    let login: String
    let password: String
    let to: String
    let text: String

    /// The service group logs its services: never the password.
    var description: String { "first message" }

    /// A bind to the simulator on the same machine is up in milliseconds; a tenth of a second more is plenty.
    private static let attempts = 50

    func run() async throws {
        for await addresses in addresses {
            try await post(addresses)
        }
        try? await gracefulShutdown()
    }

    private func post(_ addresses: BridgeService.Addresses) async throws {
        guard let intake = addresses.intake.first else { return }
        let url = "https://127.0.0.1:\(intake.port ?? 0)\(path)"
        // The certificate was made for this demo a moment ago, or is one for a name that is not 127.0.0.1.
        let context = try TLSClientContext(verifyPeer: false)
        guard let address = HTTPURL(url) else { throw ValidationError("\(url) is no address") }
        let client = HTTPClient.ofForms(address, context)
        let form = [
            (name: "login", value: login), ("password", password), ("from", ""), ("to", to), ("text", text),
        ]
        var answer = try await client.post(form: form)
        for _ in 0..<Self.attempts where answer.field("X-Outcome") == "not-sent" {
            try await Task.sleep(for: .milliseconds(100))
            answer = try await client.post(form: form)
        }
        Console.say("")
        Console.say("A first message went to \(url):")
        for line in AnswerText.lines(answer) { Console.say("  " + line) }
        Console.say("")
        Console.say("Monitor: http://\(addresses.monitor.hostAndPort)/ (also /binds, /metrics, /healthz, /readyz)")
        Console.say("Send another one:")
        Console.say("  curl -k \(url) -d login=\(login) -d password=\(password) -d to=79161234567 -d text=Hello")
        Console.say("The bridge is running. Ctrl-C stops it.")
    }
}

/// The certificate of a bridge that has none yet.
private enum DemoCertificate {
    /// Makes `tls/server.crt` and its key below the configuration's folder where both are missing.
    static func makeIfMissing(configDirectory: String) throws {
        let folder = URL(filePath: configDirectory).appending(path: "tls")
        let certificate = folder.appending(path: "server.crt")
        let key = folder.appending(path: "server.key")
        let files = FileManager.default
        guard !files.fileExists(atPath: certificate.path), !files.fileExists(atPath: key.path) else { return }
        let names = ["localhost", "127.0.0.1", "::1", ProcessInfo.processInfo.hostName]
        let made = try SelfSignedCertificate.make(commonName: "smppost demo", subjectAltNames: names, days: 365)
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        guard
            files.createFile(
                atPath: key.path, contents: Data(made.keyPEM.utf8), attributes: [.posixPermissions: 0o600]),
            files.createFile(atPath: certificate.path, contents: Data(made.certificatePEM.utf8))
        else {
            Console.error("\(folder.path): cannot be written")
            throw ExitCode.failure
        }
        Console.say("made a self-signed certificate: \(certificate.path)")
    }
}
