import TestPrograms

/// The `openssl` program: a TLS end that is not ours.
enum OpenSSL {
    /// Starts it; its input stays open.
    static func start(_ arguments: [String], input: String = "") throws -> ProcessHandle {
        try ProcessHandle("/usr/bin/openssl", arguments, input: input, keepsInput: true)
    }

    /// Runs it to its end and gives what it printed.
    @discardableResult
    static func run(_ arguments: [String], input: String = "") async throws -> String {
        try await start(arguments, input: input).waitForExit(atMost: .seconds(20)).everything
    }

    /// A client that connects, sends `input` and stays until the server closes.
    static func client(port: Int, _ arguments: [String], input: String = "hello\n") async throws -> String {
        try await run(["s_client", "-connect", "127.0.0.1:\(port)"] + arguments, input: input)
    }
}
