import NIOCore
import NIOPosix
import TestPrograms
import Testing

@testable import TLS

/// Against OpenSSL's own client and server.
@Suite struct OutsideJudgeTests {
    let files: TestFiles
    let server: TLSServerContext
    let trust: [String]

    init() throws {
        files = try TestFiles()
        server = try files.server()
        trust = ["-CAfile", files.path("server.crt"), "-verify_return_error"]
    }

    private func ask(_ arguments: [String], input: String = "hello\n") async throws -> String {
        let listening = try await SocketServer.once(server)
        let printed = try await OpenSSL.client(port: listening.port, trust + arguments, input: input)
        try await listening.close()
        return printed
    }

    @Test(arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
    func versions(option: String, version: String) async throws {
        let printed = try await ask([option])
        #expect(printed.contains("New, \(version)"))
        #expect(printed.contains("HELLO"))
        #expect(printed.contains("Verify return code: 0 (ok)"))
        #expect(printed.contains("\nclosed\n"))
        #expect(printed.contains("Compression: NONE"))
    }

    @Test(arguments: [
        ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1", "-cipher", "ALL:@SECLEVEL=0"],
        ["-tls1_2", "-cipher", "AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"],
        ["-tls1_3", "-groups", "P-521"],
    ])
    func refused(arguments: [String]) async throws {
        let printed = try await ask(arguments)
        #expect(!printed.contains("HELLO"))
        #expect(printed.contains("alert"))
    }

    /// Under TLS 1.2 the groups also limit the certificate's curve, which is P-256.
    @Test(arguments: ["X25519:P-256", "P-256", "P-384:P-256"]) func groups(groups: String) async throws {
        #expect(try await ask(["-tls1_3", "-groups", groups]).contains("HELLO"))
        #expect(try await ask(["-tls1_2", "-groups", groups]).contains("HELLO"))
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func alpn(version: String) async throws {
        let agreed = try await ask([version, "-alpn", "h2,http/1.1"])
        #expect(agreed.contains("ALPN protocol: http/1.1") && agreed.contains("HELLO"))
        let refused = try await ask([version, "-alpn", "h2,http/1.0"])
        #expect(refused.contains("no application protocol") && !refused.contains("HELLO"))
        let none = try await ask([version])
        #expect(none.contains("No ALPN negotiated") && none.contains("HELLO"))
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func resumption(version: String) async throws {
        let session = files.path("session")
        #expect(try await ask([version, "-sess_out", session]).contains("\nNew, "))
        #expect(try await ask([version, "-sess_in", session, "-sess_out", session]).contains("\nReused, "))
        server.ticketKeys.rotate()
        #expect(try await ask([version, "-sess_in", session]).contains("\nReused, "))
        server.ticketKeys.rotate()
        server.ticketKeys.rotate()
        let late = try await ask([version, "-sess_in", session])
        #expect(late.contains("\nNew, ") && late.contains("HELLO"))
    }

    @Test func renegotiationIsRefused() async throws {
        let printed = try await ask(["-tls1_2"], input: "R\n")
        #expect(printed.contains("RENEGOTIATING"))
        #expect(printed.contains("no renegotiation"))
    }

    @Test func keyUpdate() async throws {
        let listening = try await SocketServer.once(server)
        let theirs = try OpenSSL.start(
            ["s_client", "-connect", "127.0.0.1:\(listening.port)", "-tls1_3"] + trust)
        theirs.write("K\n")
        try await theirs.waitForOutput(containing: "KEYUPDATE")
        theirs.write("hello\n")
        #expect(try await theirs.waitForExit().everything.contains("HELLO"))
        try await listening.close()
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func ourClientAgainstTheirServer(version: String) async throws {
        let theirs = try OpenSSL.start([
            "s_server", "-accept", "127.0.0.1:0", "-cert", files.path("server.crt"), "-key", files.path("server.key"),
            version, "-rev",
        ])
        defer { theirs.terminate() }
        let port = try #require(try await Self.port(in: theirs))
        let client = try TLSClientContext(caFile: files.path("server.crt"))
        for round in 0..<3 {
            let result = try await SocketClient.exchange(
                client, port: port, send: ByteBuffer(string: "stressed\n"), expecting: 9)
            #expect(String(buffer: result.received) == "desserts\n")
            #expect(result.error == nil)
            #expect(result.agreement?.version == (version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"))
            #expect(result.agreement?.resumed == (round > 0))
        }
    }

    @Test func ourClientShowsItsCertificate() async throws {
        let own = try files.pair("client")
        let theirs = try OpenSSL.start([
            "s_server", "-accept", "127.0.0.1:0", "-cert", files.path("server.crt"), "-key", files.path("server.key"),
            "-Verify", "1", "-verify_return_error", "-CAfile", own.certificate, "-rev",
        ])
        defer { theirs.terminate() }
        let port = try #require(try await Self.port(in: theirs))
        let client = try TLSClientContext(
            caFile: files.path("server.crt"), certificateFile: own.certificate, keyFile: own.key)
        let result = try await SocketClient.exchange(
            client, port: port, send: ByteBuffer(string: "live\n"), expecting: 5)
        #expect(String(buffer: result.received) == "evil\n")
        let bare = try TLSClientContext(caFile: files.path("server.crt"))
        let refused = try await SocketClient.exchange(
            bare, port: port, send: ByteBuffer(string: "live\n"), expecting: 5)
        #expect((refused.error as? TLSError)?.reason.contains("alert") == true)
    }

    private static func port(in server: ProcessHandle) async throws -> Int? {
        try await server.waitForOutput(containing: "ACCEPT 127.0.0.1:")
        let printed = server.current.everything
        return printed.split(separator: "ACCEPT 127.0.0.1:").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }
}
