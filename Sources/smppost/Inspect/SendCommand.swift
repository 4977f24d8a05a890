import ArgumentParser
import Foundation
import HTTPService
import NIOCore
import NIOPosix
import Settings
import TLS

struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Post one message to a bridge, as PlanFix does, and print the whole reply.",
        discussion: """
            With --account it goes by the monitor of this machine's bridge, without the account's password: the configuration and \
            the monitor's token, where there is one, must be readable, as they are to root. Receipts are waited for.

            Exit code 0: the carrier accepted it. 1: it did not, or nobody knows.
            """)

    @Option(help: "The bridge's address.")
    var url = "https://127.0.0.1:8443/sms"

    @Option(help: "The account's login.")
    var login: String?

    @Option(help: "A file with the account's password.")
    var passwordFile: String?

    @Option(help: "A file with the account's API key, in place of login and password.")
    var keyFile: String?

    @Option(help: "Send as this account without its password, by the monitor of the bridge of --config.")
    var account: String?

    @Option(help: "With --account: over this carrier, whether the account has it or not.")
    var carrier: String?

    @Option(help: "With --account: how long receipts are waited for; 0s: not at all.")
    var wait = DurationArgument(.seconds(10))

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "The sender's name; none: the account's default.")
    var from = ""

    @Option(help: "The recipient's number.")
    var to: String

    @Option(help: "The text.")
    var text: String

    @Flag(help: "Ask for the reply as JSON.")
    var json = false

    @Option(help: "A file with the certificates to trust, in place of the system's.")
    var ca: String?

    @Flag(help: "Do not verify the bridge's certificate.")
    var insecure = false

    /// Not when the command line is read: a misspelt option is to be told first.
    private func check() throws {
        if account != nil, keyFile != nil || login != nil || passwordFile != nil {
            throw ValidationError(
                "--account needs no password: it excludes --login, --password-file and --key-file")
        }
        let ways = [keyFile != nil, login != nil && passwordFile != nil, account != nil]
        guard ways.count(where: \.self) == 1 else {
            throw ValidationError("give --login with --password-file, or --key-file, or --account")
        }
        if carrier != nil, account == nil { throw ValidationError("--carrier goes with --account") }
    }

    func run() async throws {
        try check()
        if let account {
            let hand = HandRun(account: account, carrier: carrier, from: from, to: to, text: text, wait: wait.duration)
            return try await hand.run(try MonitorOptions.client(of: files))
        }
        var fields: [(name: String, value: String)] = []
        if let keyFile {
            fields.append(("key", try SecretFile.read(option: keyFile)))
        } else if let login, let passwordFile {
            fields += [("login", login), ("password", try SecretFile.read(option: passwordFile))]
        }
        fields += [("from", from), ("to", to), ("text", text)]
        do {
            let context = try TLSClientContext(caFile: ca, verifyPeer: !insecure)
            guard let address = HTTPURL(url), address.scheme == .https else {
                Console.error("\(url) is not an https:// address with a host")
                throw ExitCode.failure
            }
            let client = HTTPClient.ofForms(address, context)
            let answer = try await client.post(form: fields, fields: json ? [("Accept", "application/json")] : [])
            AnswerText.lines(answer).forEach(Console.say)
            guard answer.status == 200 else { throw ExitCode.failure }
        } catch let error where !(error is ExitCode) {
            Console.error("\(url): \(error)")
            throw ExitCode.failure
        }
    }
}

/// A reply as people read it: the status, the fields that carry meaning, the body.
enum AnswerText {
    static func lines(_ answer: HTTPClient.Answer) -> [String] {
        ["HTTP \(answer.status)"]
            + answer.fields
            .filter { $0.name.lowercased().hasPrefix("x-") || $0.name.lowercased() == "retry-after" }
            .map { "\($0.name): \($0.value)" }
            + ["", String(buffer: answer.body).trimmingCharacters(in: .newlines)]
    }
}

extension HTTPClient {
    /// One that posts PlanFix's form, as PlanFix does. It waits a little longer than the longest `reply_within`.
    static func ofForms(_ url: HTTPURL, _ context: TLSClientContext) -> HTTPClient {
        // Its bodies have at most 200 characters: anything much larger is not its answer.
        HTTPClient(
            url, context: context, timeout: .seconds(30), bodyLimit: 64 << 10,
            group: MultiThreadedEventLoopGroup.singleton)
    }
}
