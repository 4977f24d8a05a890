import ArgumentParser
import Foundation
import HTTPService
import LoadTest
import Messaging
import SMPP
import Settings
import TLS

/// What is loaded, and as whom.
struct LoadTargetOptions: ParsableArguments {
    @Option(help: "Keep-alive connections, or binds (the default: 64 connections, 1 bind).")
    var connections: Int?

    @Option(help: "The account's login (https).")
    var login: String?

    @Option(help: "A file with the account's API key, in place of login and password (https).")
    var keyFile: String?

    @Option(help: "The system_id (smpp).")
    var systemId: String?

    @Option(help: "The password of --login or --system-id. It shows in the list of processes: better a file.")
    var password: String?

    @Option(help: "A file with that password.")
    var passwordFile: String?

    @Option(help: "Unanswered submits a bind (smpp).")
    var window = 10

    @Option(help: "transceiver or transmitter (smpp).")
    var bindKind = BindKind.transceiver

    @Option(help: "Long texts by udh8, udh16, sar or payload (smpp).")
    var long = LongMethod.udh8

    @Flag(help: "Ask for receipts and match them to what was submitted (smpp).")
    var receipts = false

    @Option(help: "How long receipts are waited for after the last message.")
    var receiptsWithin = DurationArgument(.seconds(30))

    @Option(help: "How long an answer may take.")
    var timeout = DurationArgument(.seconds(30))

    @Option(help: "Event loops of the driver (the default: half of the cores).")
    var threads: Int?

    @Option(help: "A file with the certificates to trust, in place of the system's.")
    var ca: String?

    @Flag(help: "Do not verify the target's certificate.")
    var insecure = false

    /// What can be said without reading a file.
    func check(_ address: String) throws {
        if let connections, !LoadLimits.connections.contains(connections) {
            throw ValidationError("--connections is 1 to \(LoadLimits.connections.upperBound)")
        }
        guard LoadLimits.window.contains(window) else {
            throw ValidationError("--window is 1 to \(LoadLimits.window.upperBound)")
        }
        guard bindKind.submits else { throw ValidationError("a receiver submits nothing") }
        if let threads, !(1...64).contains(threads) { throw ValidationError("--threads is 1 to 64") }
        if password != nil, passwordFile != nil {
            throw ValidationError("--password and --password-file exclude each other")
        }
        guard timeout.duration > .zero else { throw ValidationError("--timeout is more than 0") }
        if isSubmit(address) {
            guard systemId != nil, password != nil || passwordFile != nil else {
                throw ValidationError("an SMSC needs --system-id and --password-file (or --password)")
            }
            try SystemIDOption.check(systemId ?? "")
            guard smscAddress(address) != nil else { throw ValidationError("\(address) is not smpp://HOST:PORT") }
        } else {
            guard let url = HTTPURL(address), url.scheme == .https else {
                throw ValidationError("\(address) is neither https://HOST[:PORT]/PATH nor smpp://HOST:PORT")
            }
            if login != nil, password == nil, passwordFile == nil {
                throw ValidationError("--login needs --password-file (or --password)")
            }
            if keyFile != nil, login != nil { throw ValidationError("--login and --key-file exclude each other") }
        }
    }

    func target(_ address: String) throws -> LoadPlan.Target {
        if isSubmit(address), let place = smscAddress(address) {
            var options = SubmitOptions(
                host: place.host, port: place.port, systemID: systemId ?? "", password: try secret() ?? "")
            if address.lowercased().hasPrefix("smpps://") {
                options.tls = try TLSClientContext(caFile: ca, verifyPeer: !insecure)
            }
            options.kind = bindKind
            options.window = window
            options.wantsReceipts = receipts
            options.policy.long = long
            return .submit(options)
        }
        guard let url = HTTPURL(address) else { throw ValidationError("\(address) is no address") }
        return .form(url, try TLSClientContext(caFile: ca, verifyPeer: !insecure))
    }

    /// The account of the command line, for a mix that has none.
    func accounts() throws -> [MessageMix.Account] {
        if let keyFile { return [MessageMix.Account(name: "key", .key(try SecretFile.read(option: keyFile)))] }
        guard let login, let password = try secret() else { return [] }
        return [MessageMix.Account(name: login, .password(login: login, password: password))]
    }

    func apply(to plan: inout LoadPlan) {
        plan.threads = threads ?? max(1, plan.cores / 2)
        plan.timeout = timeout.duration
        plan.receiptsWithin = receiptsWithin.duration
        switch plan.target {
        case .form: plan.connections = connections ?? 64
        case .submit: plan.connections = connections ?? 1
        }
        // An event loop without a connection would hold its messages for ever.
        plan.threads = min(plan.threads, plan.connections)
    }

    private func secret() throws -> String? {
        try passwordFile.map { try SecretFile.read(option: $0) } ?? password
    }

    private func isSubmit(_ address: String) -> Bool {
        let address = address.lowercased()
        return address.hasPrefix("smpp://") || address.hasPrefix("smpps://")
    }

    private func smscAddress(_ address: String) -> ListenArgument? {
        guard let scheme = address.range(of: "://") else { return nil }
        var rest = address[scheme.upperBound...]
        if rest.last == "/" { rest = rest.dropLast() }
        guard let place = ListenArgument(argument: String(rest)), !place.host.isEmpty, place.port > 0 else {
            return nil
        }
        return place
    }
}

extension BindKind: ExpressibleByArgument {}
extension LongMethod: ExpressibleByArgument {}

extension LoadPlan {
    fileprivate var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
}
