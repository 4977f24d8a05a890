import Foundation
import TestPrograms

/// A headless Chromium that does what it is told (`Peers/browser.py`).
struct Browser: Sendable {
    static let isThere =
        Repository.peersAreRequired || FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")

    private let process: ProcessHandle

    /// Begins with these steps; see the script.
    static func start(_ steps: [String]) throws -> Browser {
        Browser(
            process: try ProcessHandle(
                "python3", [Repository.testFile("Peers/browser.py")] + steps, keepsInput: true))
    }

    /// Waits until it has come to `say=WORD`.
    func hears(_ word: String) async throws {
        try await process.waitForOutput(containing: word + "\n", atMost: .seconds(60))
    }

    /// Lets it go on from `hear=`.
    func goOn() {
        process.write("\n")
    }

    /// Waits for its end; what its steps printed. Fails where a step did, or the page had an error.
    func lines() async throws -> [String] {
        let ended = try await process.waitForExit(atMost: .seconds(60))
        guard ended.exitCode == 0 else { throw HarnessError("the browser: \(ended.everything)") }
        return ended.standardOutput.split(separator: "\n").map(String.init)
    }
}
