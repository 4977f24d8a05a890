import Foundation
import TestPrograms
import Testing

/// What goes over the wire, in the words of Wireshark's dissector.
@Suite struct CaptureTests {
    @Test(
        .enabled(if: Peers.haveCapture, "this machine does not let dumpcap capture on the loopback interface"),
        arguments: ["udh8", "udh16", "sar", "payload"])
    func dissectorFindsNothingMalformed(method: String) async throws {
        let texts = [
            "Hello, world", "Ваш заказ готов", "Готово 🎉", String(repeating: "Lorem ipsum dolor. ", count: 12),
            String(repeating: "Съешь ещё этих булок. ", count: 10),
        ]
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = folder.file("capture.pcapng")
        try await withSimulator { simulator in
            let capture = try ProcessHandle(
                "dumpcap", ["-q", "-i", "lo", "-f", "tcp port \(simulator.port)", "-w", file])
            defer { capture.kill() }
            try await capture.waitForOutput(containing: "File: ")
            var setup = BridgeSetup(carriers: [
                CarrierSetup(port: simulator.port, lines: ["text: { long: \(method) }"])
            ])
            setup.logLevel = "info"
            let forms = texts.map { Form.message(text: $0) }
            try await withBridge(setup) { bridge in
                let replies = try await bridge.post(
                    forms + [.message(to: "79161670004"), .message(to: "79161670005"), .message(to: "79161670009")])
                #expect(replies.map(\.status) == texts.map { _ in 200 } + [422, 422, 200])
            }
            let dissector = Dissector(file: file, port: simulator.port)
            // The bridge has unbound: when that answer is in the file, all is.
            try await eventually("captured") {
                try await dissector.fields("smpp.command_id == 0x80000006", ["smpp.command_id"]).isEmpty == false
            }
            capture.terminate()
            _ = try await capture.waitForExit()

            let malformed = try await dissector.summary(
                "_ws.malformed || (smpp && _ws.expert.severity >= 0x600000)")
            #expect(malformed.isEmpty, "\(malformed)")
            let arrived = try await dissector.fields(
                "smpp.command_id == 0x00000004",
                ["smpp.esm.submit.features", "smpp.data_coding", "smpp.message", "smpp.message_payload"])
            let received = arrived.map { fields in
                let features = Int(fields[0].dropFirst(2), radix: 16) ?? 0
                let octets = fields[2].isEmpty ? fields[3] : fields[2]
                return ReceivedText(
                    hex: octets.filter { $0 != ":" }, esmClass: features == 0 ? 0 : 0x40,
                    dataCoding: UInt8(fields[1].dropFirst(2), radix: 16) ?? 0)
            }
            let whole = received.map(\.text).joined(separator: "")
            #expect(whole == texts.joined() + "HelloHelloHello")
        }
    }
}

/// tshark over a file of captured packets.
private struct Dissector {
    let file: String
    let port: Int

    /// One line for each packet that the filter shows.
    func summary(_ filter: String) async throws -> String {
        try await tshark(["-Y", filter]).standardOutput
    }

    /// The values of the named fields, in rows: one for each PDU, of which a packet may hold several.
    func fields(_ filter: String, _ names: [String]) async throws -> [[String]] {
        let columns = names.flatMap { ["-e", $0] }
        let output = try await tshark(
            ["-Y", filter, "-T", "fields", "-E", "separator=;", "-E", "occurrence=a", "-E", "aggregator=,"] + columns)
        return output.standardOutput.split(separator: "\n").flatMap { line -> [[String]] in
            let values = line.split(separator: ";", omittingEmptySubsequences: false).map { field in
                field.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let count = values.map(\.count).max() ?? 0
            return (0..<count).map { row in values.map { row < $0.count ? $0[row] : "" } }
        }
    }

    private func tshark(_ arguments: [String]) async throws -> ProcessOutput {
        try await run("tshark", ["-r", file, "-d", "tcp.port==\(port),smpp"] + arguments)
    }
}
