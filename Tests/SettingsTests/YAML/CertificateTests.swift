import TLS
import Testing

@testable import Settings

@Suite("Certificates")
struct CertificateTests {
    @Test func dates() throws {
        let fixture = try Fixture()
        let end = try CertificateFile.expiry(of: "\(fixture.root)/config/server.crt")
        let start = "config/smppost.yaml:3:23: \"certificate\": config/server.crt "
        #expect(fixture.problems(now: end - 1) == [])
        #expect(fixture.warnings(now: end - 15 * 86_400) == [])
        #expect(fixture.warnings(now: end - 14 * 86_400) == [start + "expires in 14 days"])
        #expect(fixture.warnings(now: end - 7200) == [start + "expires in 2 hours"])
        #expect(fixture.problems(now: end) == [start + "has expired, 0 hours ago"])
        #expect(fixture.problems(now: end + 90_000) == [start + "has expired, 1 day ago"])
    }

    /// A bridge that runs has the certificate from before, and is asked all the same.
    @Test func whoAsksARunningBridgeNeedsNone() throws {
        let fixture = try Fixture()
        try fixture.write("config/server.crt", "not a certificate")
        let settings = try Settings.service(configDirectory: "\(fixture.root)/config", environment: [:])
        #expect(settings.intake.certificateFile.hasSuffix("server.crt"))
        #expect(throws: ConfigurationProblems.self) {
            try Settings.load(
                configDirectory: "\(fixture.root)/config", carriersDirectory: "\(fixture.root)/carriers",
                environment: [:])
        }
    }

    /// One carrier's expired authority is no reason to leave all others down after the next start.
    @Test func anExpiredCertificateOfACarrierWarns() throws {
        let fixture = try Fixture()
        let authority = try SelfSignedCertificate.make(commonName: "ca", subjectAltNames: ["ca"], days: 30)
        try fixture.write("carriers/ca.crt", authority.certificatePEM)
        let carrier = Fixture.valid["carriers/main.yaml", default: ""]
        try fixture.write("carriers/main.yaml", carrier + "\ntls: { enabled: true, ca: ca.crt }")
        let end = try CertificateFile.expiry(of: "\(fixture.root)/carriers/ca.crt")
        #expect(fixture.problems(now: end + 90_000) == [])
        #expect(
            fixture.warnings(now: end + 90_000).contains {
                $0.hasSuffix("has expired, 1 day ago: this carrier will be down until it is renewed")
            })
    }

    @Test func pairsThatDoNotMatch() throws {
        let fixture = try Fixture()
        let other = try SelfSignedCertificate.make(commonName: "other", subjectAltNames: ["other"], days: 30)
        try fixture.write("config/server.key", other.keyPEM)
        let mismatch = fixture.problems()
        #expect(mismatch.count == 1)
        let start = "config/smppost.yaml:3:40: \"key\": config/server.key cannot be used with config/server.crt: "
        #expect(mismatch.first?.hasPrefix(start) == true, "\(mismatch)")
        try fixture.write("config/server.key", "not a key")
        #expect(fixture.problems().first?.hasPrefix(start) == true)
        try fixture.write("config/server.crt", "not a certificate")
        let broken = fixture.problems()
        #expect(broken.count == 1)
        let brokenStart = "config/smppost.yaml:3:23: \"certificate\": config/server.crt is not a certificate in PEM: "
        #expect(broken.first?.hasPrefix(brokenStart) == true, "\(broken)")
        try fixture.write("config/server.crt", "")
        #expect(
            fixture.problems() == ["config/smppost.yaml:3:23: \"certificate\": config/server.crt is empty"])
    }

    @Test func keyThatOthersMayRead() throws {
        let fixture = try Fixture()
        try fixture.write("config/server.key", Fixture.certificate?.keyPEM ?? "", mode: 0o644)
        #expect(
            fixture.warnings() == [
                "config/smppost.yaml:3:40: \"key\": config/server.key may be read by everybody: "
                    + "give it to the service's group (chown root:smppost) and chmod 640 it"
            ])
    }

    @Test func oneWithoutTheOther() throws {
        let carrier = (Fixture.valid["carriers/main.yaml"] ?? "") + "\n"
        let fixture = try Fixture(["carriers/main.yaml": carrier + "tls: { certificate: ../config/server.crt }\n"])
        #expect(
            fixture.problems() == ["carriers/main.yaml:4:6: \"key\" is missing; it belongs to \"certificate\""])
        try fixture.write("carriers/main.yaml", carrier + "tls: { key: ../config/server.key, ca: nowhere }\n")
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:4:6: \"certificate\" is missing; it belongs to \"key\"",
                "carriers/main.yaml:4:39: \"ca\": carriers/nowhere does not exist",
            ])
        try fixture.write("config/smppost.yaml", "intake:\n  listen: \"127.0.0.1:0\"\n  tls: {}\n")
        try fixture.write("carriers/main.yaml", carrier)
        #expect(
            fixture.problems() == [
                "config/smppost.yaml:3:8: \"certificate\" is missing", "config/smppost.yaml:3:8: \"key\" is missing",
            ])
    }
}
