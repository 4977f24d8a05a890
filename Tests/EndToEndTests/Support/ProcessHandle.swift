import Foundation

/// A failure of a test's own machinery or of a program that it runs.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What a program has written and whether it has ended.
struct ProcessOutput: Sendable {
    var out: [UInt8] = []
    var err: [UInt8] = []
    var openPipes = 2
    /// The exit code; 128 + N when signal N ended it; nil while it runs.
    var exitCode: Int32?

    var hasEnded: Bool { exitCode != nil && openPipes == 0 }
    var standardOutput: String { String(decoding: out, as: UTF8.self) }
    var standardError: String { String(decoding: err, as: UTF8.self) }
    /// Both streams, one after the other.
    var everything: String { standardOutput + standardError }
}

/// A started program. Its output is kept and can be waited for.
final class ProcessHandle: Sendable {
    let name: String
    private let output = Watched(ProcessOutput())
    private let process: Process

    /// Starts `program` (a path, or a name to be found on PATH).
    init(
        _ program: String, _ arguments: [String], input: String? = nil, folder: String? = nil,
        environment: [String: String] = [:]
    ) throws {
        name = ([program] + arguments.prefix(1)).joined(separator: " ")
        process = Process()
        process.executableURL = URL(filePath: program.contains("/") ? program : "/usr/bin/env")
        process.arguments = program.contains("/") ? arguments : [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        if let folder {
            process.currentDirectoryURL = URL(filePath: folder)
        }
        let inputPipe = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : inputPipe
        process.standardOutput = Self.pipe(into: output) { $0.out.append(contentsOf: $1) }
        process.standardError = Self.pipe(into: output) { $0.err.append(contentsOf: $1) }
        process.terminationHandler = { [output] process in
            let signalled = process.terminationReason == .uncaughtSignal
            output.update { $0.exitCode = process.terminationStatus + (signalled ? 128 : 0) }
        }
        do {
            try Self.withoutBlockedSignals { try process.run() }
        } catch {
            throw HarnessError("cannot start \(program): \(error)")
        }
        if let input {
            // A program that ends without reading all of it is no error here.
            try? inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? inputPipe.fileHandleForWriting.close()
        }
    }

    /// Dispatch blocks signals on its threads; a program started there would inherit that and never see SIGTERM.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func pipe(
        into output: Watched<ProcessOutput>, _ keep: @escaping @Sendable (inout ProcessOutput, Data) -> Void
    ) -> Pipe {
        let pipe = Pipe()
        // A thread that reads until the end: `readabilityHandler` may crash Dispatch when its descriptor is closed.
        let reading = pipe.fileHandleForReading
        Thread.detachNewThread {
            while case let data = reading.availableData, !data.isEmpty {
                output.update { keep(&$0, data) }
            }
            output.update { $0.openPipes -= 1 }
        }
        return pipe
    }

    /// The process id.
    var id: Int32 { process.processIdentifier }

    /// What has been written until now.
    var current: ProcessOutput { output.value }

    /// Waits until either stream contains `text`.
    func waitForOutput(containing text: String, atMost limit: Duration = .seconds(20)) async throws {
        let seen = await output.wait(atMost: limit) { $0.hasEnded || $0.everything.contains(text) }
        guard let seen, seen.everything.contains(text) else {
            throw HarnessError("\(name) did not write “\(text)” within \(limit): \(current.everything)")
        }
    }

    /// Waits for the end and gives everything that was written.
    func waitForExit(atMost limit: Duration = .seconds(30)) async throws -> ProcessOutput {
        guard let ended = await output.wait(atMost: limit, until: \.hasEnded) else {
            kill()
            throw HarnessError("\(name) had not ended after \(limit): \(current.everything)")
        }
        return ended
    }

    /// Asks it to stop (SIGTERM) and waits for the end.
    @discardableResult
    func stop(atMost limit: Duration = .seconds(20)) async throws -> ProcessOutput {
        terminate()
        return try await waitForExit(atMost: limit)
    }

    /// SIGTERM.
    func terminate() {
        if process.isRunning {
            process.terminate()
        }
    }

    /// SIGKILL: the end without a farewell, as of a crash.
    func kill() {
        if process.isRunning {
            Foundation.kill(process.processIdentifier, SIGKILL)
        }
    }
}

/// Runs a program to its end.
func run(
    _ program: String, _ arguments: [String], input: String? = nil, folder: String? = nil,
    environment: [String: String] = [:], atMost limit: Duration = .seconds(30)
) async throws -> ProcessOutput {
    try await ProcessHandle(program, arguments, input: input, folder: folder, environment: environment)
        .waitForExit(atMost: limit)
}
