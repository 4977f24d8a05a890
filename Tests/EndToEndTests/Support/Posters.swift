import Foundation
import TestPrograms

/// Clients that post without end, in a process of their own (`Peers/posters.py`).
struct Posters: Sendable {
    /// What they saw. Times in milliseconds, of 200s alone.
    struct Report: Decodable {
        var outcomes: [String: Int]
        var p50: Double?
        var p99: Double?

        var accepted: Int { outcomes["200 accepted", default: 0] }
    }

    private let process: ProcessHandle

    static func start(
        _ bridge: Bridge, login: String = TestAccount.login, clients: Int, pause: Int = 0, seconds: Double
    ) async throws -> Posters {
        let certificate = try await TestCertificate.shared()
        return Posters(
            process: try ProcessHandle(
                "python3",
                [
                    Repository.testFile("Peers/posters.py"), "\(bridge.port)", certificate.certificate, login,
                    TestAccount.password, "\(clients)", "\(pause)", "\(seconds)",
                ]))
    }

    /// Waits for their end.
    func report(atMost limit: Duration = .seconds(60)) async throws -> Report {
        let output = try await process.waitForExit(atMost: limit)
        guard output.exitCode == 0 else { throw HarnessError("posters.py: \(output.everything)") }
        return try JSONDecoder().decode(Report.self, from: Data(output.standardOutput.utf8))
    }
}
