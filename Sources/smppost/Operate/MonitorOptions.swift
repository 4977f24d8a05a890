import ArgumentParser
import Foundation
import HTTPService
import NIOCore
import NIOPosix
import Operations
import SMPP
import Settings
import TLS

/// Where the monitor is, and who asks.
struct MonitorOptions: ParsableArguments {
    @OptionGroup var files: ConfigurationOptions

    @Option(help: "The monitor's address; none: that of the configuration.")
    var url: String?

    @Option(help: "A file with the monitor's token; none: with --url none is sent, else that of the configuration.")
    var tokenFile: String?

    @Option(help: "A file with the certificates to trust, in place of the system's; with --url.")
    var ca: String?

    @Flag(help: "Do not verify the monitor's certificate.")
    var insecure = false

    /// The monitor's place in messages: its address, and the key that says it.
    func place(_ client: HTTPClient) -> String { "\(client.url)" + (url == nil ? " (monitor.listen)" : "") }

    /// - Throws: exit code 78 for a configuration that cannot be used, a usage error for the rest.
    func client() throws -> HTTPClient {
        let token = try tokenFile.map(Self.token)
        do {
            if let url {
                return try Self.client(url, try TLSClientContext(caFile: ca, verifyPeer: !insecure), token: token)
            }
            return try Self.client(of: files, token: token)
        } catch let error as TLSError {
            throw ValidationError("\(error)")
        }
    }

    /// Of the monitor of this machine's bridge, with the token of its configuration unless another is given.
    static func client(of files: ConfigurationOptions, token: String? = nil) throws -> HTTPClient {
        do {
            let monitor = try files.loadService().monitor
            var listen = monitor.listen
            // "All addresses" is not one to connect to.
            if ["0.0.0.0", "::"].contains(listen.host) { listen.host = listen.host == "::" ? "::1" : "127.0.0.1" }
            // Its own machine's monitor is known by its address; the certificate names another one.
            let scheme = monitor.certificateFile == nil ? "http" : "https"
            return try client(
                "\(scheme)://\(listen)", try TLSClientContext(verifyPeer: false), token: token ?? monitor.token)
        } catch let error as TLSError {
            throw ValidationError("\(error)")
        }
    }

    private static func client(
        _ url: String, _ context: TLSClientContext, token: String?
    ) throws(ValidationError) -> HTTPClient {
        guard let address = HTTPURL(url), !address.hasQuery else {
            throw ValidationError("\(url) is not an http:// or https:// address with a host")
        }
        var fields = [(name: "Accept", value: "application/json")]
        if let token { fields.append(("Authorization", "Bearer " + token)) }
        // A thousand carriers of ten binds are less.
        return HTTPClient(
            address, context: context, fields: fields, bodyLimit: 64 << 20,
            group: MultiThreadedEventLoopGroup.singleton)
    }

    private static func token(in file: String) throws -> String {
        let token = try SecretFile.read(option: file).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError("\(file) holds no token")
        }
        return token
    }
}

/// The monitor answered, but not with what was asked for.
struct MonitorRefusal: Error, CustomStringConvertible {
    let description: String
}

/// What the commands ask a monitor for.
enum MonitorReading {
    /// `/binds` as it came.
    static func text(_ client: HTTPClient) async throws -> String {
        let answer = try await client.get("/binds")
        guard answer.status == 200 else { throw refusal(answer) }
        return String(buffer: answer.body)
    }

    static func document(_ client: HTTPClient) async throws -> BindsDocument {
        try BindsDocument(json: Data(try await text(client).utf8))
    }

    /// What became of an action, in words.
    static func perform(_ action: OperatorAction, _ client: HTTPClient) async throws -> String {
        let answer = try await client.post(action.path)
        switch answer.status {
        case 200: return "\(action.kind.rawValue) is done"
        case 202: return "\(action.kind.rawValue) is under way: open messages are waited for"
        case 404:
            // It names those that there are.
            let told = try? JSONDecoder().decode(Told.self, from: Data(answer.body.readableBytesView))
            throw MonitorRefusal(description: told?.message ?? "there is no such carrier or bind")
        default: throw refusal(answer)
        }
    }

    private struct Told: Decodable {
        var message: String
    }

    private static func refusal(_ answer: HTTPClient.Answer) -> MonitorRefusal {
        let line = String(buffer: answer.body).split(separator: "\n").first.map(String.init) ?? ""
        return MonitorRefusal(description: "the monitor answers \(answer.status): \(line)")
    }
}
