import Foundation
import NIOCore
import SMPP
import TLS
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct SimulatorTLSTests {
    @Test func messagesGoOverTLS() async throws {
        let made = try SelfSignedCertificate.make(
            commonName: "simulator", subjectAltNames: ["localhost", "127.0.0.1"], days: 1)
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificate = folder.appending(path: "server.crt")
        let key = folder.appending(path: "server.key")
        try Data(made.certificatePEM.utf8).write(to: certificate)
        try Data(made.keyPEM.utf8).write(to: key)
        let server = try TLSServerContext(certificateFile: certificate.path, keyFile: key.path, alpn: [])
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
