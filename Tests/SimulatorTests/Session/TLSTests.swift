import NIOCore
import SMPP
import TLS
import TestPrograms
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct SimulatorTLSTests {
    @Test func messagesGoOverTLS() async throws {
        let made = try SelfSignedCertificate.make(
            commonName: "simulator", subjectAltNames: ["localhost", "127.0.0.1"], days: 1)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try folder.write(made.certificatePEM, to: "server.crt")
        try folder.write(made.keyPEM, to: "server.key")
        let server = try TLSServerContext(
            certificateFile: folder.file("server.crt"), keyFile: folder.file("server.key"), alpn: [])
        let client = try TLSClientContext(verifyPeer: false)

        try await withSimulator(SimulatorOptions(tls: server)) { simulator, address in
            let esme = try await ESME(address, tls: client)
            let bind = BindRequest(systemID: "tls", password: "")
            #expect(try await esme.request(.bind(.transceiver, bind)).status == .ok)
            #expect(try await esme.submit("79160000000").0 == .ok)
            #expect(try await esme.request(.unbind).status == .ok)
            #expect(await esme.next() == .closed)

            // Whoever speaks plain SMPP to it gets no further than the handshake.
            let plain = try await ESME(address)
            try await plain.send(.enquireLink)
            #expect(await plain.next() != .pdu(PDU(sequence: 1, .enquireLinkResponse)))
            #expect(await simulator.statistics().binds == 1)
        }
    }
}
