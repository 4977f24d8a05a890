import Foundation
import TestPrograms

/// A running `smppost simulate`.
struct Simulator: Sendable {
    let process: ProcessHandle
    let port: Int
    let statusPort: Int

    static let systemID = "acme"
    static let password = "smppass"

    /// Starts it on `port`, or on a free one.
    static func start(port: Int? = nil, _ arguments: [String] = []) async throws -> Simulator {
        let port = try port ?? Ports.free()
        let statusPort = try Ports.free()
        let process = try ProcessHandle(
            Repository.smppost,
            [
                "simulate", "--listen", "127.0.0.1:\(port)", "--status", "127.0.0.1:\(statusPort)",
                "--system-id", systemID, "--password", password,
            ] + arguments)
        do {
            try await process.waitForOutput(containing: "simulator listening on")
        } catch {
            process.kill()
            throw error
        }
        return Simulator(process: process, port: port, statusPort: statusPort)
    }

    /// Each submit_sm that it has received, oldest first.
    func messages() async throws -> [ReceivedMessage] {
        try await decode([ReceivedMessage].self, "/messages")
    }

    /// What it has counted.
    func counters() async throws -> Counters {
        try await decode(Counters.self, "/counters")
    }

    /// POST of a form to a path of the status page.
    @discardableResult
    func post(_ path: String, _ form: String = "") async throws -> Reply {
        let reply = try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(statusPort)\(path)", body: form))
        guard reply.status < 300 else { throw HarnessError("POST \(path): \(reply.status) \(reply.body)") }
        return reply
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(try await page(path).utf8))
    }

    func page(_ path: String) async throws -> String {
        try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(statusPort)\(path)")).body
    }
}

/// Runs `body` against a simulator and stops it.
@discardableResult
func withSimulator<Result>(
    _ arguments: [String] = [], _ body: (Simulator) async throws -> Result
) async throws -> Result {
    let simulator = try await Simulator.start(arguments)
    do {
        let result = try await body(simulator)
        let ended = try await simulator.process.stop()
        guard ended.exitCode == 0 else {
            throw HarnessError("simulate ended with \(ended.exitCode ?? -1): \(ended.everything)")
        }
        return result
    } catch {
        simulator.process.kill()
        throw error
    }
}

/// Runs `body` against a bridge and a simulator, which is every carrier that has no port of its own.
@discardableResult
func withBridgeAndSimulator<Result>(
    _ setup: BridgeSetup = BridgeSetup(), simulator arguments: [String] = [],
    _ body: (Bridge, Simulator) async throws -> Result
) async throws -> Result {
    try await withSimulator(arguments) { simulator in
        var setup = setup
        for index in setup.carriers.indices where setup.carriers[index].port == 0 {
            setup.carriers[index].port = simulator.port
        }
        return try await withBridge(setup) { try await body($0, simulator) }
    }
}

/// One of `GET /messages`: a submit_sm as it came.
struct ReceivedMessage: Decodable {
    var source: String
    var destination: String
    var esmClass: UInt8
    var dataCoding: UInt8
    /// `short_message`, or `message_payload` in its place, in hexadecimal.
    var octets: String

    /// The text, by the tests' own tables.
    var text: String { ReceivedText(hex: octets, esmClass: esmClass, dataCoding: dataCoding).text }
}

/// `GET /counters`.
struct Counters: Decodable {
    var binds: Int
    var openBinds: Int
    var refusedBinds: Int
    var submits: Int
    var accepted: Int
    var unanswered: Int
    var throttled: Int
    /// By `command_status`.
    var statuses: [String: Int]
    var maxInOneSecond: Int
    /// What was accepted of all that `--rate` allowed.
    var busyShare: Double?
    var enquireLinks: Int
    var unbinds: Int
    var inboundAcknowledged: Int
}
