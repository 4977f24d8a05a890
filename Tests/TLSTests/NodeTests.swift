import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Connections between nodes beside everybody else's, on one port.
@Suite struct NodeTests {
    let files: TestFiles
    /// The authority of the nodes a and b: both sign themselves.
    let authority: String

    init() throws {
        let files = try TestFiles()
        self.files = files
        let pairs = try ["a", "b"].map { try files.pair($0) }
        authority = files.path("nodes.crt")
        let texts = try pairs.map { try String(contentsOfFile: $0.certificate, encoding: .utf8) }
        try files.write(texts.joined(), "nodes.crt")
        try files.pair("server")
    }

    private func certificates(_ node: String) -> NodeCertificates {
        NodeCertificates(
            caFile: authority, certificateFile: files.path("\(node).crt"), keyFile: files.path("\(node).key"))
    }

    /// Node a as a server; others see the certificate `server`.
    private func server(clientCA: String? = nil) throws -> TLSServerContext {
        try TLSServerContext(
            certificateFile: files.path("server.crt"), keyFile: files.path("server.key"), clientCAFile: clientCA,
            nodes: certificates("a"))
    }

    private func handshake(_ server: TLSServerContext, _ client: TLSClientContext) throws -> EmbeddedPair {
        try EmbeddedPair(server, client).handshake()
    }

    @Test(arguments: [nil, "server.crt"]) func nodesKnowEachOther(clientCA: String?) throws {
        let server = try server(clientCA: clientCA.map(files.path))
        let client = try TLSClientContext(certificates("b"))
        for isResumed in [false, true] {
            let pair = try handshake(server, client)
            defer { pair.finish() }
            #expect(pair.atServer.agreement?.alpn == NodeCertificates.alpn)
            #expect(pair.atServer.agreement?.peerNames?.subject == "CN=b")
            #expect(pair.atClient.agreement?.alpn == NodeCertificates.alpn)
            #expect(pair.atClient.agreement?.peerNames?.subject == "CN=a")
            #expect(pair.atServer.agreement?.resumed == isResumed)
        }
    }

    @Test func everybodyElseSeesNothingOfIt() throws {
        let server = try server()
        let plain = try TLSClientContext(caFile: files.path("server.crt"))
        // A certificate of the nodes' authority is nothing where it was not asked for.
        let withOne = try TLSClientContext(
            caFile: files.path("server.crt"), certificateFile: files.path("b.crt"), keyFile: files.path("b.key"),
            alpn: ["http/1.1"])
        for client in [plain, withOne] {
            let pair = try handshake(server, client)
            defer { pair.finish() }
            #expect(pair.atClient.agreement?.peerNames?.subject == "CN=server")
            #expect(pair.atServer.agreement != nil && pair.atServer.agreement?.alpn != NodeCertificates.alpn)
            #expect(pair.atServer.agreement?.peerNames == nil)
        }
    }

    @Test func whoShowsNoCertificateOfTheAuthorityIsNoNode() throws {
        let server = try server()
        let other = try files.pair("other")
        let none = try TLSClientContext(caFile: authority, alpn: [NodeCertificates.alpn])
        let foreign = try TLSClientContext(
            caFile: authority, certificateFile: other.certificate, keyFile: other.key, alpn: [NodeCertificates.alpn])
        for client in [none, foreign] {
            let pair = try handshake(server, client)
            defer { pair.finish() }
            #expect(pair.atServer.agreement == nil)
            #expect(pair.atServer.tlsError != nil)
        }
    }

    /// A session that began as everybody's does not become a node's, though both are sealed with the same keys.
    @Test func sessionsAreNotCarriedOver() async throws {
        let listening = try await SocketServer.once(try server())
        let session = files.path("session")
        let options = ["-tls1_2", "-CAfile", files.path("server.crt")]
        let first = try await OpenSSL.client(port: listening.port, options + ["-sess_out", session])
        #expect(first.contains("HELLO"))
        let again = try await OpenSSL.client(port: listening.port, options + ["-sess_in", session])
        #expect(again.contains("Reused, TLSv1.2") && again.contains("HELLO"))
        let asNode = try await OpenSSL.client(
            port: listening.port, options + ["-sess_in", session, "-alpn", NodeCertificates.alpn])
        #expect(!asNode.contains("Reused") && !asNode.contains("HELLO") && asNode.contains("alert"))
        try await listening.close()
    }

    /// Nobody is asked for a certificate because of the nodes.
    @Test func othersAreNotAskedForACertificate() async throws {
        let listening = try await SocketServer.once(try server())
        let printed = try await OpenSSL.client(port: listening.port, ["-CAfile", files.path("server.crt")])
        #expect(printed.contains("No client certificate CA names sent") && printed.contains("HELLO"))
        try await listening.close()
    }

    @Test func aServerWithoutNodesHasNone() throws {
        let server = try TLSServerContext(
            certificateFile: files.path("a.crt"), keyFile: files.path("a.key"), clientCAFile: authority)
        let pair = try handshake(server, TLSClientContext(certificates("b")))
        defer { pair.finish() }
        #expect(pair.atServer.agreement == nil)
        #expect(pair.atClient.tlsError != nil)
    }

    @Test func certificatesAreReadAnew() throws {
        let server = try server()
        #expect(try !server.reloadIfChanged())
        let pair = try files.pair("a", names: ["localhost"])
        let texts = try [pair.certificate, files.path("b.crt")].map { try String(contentsOfFile: $0, encoding: .utf8) }
        try files.write(texts.joined(), "nodes.crt")
        #expect(try server.reloadIfChanged())
        let connection = try handshake(server, TLSClientContext(certificates("b")))
        defer { connection.finish() }
        #expect(connection.atServer.agreement?.alpn == NodeCertificates.alpn)
    }
}
