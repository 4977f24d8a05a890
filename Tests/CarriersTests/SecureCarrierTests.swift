import Foundation
import NIOCore
import SMPP
import TLS
import TestPrograms
import Testing

@testable import Carriers

/// TLS to the carrier.
@Suite(.timeLimit(.minutes(1))) final class SecureCarrierTests {
    private let folder: TemporaryFolder
    private let server: TLSServerContext
    private let certificateFile: String

    init() throws {
        folder = try TemporaryFolder()
        let (certificate, key) = try SelfSignedCertificate.make(
            commonName: "smsc.example.net", subjectAltNames: ["smsc.example.net"], days: 1)
        certificateFile = folder.file("server.crt")
        try folder.write(certificate, to: "server.crt")
        try folder.write(key, to: "server.key")
        server = try TLSServerContext(
            certificateFile: certificateFile, keyFile: folder.file("server.key"), alpn: [])
    }

    deinit {
        folder.remove()
    }

    @Test func messagesFlowThroughTLS() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let rig = try await Rig.start(tls: server) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
        }
        #expect(await rig.submitMany(100).areAccepted)
        try await rig.end()
        #expect(rig.smsc.state.unbinds == 1)
    }

    /// A bind whose lease ends says no goodbye in TLS either.
    @Test func anAbortedBindIsReset() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let lease = CarrierLease()
        lease.set(until: BootClock.now + .seconds(60))
        let rig = try await Rig.start(tls: server, ready: false, lease: lease) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
        }
        rig.carrier.take(slot: 0, share: 1_000_000, from: .now)
        try await rig.bound(1)
        #expect(await rig.submit("a").isAccepted)
        try await rig.carrier.abort(slot: 0).get()
        await rig.smsc.wait { $0.open == 0 }
        #expect(rig.smsc.state.unbinds == 0 && rig.smsc.state.resets == 1)
        try await rig.end()
    }

    @Test func theCertificateIsShownAndItsEndToldAhead() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let log = EventLog()
        let rig = try await Rig.start(tls: server, events: log) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 3)]
        }
        let status = try await rig.status()
        let inADay = Int64(Date().timeIntervalSince1970) + 86_400
        for bind in status.binds {
            #expect(bind.link.tls?.version == "TLSv1.3")
            #expect(bind.link.tls?.cipher?.isEmpty == false)
            // The later binds resume the session of the first.
            #expect((inADay - 3_600...inADay + 3_600).contains(bind.link.tls?.peerCertificateExpiry ?? 0))
        }
        let warnings = log.state.lines.filter { $0.hasPrefix("warning the carrier's certificate") }
        #expect(warnings.count == 1, "once for all binds")
        try await rig.end()
    }

    @Test func certificatesThatChangeAreReadAnew() async throws {
        let (other, _) = try SelfSignedCertificate.make(
            commonName: "other.example.net", subjectAltNames: ["other.example.net"], days: 1)
        try folder.write(other, to: "ca.crt")
        let context = try TLSClientContext(caFile: folder.file("ca.crt"))
        let rig = try await Rig.start(tls: server, ready: false) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
        }
        try await rig.status { $0.binds[0].failure?.code.rawValue == "tls" }
        try folder.write(String(contentsOfFile: certificateFile, encoding: .utf8), to: "ca.crt")
        try await rig.bound()
        #expect(await rig.submit("a").isAccepted)
        try await rig.end()
    }

    @Test func anotherNameIsRefused() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let rig = try await Rig.start(tls: server, ready: false) {
            $0.tls = CarrierTLS(context: context, serverName: "other.example.net")
        }
        try await rig.status { $0.binds[0].failure?.code.rawValue == "tls" }
        #expect(rig.smsc.state.binds.isEmpty, "no password goes to a carrier that is not the right one")
        try await rig.end()
    }

    @Test func aKilledCarrierIsNoTLSFault() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let rig = try await Rig.start(Script(submit: { _ in .close }), tls: server) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
            $0.setup.timings.reconnectFirst = .seconds(30)
            $0.setup.timings.reconnectMax = .seconds(30)
        }
        #expect(await rig.submit("a") == .sent([.unknown(.connectionLost)]))
        try await rig.status { $0.binds[0].failure?.code.rawValue == "closed" }
        try await rig.end()
    }

    @Test func plainTextFromTheCarrierIsATLSFault() async throws {
        let context = try TLSClientContext(caFile: certificateFile)
        let rig = try await Rig.start(Script(bind: { _ in .close }), ready: false) {
            $0.tls = CarrierTLS(context: context, serverName: "smsc.example.net")
            $0.setup.timings.connect = .milliseconds(200)
        }
        try await rig.status { $0.binds[0].failure?.code.rawValue != nil && $0.binds[0].state == "waiting" }
        #expect(!rig.carrier.isReady)
        try await rig.carrier.stop().get()
        try await rig.smsc.stop()
    }
}
