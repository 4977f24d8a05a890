import Foundation
import TestPrograms

/// Clients that post at a rate, whatever becomes of the posts before (`Peers/open_posters.py`).
struct OpenPosters: Sendable {
    /// One post and its reply.
    struct Post: Decodable {
        /// Since the first, in seconds.
        var due: Double
        /// From when it was due to its reply, in seconds.
        var time: Double
        /// Status and `X-Outcome`.
        var outcome: String
        var retryAfter: String?

        var isAccepted: Bool { outcome == "200 accepted" }
        /// Nothing of it was sent, and it may be tried again.
        var isRefused: Bool { outcome == "503 not-sent" }
        var isUnknown: Bool { outcome.hasPrefix("504 ") }
    }

    /// The longest text of one, and one of three parts.
    static let shortText = 160
    static let threeParts = 400

    private let process: ProcessHandle

    static func start(
        _ bridge: Bridge, rate: Int, seconds: Double, length: Int = shortText
    ) async throws -> OpenPosters {
        let certificate = try await TestCertificate.shared()
        return OpenPosters(
            process: try ProcessHandle(
                "python3",
                [
                    Repository.testFile("Peers/open_posters.py"), "\(bridge.port)", certificate.certificate,
                    TestAccount.login, TestAccount.password, "\(rate)", "\(seconds)", "\(length)",
                ]))
    }

    /// Waits for the last reply.
    func posts(atMost limit: Duration = .seconds(120)) async throws -> [Post] {
        let output = try await process.waitForExit(atMost: limit)
        guard output.exitCode == 0 else { throw HarnessError("open_posters.py: \(output.everything)") }
        return try JSONDecoder().decode([Post].self, from: Data(output.standardOutput.utf8))
    }
}

extension [OpenPosters.Post] {
    /// The time, in seconds, that so large a share of them had at most; 0 where there are none.
    func time(atMost share: Double) -> Double {
        let times = map(\.time).sorted()
        return times.isEmpty ? 0 : times[Swift.min(times.count - 1, Int(Double(times.count) * share))]
    }
}
