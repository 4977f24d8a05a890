import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

@Suite struct HandshakeTests {
    let files: TestFiles
    let server: TLSServerContext
    let client: TLSClientContext

    init() throws {
        files = try TestFiles()
        server = try files.server()
        client = try TLSClientContext(caFile: files.path("server.crt"))
    }

    @Test func bothEndsAgree() throws {
        let pair = try EmbeddedPair(server, client).handshake()
        defer { pair.finish() }
        let agreement = try #require(pair.atServer.agreement)
        #expect(agreement.version == "TLSv1.3")
        #expect(agreement.cipher == "TLS_AES_128_GCM_SHA256")
        #expect(agreement.alpn == nil)
        #expect(!agreement.resumed)
        #expect(agreement.peerCertificateExpiry == nil, "the client shows none")
        var clients = try #require(pair.atClient.agreement)
        let file = files.path("server.crt")
        #expect(clients.peerCertificateExpiry == (try CertificateFile.expiry(of: file)))
        let names = try #require(clients.peerNames)
        #expect(names.subject.hasPrefix("CN=") && names.issuer.hasPrefix("CN="))
        (clients.peerCertificateExpiry, clients.peerNames) = (nil, nil)
        #expect(clients == agreement)
        #expect(pair.atClient.errors.isEmpty && pair.atServer.errors.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 7, 1000]) func piecesOfAnySize(size: Int) throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        try pair.connect()
        try pair.pump(pieces: size)
        pair.client.writeAndFlush(ByteBuffer(string: "there"), promise: nil)
        pair.server.writeAndFlush(ByteBuffer(string: "and back"), promise: nil)
        try pair.pump(pieces: size)
        #expect(pair.atServer.text == "there")
        #expect(pair.atClient.text == "and back")
    }

    @Test func writesBeforeTheHandshakeWaitForIt() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        let promise = pair.client.eventLoop.makePromise(of: Void.self)
        pair.client.write(ByteBuffer(string: "early "), promise: promise)
        try pair.connect()
        pair.client.writeAndFlush(ByteBuffer(string: "bird"), promise: nil)
        try pair.pump()
        #expect(pair.atServer.text == "early bird")
        #expect(pair.atServer.story == ["handshake", "read"])
        try promise.futureResult.wait()
    }

    @Test func writesBeforeTheHandshakeAreBounded() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        try pair.connect()
        let written = pair.client.write(ByteBuffer(repeating: 0, count: TLSHandler.earlyLimit))
        let refused = pair.client.write(ByteBuffer(string: "x"))
        #expect(throws: TLSError.self) { try refused.wait() }
        #expect(throws: TLSError.self) { try written.wait() }
        #expect(pair.atClient.tlsError?.kind == .tooMuchBeforeHandshake)
    }

    @Test func deadline() throws {
        let pair = try EmbeddedPair(server, client, timeout: .seconds(5))
        defer { pair.finish() }
        try pair.connect()
        pair.server.embeddedEventLoop.advanceTime(by: .milliseconds(4_999))
        #expect(pair.atServer.errors.isEmpty)
        pair.server.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(pair.atServer.tlsError?.kind == .timeout)
        #expect(pair.atServer.tlsError?.description == "handshake: not done within 5000 ms")
        #expect(!pair.server.isActive)
    }

    @Test func noDeadlineAfterTheHandshake() throws {
        let pair = try EmbeddedPair(server, client, timeout: .seconds(5)).handshake()
        defer { pair.finish() }
        pair.server.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(pair.server.isActive)
    }

    @Test func plainHTTPOnTheTLSPort() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        try pair.connect()
        pair.server.pipeline.fireChannelRead(ByteBuffer(string: "POST /sms HTTP/1.1\r\nHost: x\r\n\r\n"))
        #expect(pair.atServer.tlsError?.reason.contains("plain HTTP") == true)
        #expect(!pair.server.isActive)
    }

    @Test func garbageInsteadOfClientHello() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        try pair.connect()
        pair.server.pipeline.fireChannelRead(ByteBuffer(repeating: 0xA5, count: 4000))
        #expect(pair.atServer.tlsError?.kind == .handshake)
        #expect(!pair.server.isActive)
    }

    /// Every prefix and every changed byte of a ClientHello ends in an error or in waiting, never in a crash.
    @Test func brokenClientHellos() throws {
        let first = try EmbeddedPair(server, client)
        try first.connect()
        let hello = try #require(try first.client.readOutbound(as: ByteBuffer.self))
        first.finish()
        for position in stride(from: 0, to: hello.readableBytes, by: 3) {
            let pair = try EmbeddedPair(server, client)
            try pair.connect()
            var broken = hello
            let byte = hello.getInteger(at: hello.readerIndex + position, as: UInt8.self) ?? 0
            broken.setInteger(byte ^ 0xFF, at: broken.readerIndex + position)
            pair.server.pipeline.fireChannelRead(broken)
            #expect(pair.atServer.agreement == nil)
            pair.finish()
        }
    }

    @Test func endDuringTheHandshake() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        try pair.connect()
        let early = pair.client.writeAndFlush(ByteBuffer(string: "bind"))
        pair.client.pipeline.fireChannelInactive()
        #expect(pair.atClient.story == ["error", "inactive"])
        #expect(pair.atClient.tlsError?.kind == .handshake)
        #expect(throws: TLSError.self) { try early.wait() }
        // A port check is no fault.
        pair.server.pipeline.fireChannelInactive()
        #expect(pair.atServer.story == ["inactive"])
    }

    @Test func closingFromTheHandshakeEvent() throws {
        let pair = try EmbeddedPair(server, client)
        defer { pair.finish() }
        pair.atServer.onAgreement = { $0.close(promise: nil) }
        pair.atClient.onAgreement = { $0.writeAndFlush(NIOAny(ByteBuffer(string: "x")), promise: nil) }
        try pair.handshake()
        #expect(pair.atServer.errors.isEmpty)
        #expect(!pair.server.isActive && !pair.client.isActive)
    }
}
