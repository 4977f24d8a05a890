import Foundation
import TestPrograms

/// An HTTPS receiver of postings in a process of its own (`Peers/post_listener.py`).
struct PostListener: Sendable {
    /// One POST.
    struct Post: Decodable {
        var path: String
        var event: String
        var posting: String
        var type: String
        /// Whether its signature is.
        var right: Bool
        var fields: [String: String]
    }

    static let secret = "a secret of the tests, long enough"

    let port: Int
    private let folder: TemporaryFolder
    private let process: ProcessHandle

    /// - Parameters:
    ///   - status: what it answers.
    ///   - octets: how long its answer's body is.
    static func start(
        port: Int, in folder: TemporaryFolder, status: Int = 204, octets: Int = 0
    ) async throws -> PostListener {
        let certificate = try await TestCertificate.shared()
        let process = try ProcessHandle(
            "python3",
            [
                Repository.testFile("Peers/post_listener.py"), "\(port)", folder.file("posts"), secret,
                certificate.certificate, certificate.key, "\(status)", "\(octets)",
            ])
        try await process.waitForOutput(containing: "listening")
        return PostListener(port: port, folder: folder, process: process)
    }

    /// `key:` of a configuration that posts to one on this port.
    static func lines(_ key: String, port: Int) async throws -> String {
        let certificate = try await TestCertificate.shared()
        return "\(key): { url: \"https://127.0.0.1:\(port)/\(key)/\", secret: \"\(secret)\", "
            + "ca: \"\(certificate.certificate)\" }"
    }

    /// What came so far, in all lives of the folder's listeners.
    static func posts(in folder: TemporaryFolder) throws -> [Post] {
        let text = (try? String(contentsOfFile: folder.file("posts"), encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Post.self, from: Data($0.utf8)) }
    }

    func kill() { process.kill() }
}
