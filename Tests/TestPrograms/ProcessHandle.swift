import Foundation
import Synchronization

/// A failure of a test's own machinery or of a program that it runs.
package struct HarnessError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What a program has written and whether it has ended.
package struct ProcessOutput: Sendable {
    package var out: [UInt8] = []
    package var err: [UInt8] = []
    var openPipes = 2
    /// The exit code; 128 + N when signal N ended it; nil while it runs.
    package var exitCode: Int32?

    package var hasEnded: Bool { exitCode != nil && openPipes == 0 }
    package var standardOutput: String { String(decoding: out, as: UTF8.self) }
    package var standardError: String { String(decoding: err, as: UTF8.self) }
    /// Both streams, one after the other.
    package var everything: String { standardOutput + standardError }
}

/// A started program. Its output is kept and can be waited for.
package final class ProcessHandle: Sendable {
    package let name: String
    /// The process id.
    package let id: Int32
    private let output = Watched(ProcessOutput())
    private let input: Watched<FileHandle?>

    /// Starts `program` (a path, or a name to be found on PATH).
    ///
    /// - Parameters:
    ///   - input: what it reads; nil = nothing.
    ///   - keepsInput: its input stays open after that, for `write`.
    package init(
        _ program: String, _ arguments: [String], input: String? = nil, keepsInput: Bool = false,
        folder: String? = nil, environment: [String: String] = [:]
    ) throws {
        name = ([program] + arguments.prefix(1)).joined(separator: " ")
        let environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let (id, feed, out, err) = try spawnLock.withLock { _ in
            let (feed, out, err) = (try ProgramPipe(), try ProgramPipe(), try ProgramPipe())
            // Before anything is written: a program that has gone is to be noticed.
            defer { for end in [feed.reading, out.writing, err.writing] { close(end) } }
            let id = try Spawning.start(
                program, arguments, environment: environment, folder: folder,
                streams: .init(input: feed.reading, output: out.writing, error: err.writing))
            return (id, feed.writing, out.reading, err.reading)
        }
        self.id = id
        let output = output
        Self.read(out, into: output) { $0.out.append(contentsOf: $1) }
        Self.read(err, into: output) { $0.err.append(contentsOf: $1) }
        Thread.detachNewThread {
            Spawning.awaitEnd(of: id)
            output.update { $0.exitCode = Spawning.exitCode(of: id) }
        }
        self.input = Watched(FileHandle(fileDescriptor: feed, closeOnDealloc: true))
        if let input { write(input) }
        if !keepsInput { closeInput() }
    }

    /// Gives it something to read. A program that ends without reading all of it is no error here.
    package func write(_ text: String) {
        try? input.value?.write(contentsOf: Data(text.utf8))
    }

    /// The end of what it reads.
    package func closeInput() {
        input.update { handle in
            try? handle?.close()
            handle = nil
        }
    }

    private static func read(
        _ descriptor: Int32, into output: Watched<ProcessOutput>,
        _ keep: @escaping @Sendable (inout ProcessOutput, Data) -> Void
    ) {
        let reading = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // A thread that reads until the end: `readabilityHandler` may crash Dispatch when its descriptor is closed.
        Thread.detachNewThread {
            while case let data = reading.availableData, !data.isEmpty {
                output.update { keep(&$0, data) }
            }
            output.update { $0.openPipes -= 1 }
        }
    }

    /// What has been written until now.
    package var current: ProcessOutput { output.value }

    /// Waits until either stream contains `text`.
    package func waitForOutput(containing text: String, atMost limit: Duration = .seconds(20)) async throws {
        let seen = await output.wait(atMost: limit) { $0.hasEnded || $0.everything.contains(text) }
        guard let seen, seen.everything.contains(text) else {
            throw HarnessError("\(name) did not write “\(text)” within \(limit): \(current.everything)")
        }
    }

    /// Waits for the end and gives everything that was written.
    package func waitForExit(atMost limit: Duration = .seconds(30)) async throws -> ProcessOutput {
        guard let ended = await output.wait(atMost: limit, until: \.hasEnded) else {
            kill()
            throw HarnessError("\(name) had not ended after \(limit): \(current.everything)")
        }
        return ended
    }

    /// Asks it to stop (SIGTERM) and waits for the end.
    @discardableResult
    package func stop(atMost limit: Duration = .seconds(20)) async throws -> ProcessOutput {
        terminate()
        return try await waitForExit(atMost: limit)
    }

    /// SIGTERM.
    package func terminate() {
        signal(SIGTERM)
    }

    /// SIGKILL: the end without a farewell, as of a crash.
    package func kill() {
        signal(SIGKILL)
    }

    /// Sends a signal to it while it runs: after its end the process id may be another program's.
    package func signal(_ number: Int32) {
        output.update { if $0.exitCode == nil { Foundation.kill(id, number) } }
    }
}

/// Runs a program to its end.
package func run(
    _ program: String, _ arguments: [String], input: String? = nil, folder: String? = nil,
    environment: [String: String] = [:], atMost limit: Duration = .seconds(30)
) async throws -> ProcessOutput {
    try await ProcessHandle(program, arguments, input: input, folder: folder, environment: environment)
        .waitForExit(atMost: limit)
}

/// Runs a program (found on PATH) to its end, blocking and unheard: whether there is one and it ended with 0.
package func runSucceeds(_ program: String, _ arguments: [String]) -> Bool {
    let nowhere = open("/dev/null", O_RDWR)
    defer { close(nowhere) }
    let id = spawnLock.withLock { _ in
        try? Spawning.start(
            program, arguments, environment: ProcessInfo.processInfo.environment, folder: nil,
            streams: .init(input: nowhere, output: nowhere, error: nowhere))
    }
    return id.map { Spawning.exitCode(of: $0) } == 0
}
