import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// Certificates, keys and their files.
@Suite struct FileTests {
    let files: TestFiles

    init() throws {
        files = try TestFiles()
    }

    private func certificate(_ server: TLSServerContext) throws -> Bool {
        let client = try TLSClientContext(caFile: files.path("server.crt"))
        let pair = try EmbeddedPair(server, client).handshake()
        defer { pair.finish() }
        return pair.atClient.agreement != nil
    }

    @Test func unchangedFilesAreNotReadAgain() throws {
        let server = try files.server()
        #expect(try !server.reloadIfChanged())
        #expect(try !server.reloadIfChanged())
    }

    @Test func newHandshakesUseTheNewPair() throws {
        let server = try files.server()
        let client = try TLSClientContext(caFile: files.path("server.crt"))
        let old = try EmbeddedPair(server, client).handshake()
        let expiry = server.certificateExpiry
        try files.pair("server", until: 172_800)
        #expect(try !certificate(server))
        #expect(try server.reloadIfChanged())
        #expect(try certificate(server))
        #expect(server.certificateExpiry >= expiry + 86_400)
        #expect(try !server.reloadIfChanged())
        // The connection from before goes on.
        old.client.writeAndFlush(ByteBuffer(string: "still here"), promise: nil)
        try old.pump()
        #expect(old.atServer.text == "still here")
        old.finish()
    }

    @Test func aBrokenPairKeepsTheOldOne() throws {
        let server = try files.server()
        let good = try String(contentsOfFile: files.path("server.crt"), encoding: .utf8)
        let expiry = server.certificateExpiry
        try files.write("not a certificate", "server.crt")
        for _ in 0..<2 {
            let error = #expect(throws: TLSError.self) { try server.reloadIfChanged() }
            #expect(error?.file == files.path("server.crt"))
            #expect(error?.reason == "not a PEM file of that kind (no start line)")
        }
        #expect(server.certificateExpiry == expiry)
        try FileManager.default.removeItem(atPath: files.path("server.crt"))
        #expect(throws: TLSError.self) { try server.reloadIfChanged() }
        // Half of a renewal: a certificate of another key.
        try files.pair("other")
        try files.write(try String(contentsOfFile: files.path("other.crt"), encoding: .utf8), "server.crt")
        let mismatch = #expect(throws: TLSError.self) { try server.reloadIfChanged() }
        #expect(mismatch?.reason == "key values mismatch")
        try files.write(good, "server.crt")
        #expect(try server.reloadIfChanged())
        #expect(try certificate(server))
    }

    /// Clients would refuse them, and they accept the one in use.
    @Test func onesThatAreNotValidKeepTheOldOne() throws {
        let server = try files.server()
        let expiry = server.certificateExpiry
        for (from, until, fault) in [(-7200, -3600, TLSFault.expired), (3600, 7200, .notYetValid)] {
            try files.pair("server", from: from, until: until)
            for _ in 0..<2 {
                let error = #expect(throws: TLSError.self) { try server.reloadIfChanged() }
                #expect(error?.fault == fault && error?.file == files.path("server.crt"))
                #expect(server.refused == error)
            }
            #expect(server.certificateExpiry == expiry)
        }
        // Its time has come.
        #expect(try server.reloadIfChanged(now: Int64(Date.now.timeIntervalSince1970) + 5400))
        #expect(server.refused == nil && server.certificateExpiry != expiry)
        try files.pair("other")
        try files.write(try String(contentsOfFile: files.path("other.crt"), encoding: .utf8), "server.crt")
        #expect(throws: TLSError.self) { try server.reloadIfChanged() }
        #expect(server.refused?.fault == .keyMismatch)
    }

    @Test func stages() {
        let day: Int64 = 86_400
        let stages = [15 * day, 14 * day + 1, 14 * day, 1, 0, -day].map {
            CertificateStage(expiry: 1_000_000_000 + $0, now: 1_000_000_000)
        }
        #expect(stages == [.valid, .valid, .endsSoon, .endsSoon, .ended, .ended])
        #expect(CertificateStage(expiry: 0, now: 1_000_000_000) == .valid, "nobody knows")
        #expect(CertificateStage.days(from: 0, to: 14 * day) == 14 && CertificateStage.days(from: day + 1, to: 0) == 2)
    }

