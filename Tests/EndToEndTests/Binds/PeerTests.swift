import Foundation
import TestPrograms
import Testing

/// Programs of other people on the other end: Net::SMPP as the SMSC for `serve`; Net::SMPP and smpplib as ESMEs
/// against `simulate`; smsutil as the judge of how texts are split.
@Suite struct PeerTests {
    @Test(.enabled(if: Peers.havePerl, "Net::SMPP is not installed: see Tests/run"))
    func perlIsTheCarrier() async throws {
        let port = try Ports.free()
        let peer = try ProcessHandle("perl", [Repository.testFile("Peers/smsc.pl"), "\(port)", "acme", "smppass"])
        defer { peer.kill() }
        try await peer.waitForOutput(containing: "listening \(port)")
        let text = String(repeating: "Съешь ещё этих мягких булок. ", count: 4)
        try await withBridge(BridgeSetup(carriers: [CarrierSetup(port: port)])) { bridge in
            let forms: [Form] = [
                .message(text: "Hello"), .message(text: text), .message(to: "79161234404"),
                .message(to: "79161234405", text: text), .message(to: "79161234777"),
            ]
            let replies = try await bridge.post(forms, headers: ["Accept: application/json"])
            #expect(replies.map(\.status) == [200, 200, 422, 502, 200])
            #expect(replies.map(\.outcome) == ["accepted", "accepted", "refused", "partial", "accepted"])
            #expect(try replies[0].json().carrierIDs?.first?.hasPrefix("perl-") == true)
            #expect(try replies[3].json().error == "partial")
            #expect(try replies[3].json().retry == false)
            // The first part was taken, the second refused, and the rest never sent.
            #expect(replies[3].headers["x-segments"] == "1/2" || replies[3].headers["x-segments"] == "1/3")
            try await peer.waitForOutput(containing: "deliver_sm_resp 0x00")
            try await peer.waitForOutput(containing: "enquire_link_resp")
        }
        try await peer.waitForOutput(containing: "unbind")
        peer.terminate()
        let lines = try await peer.waitForExit().standardOutput.split(separator: "\n").map(String.init)
        #expect(lines.contains("bind transceiver 0x34 0x00"))
        #expect(!lines.contains { $0.hasPrefix("other") })
        let submits = lines.filter { $0.hasPrefix("submit ") }.map { $0.split(separator: " ").map(String.init) }
        let received = submits.map { fields in
            ReceivedText(hex: fields[5], esmClass: UInt8(fields[3]) ?? 0, dataCoding: UInt8(fields[4]) ?? 0)
        }
        #expect(submits.first?.prefix(3) == ["submit", "ACME", "79161234567"])
        #expect(received.first?.text == "Hello")
        #expect(received.dropFirst().prefix(2).map(\.text).joined() == text)
    }

    @Test(.enabled(if: Peers.havePerl, "Net::SMPP is not installed: see Tests/run"))
    func perlRefusesTheBind() async throws {
        let port = try Ports.free()
        let peer = try ProcessHandle("perl", [Repository.testFile("Peers/smsc.pl"), "\(port)", "acme", "other"])
        defer { peer.kill() }
        try await peer.waitForOutput(containing: "listening \(port)")
        try await withBridge(BridgeSetup(carriers: [CarrierSetup(port: port)]), awaitingReady: false) { bridge in
            try await eventually("told") {
                try await bridge.carriers().first?.binds.first?.lastErrorCode == "credentials"
            }
            #expect(try await bridge.post(.message()).status == 503)
        }
        peer.terminate()
        _ = try await peer.waitForExit()
    }

    @Test(.enabled(if: Peers.havePerl, "Net::SMPP is not installed: see Tests/run"))
    func perlSendsToTheSimulator() async throws {
        try await expectPeer("perl", "esme.pl", lines: 16, submits: 105)
    }

    @Test(.enabled(if: Peers.havePython, "smpplib is not installed: see Tests/run"))
    func pythonSendsToTheSimulator() async throws {
        try await expectPeer(Repository.peersPython, "esme.py", lines: 9, submits: 6)
    }

    private func expectPeer(_ program: String, _ script: String, lines: Int, submits: Int) async throws {
        try await withSimulator { simulator in
            let result = try await run(
                program,
                [Repository.testFile("Peers/\(script)"), "\(simulator.port)", Simulator.systemID, Simulator.password])
            #expect(result.exitCode == 0, "\(result.everything)")
            #expect(result.standardOutput.split(separator: "\n").count { $0.hasPrefix("ok ") } == lines)
            #expect(try await simulator.counters().submits == submits)
            #expect(try await simulator.counters().openBinds == 0)
        }
    }

    /// The alphabet and the number of parts are smsutil's.
    @Test(.enabled(if: Peers.havePython, "smsutil is not installed: see Tests/run"))
    func textsAreSplitAsSmsutilSplitsThem() async throws {
        let alphabet = "abc €[]^~{}|\\ @£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà"
        let texts =
            [159, 160, 161, 306, 307, 459, 460].map { String(repeating: "a", count: $0) }
            + [69, 70, 71, 134, 135, 201, 202].map { String(repeating: "я", count: $0) }
            + [34, 35, 36, 66, 67, 99].map { String(repeating: "🎉", count: $0) }
            + [79, 80, 81, 152, 153].map { String(repeating: "€", count: $0) }
            + [152, 153, 159].map { String(repeating: "a", count: $0) + "€" + String(repeating: "b", count: 100) }
            + [alphabet, alphabet + alphabet + alphabet]
        let input = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
        let judged = try await run(Repository.peersPython, [Repository.testFile("Peers/segments.py")], input: input)
        let wanted = try JSONDecoder().decode([Judgement].self, from: Data(judged.out))
        try #require(wanted.count == texts.count, "\(judged.everything)")
        try await withBridgeAndSimulator { bridge, simulator in
            let replies = try await bridge.post(texts.map { .message(text: $0) })
            var arrived = try await simulator.messages()[...]
            for ((text, wanted), reply) in zip(zip(texts, wanted), replies) {
                #expect(reply.segmentCount == wanted.parts, "\(text)")
                let parts = arrived.prefix(reply.segmentCount)
                arrived = arrived.dropFirst(reply.segmentCount)
                #expect(parts.allSatisfy { $0.dataCoding == (wanted.encoding == "gsm0338" ? 0 : 8) }, "\(text)")
                #expect(parts.map(\.text).joined() == text)
            }
        }
    }

    private struct Judgement: Decodable {
        var encoding: String
        var parts: Int

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            encoding = try pair.decode(String.self)
            parts = try pair.decode(Int.self)
        }
    }
}

/// Which peers this machine has. `Tests/run` requires them all: there a missing one fails its test.
enum Peers {
    static let havePerl = Repository.peersAreRequired || runSucceeds("perl", ["-MNet::SMPP", "-e", "1"])
    static let havePython =
        Repository.peersAreRequired || runSucceeds(Repository.peersPython, ["-c", "import smpplib, smsutil"])
    static let haveCapture = Repository.peersAreRequired || runSucceeds("dumpcap", ["-D"])
    /// What `unshare` is told to give a program a network of its own, in which it may drop packets.
    static let newNetwork = geteuid() == 0 ? ["-n"] : ["-rn"]
    static let haveNamespaces =
        Repository.peersAreRequired || runSucceeds("unshare", newNetwork + ["nft", "list", "ruleset"])
}
