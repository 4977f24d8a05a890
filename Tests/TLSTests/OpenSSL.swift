import Foundation
import Testing

/// The `openssl` program: a TLS end that is not ours.
enum OpenSSL {
    /// Runs it to its end, or for 20 s, and gives what it printed.
    @discardableResult
    static func run(_ arguments: [String], input: String = "") async throws -> String {
        let running = try RunningOpenSSL(arguments)
        running.write(input)
        return await running.output()
    }

    /// A client that connects, sends `input` and stays until the server closes.
    static func client(port: Int, _ arguments: [String], input: String = "hello\n") async throws -> String {
        try await run(["s_client", "-connect", "127.0.0.1:\(port)"] + arguments, input: input)
    }
}

/// A process of `openssl` under way.
final class RunningOpenSSL: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let printed = Pipe()
    private let ended: AsyncStream<Void>

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = printed
        process.standardError = printed
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let process = self.process
        DispatchQueue.global().asyncAfter(deadline: .now() + 20) { [weak process] in
            if let process, process.isRunning { process.terminate() }
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    func write(_ text: String) {
        input.fileHandleForWriting.write(Data(text.utf8))
    }

    /// Waits for its end; its input stays open until then.
    func output() async -> String {
        for await _ in ended {}
        try? input.fileHandleForWriting.close()
        let data = printed.fileHandleForReading.readDataToEndOfFile()
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads until the text is printed, and gives all that was.
    func wait(for text: String) -> String {
        var read = ""
        while !read.contains(text) {
            let data = printed.fileHandleForReading.availableData
            if data.isEmpty { break }
            read += String(decoding: data, as: UTF8.self)
        }
        return read
    }

    func terminate() {
        process.terminate()
    }
}
