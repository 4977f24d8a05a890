import Foundation
import TestPrograms

/// A running `smppost serve` with a configuration of its own.
struct Bridge: Sendable {
    let folder: TemporaryFolder
    let process: ProcessHandle
    let port: Int
    let monitorPort: Int

    var url: String { "https://127.0.0.1:\(port)/sms" }

    /// - Parameters:
    ///   - launcher: the command that starts it, whose last arguments are the program and its own.
    ///   - prepare: what else its folder has.
    static func start(
        _ setup: BridgeSetup, under launcher: [String] = [], _ prepare: (TemporaryFolder) throws -> Void = { _ in }
    ) async throws -> Bridge {
        let folder = try TemporaryFolder()
        let port = try Ports.free()
        let monitorPort = try Ports.free()
        try await setup.write(to: folder, port: port, monitorPort: monitorPort)
        try prepare(folder)
        let command =
            launcher + [
                Repository.smppost, "serve", "--config", folder.file("config"), "--carriers", folder.file("carriers"),
            ]
        let process = try ProcessHandle(command[0], Array(command.dropFirst()))
        let bridge = Bridge(folder: folder, process: process, port: port, monitorPort: monitorPort)
        do {
            try await process.waitForOutput(containing: "smppost is ready")
        } catch {
            bridge.discard()
            throw error
        }
        return bridge
    }

    /// A POST of `form`.
    func request(_ form: Form, headers: [String] = []) async throws -> CurlRequest {
        request(body: form.encoded, headers: headers, certificate: try await TestCertificate.shared())
    }

    private func request(body: String, headers: [String], certificate: TestCertificate) -> CurlRequest {
        CurlRequest(
            url: url, body: body, headers: headers, options: ["cacert = \"\(certificate.certificate)\""])
    }

    /// Posts the form and gives the reply.
    func post(_ form: Form, headers: [String] = []) async throws -> Reply {
        try await Curl.run(try await request(form, headers: headers))
    }

    /// Posts the forms one after the other over one connection.
    func post(_ forms: [Form], headers: [String] = []) async throws -> [Reply] {
        let certificate = try await TestCertificate.shared()
        return try await Curl.run(
            forms.map { request(body: $0.encoded, headers: headers, certificate: certificate) })
    }

    /// GET of a path of the monitor.
    func monitor(_ path: String) async throws -> Reply {
        try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(monitorPort)\(path)"))
    }

    /// The binds of every carrier, by the monitor.
    func carriers() async throws -> [CarrierPage] {
        try JSONDecoder().decode(CarriersPage.self, from: Data(try await monitor("/binds").body.utf8)).carriers
    }

    /// Waits until `/readyz` says yes: at least one bind of each required carrier is up.
    func awaitReady(atMost limit: Duration = .seconds(20)) async throws {
        try await eventually("ready", atMost: limit) { try await monitor("/readyz").status == 200 }
    }

    /// The same bridge as a new process.
    func startAgain() async throws -> Bridge {
        let process = try ProcessHandle(
            Repository.smppost,
            ["serve", "--config", folder.file("config"), "--carriers", folder.file("carriers")])
        try await process.waitForOutput(containing: "smppost is ready")
        return Bridge(folder: folder, process: process, port: port, monitorPort: monitorPort)
    }

    func stop() async throws -> ProcessOutput {
        try await process.stop()
    }

    /// Leaves nothing of it behind, whatever became of the test.
    func discard() {
        process.kill()
        folder.remove()
    }
}

/// `GET /binds`.
struct CarriersPage: Decodable {
    var carriers: [CarrierPage]
}

struct CarrierPage: Decodable {
    var name: String
    var ready: Bool
    var receipts: ReceiptsPage
    var binds: [BindPage]
}

struct ReceiptsPage: Decodable {
    var matched: Int
    var unmatched: Int
    var duplicates: Int
    var early: Int
    var ids: String
    var states: [String: Int]
}

struct BindPage: Decodable {
    var kind: String
    var state: String
    var waiting: Int
    var lastError: String?
    var lastErrorCode: String?

    enum CodingKeys: String, CodingKey {
        case kind, state, waiting
        case lastError = "last_error"
        case lastErrorCode = "last_error_code"
    }
}

/// Runs `body` against a bridge that is ready (or, with `awaitingReady` false, only listens), stops the bridge with
/// SIGTERM and requires that it ends with 0.
@discardableResult
func withBridge<Result>(
    _ setup: BridgeSetup, awaitingReady: Bool = true, _ body: (Bridge) async throws -> Result
) async throws -> Result {
    let bridge = try await Bridge.start(setup)
    defer { bridge.discard() }
    do {
        if awaitingReady {
            try await bridge.awaitReady()
        }
        let result = try await body(bridge)
        let ended = try await bridge.stop()
        guard ended.exitCode == 0 else {
            throw HarnessError("serve ended with \(ended.exitCode ?? -1): \(ended.everything)")
        }
        return result
    } catch {
        throw HarnessError("\(error)\nserve wrote:\n\(bridge.process.current.everything.suffix(6_000))")
    }
}