    @Test func missingFilesAreNamed() throws {
        let own = try files.pair("server")
        let error = #expect(throws: TLSError.self) {
            try TLSServerContext(certificateFile: files.path("none.crt"), keyFile: own.key)
        }
        #expect(error?.description == "loading the certificate: \(files.path("none.crt")): No such file or directory")
        let noKey = #expect(throws: TLSError.self) {
            try TLSServerContext(certificateFile: own.certificate, keyFile: files.path("none.key"))
        }
        #expect(noKey?.file == files.path("none.key"))
        let noCA = #expect(throws: TLSError.self) {
            try TLSServerContext(
                certificateFile: own.certificate, keyFile: own.key, clientCAFile: files.path("none.crt"))
        }
        #expect(noCA?.file == files.path("none.crt"))
        #expect(throws: TLSError.self) { try TLSClientContext(caFile: files.path("none.crt")) }
        #expect(throws: TLSError.self) { try TLSClientContext(caFile: own.key) }
        #expect(throws: TLSError.self) { try TLSClientContext(keyFile: own.key) }
        #expect(throws: TLSError.self) { try TLSServerContext(certificateFile: files.directory, keyFile: own.key) }
    }

    @Test func anEncryptedKeyIsAnErrorAndAsksNobody() async throws {
        let own = try files.pair("server")
        try await OpenSSL.run(
            ["pkey", "-in", own.key, "-aes256", "-passout", "pass:secret", "-out", files.path("locked.key")])
        let error = #expect(throws: TLSError.self) {
            try TLSServerContext(certificateFile: own.certificate, keyFile: files.path("locked.key"))
        }
        #expect(error?.file == files.path("locked.key"))
        #expect(throws: TLSError.self) {
            try CertificateFile.checkPair(certificateFile: own.certificate, keyFile: files.path("locked.key"))
        }
    }

    @Test func checkPair() throws {
        let own = try files.pair("server")
        let other = try files.pair("other")
        try CertificateFile.checkPair(certificateFile: own.certificate, keyFile: own.key)
        let error = #expect(throws: TLSError.self) {
            try CertificateFile.checkPair(certificateFile: own.certificate, keyFile: other.key)
        }
        #expect(error?.reason == "key values mismatch")
        #expect(throws: TLSError.self) {
            try CertificateFile.checkPair(certificateFile: own.key, keyFile: own.key)
        }
    }

    @Test func expiry() throws {
        let own = try files.pair("server", until: 86_400)
        let expiry = try CertificateFile.expiry(of: own.certificate)
        #expect(abs(Double(expiry) - Date().timeIntervalSince1970 - 86_400) < 60)
        #expect(throws: TLSError.self) { try CertificateFile.expiry(of: files.path("none.crt")) }
        #expect(throws: TLSError.self) { try CertificateFile.expiry(of: own.key) }
    }

    @Test func othersReadOurCertificates() async throws {
        let made = try SelfSignedCertificate.make(
            commonName: "smppost quickstart", subjectAltNames: ["localhost", "*.example.org", "127.0.0.1", "::1"],
            days: 825)
        try files.write(made.certificatePEM, "made.crt")
        let text = try await OpenSSL.run(["x509", "-in", files.path("made.crt"), "-noout", "-text"])
        #expect(text.contains("DNS:localhost, DNS:*.example.org, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"))
        #expect(text.contains("CN = smppost quickstart"))
        #expect(text.contains("ASN1 OID: prime256v1"))
        #expect(text.contains("ecdsa-with-SHA256"))
        let verdict = try await OpenSSL.run(
            ["verify", "-CAfile", files.path("made.crt"), "-verify_hostname", "localhost", files.path("made.crt")])
        #expect(verdict.contains("OK"))
    }

    @Test(arguments: ["", "a b", "a,DNS:b", "a\n", "почта.рф", "a=b", "1.2.3.4/24"]) func badNames(name: String) {
        #expect(throws: TLSError.self) {
            try SelfSignedCertificate.make(commonName: "x", subjectAltNames: [name], days: 1)
        }
    }

    @Test func badArguments() {
        #expect(throws: TLSError.self) { try SelfSignedCertificate.make(commonName: "", subjectAltNames: [], days: 1) }
        let long = String(repeating: "x", count: 65)
        #expect(throws: TLSError.self) {
            try SelfSignedCertificate.make(commonName: long, subjectAltNames: [], days: 1)
        }
        for days in [0, -1, 36_501, .max] {
            #expect(throws: TLSError.self) {
                try SelfSignedCertificate.make(commonName: "x", subjectAltNames: [], days: days)
            }
        }
    }
}
