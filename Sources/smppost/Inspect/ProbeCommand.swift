import ArgumentParser
import Foundation
import Messaging
import Probe
import SMPP
import Settings
import TLS

struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Bind to an SMSC, find out what it takes, and draft its carriers/ file.",
        discussion: """
            --plan lists everything that it would do, and nothing is sent. It is bounded and gentle: one connection and two messages a second, an end at \
            the first ESME_RTHROTTLED and where login or password are refused. Messages are sent only with --send-to. What was found \
            goes to standard error, the draft to standard output or --output. Each value of it says how it is known: seen, told by \
            the SMSC, given, not tried, or not known from the answer.

            Run it while no bridge is bound with this login: what comes for it meanwhile is left to the SMSC (0x08), which brings it again.

            Exit codes: 0 the draft is made, 1 the probe ended early (with a draft where a bind was taken), 64 usage.
            """)

    @Argument(help: "The SMSC: HOST:PORT.")
    var address: ListenArgument

    @Option(help: "The login.")
    var systemId: String

    @Option(help: "Its password. It shows in the list of processes: better a file.")
    var password: String?

    @Option(help: "A file with that password.")
    var passwordFile: String?

    @Option(help: "The system_type, where the carrier gave one out.")
    var systemType = ""

    @Option(help: "TLS: auto (with it, or without it where the port has none), yes or no.")
    var tls = ProbeOptions.TLSChoice.auto

    @Option(help: "A file with the certificates to trust, in place of the system's.")
    var ca: String?

    @Flag(help: "Go on where the SMSC's certificate does not verify.")
    var insecure = false

    @Option(help: "Binds that are held at once, at most: 1 to 20.")
    var binds = 3

    @Option(help: "How long enquire_link of the SMSC is waited for.")
    var listen = DurationArgument(.seconds(35))

    @Option(help: "After this nothing new is begun.")
    var within = DurationArgument(.seconds(300))

    @Option(help: "Your own number: try alphabets, long texts, window and receipts by sending messages to it.")
    var sendTo: String?

    @Option(help: "The sender of these messages; none: the carrier puts its own in.")
    var from = ""

    @Option(help: "Short messages to --send-to that are sent at once: 1 to 20.")
    var window = 5

    @Option(help: "How long their receipts are waited for.")
    var receiptsWithin = DurationArgument(.seconds(30))

    @Flag(help: "Send the messages of --send-to without asking.")
    var yes = false

    @Flag(help: "Say what would be done, and end.")
    var plan = false

    @Option(help: "Where the draft goes: a file that is not there yet, made with mode 600.")
    var output: String?

    func validate() throws {
        guard !address.host.isEmpty, address.port > 0 else { throw ValidationError("\(address) is not HOST:PORT") }
        try SystemIDOption.check(systemId)
        guard systemType.utf8.count <= 12, systemType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ValidationError("--system-type is at most 12 ASCII characters (SMPP 3.4 §5.2.3)")
        }
        if password != nil, passwordFile != nil {
            throw ValidationError("--password and --password-file exclude each other")
        }
        guard plan || password != nil || passwordFile != nil else {
            throw ValidationError("it needs --password-file (or --password)")
        }
        guard ProbeLimits.binds.contains(binds) else { throw ValidationError("--binds is 1 to 20") }
        guard ProbeLimits.window.contains(window) else { throw ValidationError("--window is 1 to 20") }
        try listen.expect(in: ProbeLimits.listen, "--listen")
        try within.expect(in: ProbeLimits.within, "--within")
        try receiptsWithin.expect(in: ProbeLimits.receipts, "--receipts-within")
        _ = try messages()
    }

    func run() async throws {
        let options = try options()
        let planned = ProbePlan(options)
        guard !plan else { return planned.lines.forEach(Console.say) }
        if let output, FileManager.default.fileExists(atPath: output) {
            throw ValidationError("\(output) is there already: nothing was tried")
        }
        try ask(planned)
        let findings: ProbeFindings
        do {
            findings = try await ProbeRun(options) { action in
                if let words = action.words { Console.error(words) }
            }.run()
        } catch {
            Console.error("\(error)")
            throw ExitCode.failure
        }
        let draft = ProbeDraft(options, findings, password: passwordPlace)
        draft.report.forEach(Console.error)
        if let lines = draft.lines { try write(lines) }
        guard findings.stop == nil else { throw ExitCode.failure }
    }

    private func options() throws -> ProbeOptions {
        let secret = try passwordFile.map { try SecretFile.read(option: $0) } ?? password ?? ""
        let scalars = secret.unicodeScalars
        guard scalars.count <= 64, scalars.allSatisfy({ (1...0xFF).contains($0.value) }) else {
            throw ValidationError("the password is at most 64 Latin-1 characters")
        }
        var options = ProbeOptions(
            address: HostPort(host: address.host, port: address.port), systemID: systemId, password: secret)
        options.systemType = systemType
        options.tls = tls
        options.caFile = ca.map(Self.absolute)
        options.takesAnyCertificate = insecure
        options.binds = binds
        options.listen = listen.duration
        options.within = within.duration
        options.messages = try messages()
        return options
    }

    private func messages() throws -> ProbeMessages? {
        guard let sendTo else { return nil }
        // What is written as at home is a number of who knows where: no country is given.
        let isWhole = sendTo.contains("+") || sendTo.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isWhole, let number = try? PhoneNumber(sendTo, rules: NumberRules(shortNumbers: true)) else {
            throw ValidationError(
                "--send-to is one whole number with its country code, for example '+7 916 123-45-67', or a short one of 3 to 6 digits"
            )
        }
        var messages = ProbeMessages(number: number.digits)
        if !from.isEmpty {
            guard let sender = try? SenderName(from) else {
                throw ValidationError("--from is a name of 1 to 11 characters, or a number")
            }
            messages.sender = sender
        }
        messages.window = window
        messages.receipts = receiptsWithin.duration
        return messages
    }

    /// Messages are said before, and asked for.
    private func ask(_ planned: ProbePlan) throws {
        guard sendTo != nil, !yes else { return }
        planned.lines.forEach(Console.error)
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError(
                "--send-to sends \(planned.submits) submit_sm: without a terminal to ask at it needs --yes")
        }
        Console.error("Send these messages? [y/N]")
        guard ["y", "yes"].contains((readLine() ?? "").lowercased()) else {
            Console.error("nothing was tried")
            throw ExitCode.failure
        }
    }

    // MARK: The draft

    /// A password that was typed is put into a file of ours only, never on standard output.
    private var passwordPlace: ProbeDraft.Password {
        if let passwordFile { return .file(Self.absolute(passwordFile)) }
        return output == nil ? .missing : .inside
    }

    private func write(_ lines: [String]) throws {
        guard let output else { return lines.forEach(Console.say) }
        let file = open(output, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else {
            Console.error("\(output): \(String(cString: strerror(errno)))")
            throw ExitCode.failure
        }
        try FileHandle(fileDescriptor: file, closeOnDealloc: true)
            .write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        Console.error("the draft is in \(output)")
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}

extension ProbeOptions.TLSChoice: ExpressibleByArgument {}

extension DurationArgument {
    fileprivate func expect(in range: ClosedRange<Duration>, _ option: String) throws {
        guard range.contains(duration) else {
            let (least, most) = (DurationText.text(range.lowerBound), DurationText.text(range.upperBound))
            throw ValidationError("\(option) is \(least) to \(most)")
        }
    }
}
