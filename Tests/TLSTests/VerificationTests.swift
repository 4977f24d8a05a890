import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Whom each end accepts.
@Suite struct VerificationTests {
    let files: TestFiles

    init() throws {
        files = try TestFiles()
    }

    private func handshake(
        names: [String] = ["localhost", "127.0.0.1"], serverName: String?, until: Int = 86_400, verify: Bool = true
    ) throws -> TLSError? {
        let own = try files.pair("server", names: names, until: until)
        let server = try TLSServerContext(certificateFile: own.certificate, keyFile: own.key)
        let client = try TLSClientContext(caFile: own.certificate, verifyPeer: verify)
        let pair = try EmbeddedPair(server, client, serverName: serverName).handshake()
        defer { pair.finish() }
        #expect((pair.atClient.agreement == nil) == (pair.atClient.tlsError != nil))
        return pair.atClient.tlsError
    }

    @Test(arguments: [
        (["smsc.example"], "smsc.example"), (["smsc.example"], "SMSC.example."), (["*.example.org"], "a.example.org"),
        (["127.0.0.1"], "127.0.0.1"), (["2001:db8::1"], "2001:DB8:0::1"),
    ])
    func acceptedNames(names: [String], serverName: String) throws {
        #expect(try handshake(names: names, serverName: serverName) == nil)
    }

    @Test(arguments: [
        (["smsc.example"], "other.example", "hostname mismatch"),
        (["*.example.org"], "a.b.example.org", "hostname mismatch"),
        (["f*.example.org"], "foo.example.org", "hostname mismatch"),
        (["localhost", "10.0.0.1"], "127.0.0.1", "IP address mismatch"),
        (["localhost"], "::1", "IP address mismatch"),
    ])
    func refusedNames(names: [String], serverName: String, reason: String) throws {
        let error = try #require(try handshake(names: names, serverName: serverName))
        #expect(error.kind == .verification)
        #expect(error.reason == reason)
    }

    @Test func expired() throws {
        let error = try handshake(serverName: "localhost", until: -60)
        #expect(error?.kind == .verification)
        #expect(error?.reason == "certificate has expired")
    }

    @Test func unknownIssuer() throws {
        let server = try files.server()
        let client = try TLSClientContext(caFile: files.pair("other").certificate)
        let pair = try EmbeddedPair(server, client).handshake()
        defer { pair.finish() }
        #expect(pair.atClient.tlsError?.kind == .verification)
        #expect(pair.atServer.tlsError?.reason.contains("alert") == true)
        #expect(!pair.client.isActive && !pair.server.isActive)
    }

    @Test func systemCertificatesDoNotTrustUs() throws {
        let server = try files.server()
        let pair = try EmbeddedPair(server, TLSClientContext()).handshake()
        defer { pair.finish() }
        #expect(pair.atClient.tlsError?.kind == .verification)
    }

    @Test func withoutVerificationAnyoneWillDo() throws {
        #expect(try handshake(names: ["x.example"], serverName: nil, until: -60, verify: false) == nil)
        #expect(try handshake(names: ["x.example"], serverName: "y.example", verify: false) == nil)
    }

    @Test func withoutANameTheAddressCounts() {
        #expect(TLSPeer(serverName: nil, address: "10.0.0.1", verify: true) == .address("10.0.0.1"))
        #expect(TLSPeer(serverName: nil, address: nil, verify: true) == nil)
        #expect(TLSPeer(serverName: nil, address: nil, verify: false) == .unchecked(nil))
        #expect(TLSPeer(serverName: "10.0.0.1", address: nil, verify: false) == .unchecked(nil))
        #expect(TLSPeer(serverName: "a.example.", address: "10.0.0.1", verify: true) == .host("a.example"))
    }

    private func handshake(clientCertificate: String?) throws -> EmbeddedPair {
        let known = try files.pair("known")
        let server = try files.server(clientCA: known.certificate)
        if let clientCertificate, clientCertificate != "known" {
            try files.pair(clientCertificate)
        }
        let client = try TLSClientContext(
            caFile: files.path("server.crt"), certificateFile: clientCertificate.map { files.path("\($0).crt") },
            keyFile: clientCertificate.map { files.path("\($0).key") })
        return try EmbeddedPair(server, client).handshake()
    }

    @Test func clientCertificateAccepted() throws {
        let pair = try handshake(clientCertificate: "known")
        defer { pair.finish() }
        #expect(pair.atServer.agreement != nil)
        #expect(pair.atClient.errors.isEmpty && pair.atServer.errors.isEmpty)
    }

    @Test func clientCertificateMissing() throws {
        let pair = try handshake(clientCertificate: nil)
        defer { pair.finish() }
        #expect(pair.atServer.tlsError?.reason == "peer did not return a certificate")
        #expect(pair.atServer.agreement == nil)
        #expect(pair.atClient.tlsError?.reason == "tlsv13 alert certificate required")
    }

    @Test func clientCertificateOfAnotherCA() throws {
        let pair = try handshake(clientCertificate: "stranger")
        defer { pair.finish() }
        #expect(pair.atServer.tlsError?.kind == .verification)
        #expect(pair.atServer.agreement == nil)
        #expect(pair.atClient.tlsError != nil)
    }
}
