import Foundation
import TestPrograms
import Testing

/// A trace of a running bridge's PDUs, as Wireshark and `smppost decode` read it.
@Suite struct TraceTests {
    private static let hasTshark = runSucceeds("tshark", ["--version"])
    private static let text = "Code 271828 is yours"

    private func smppost(_ bridge: Bridge, _ arguments: String...) async throws -> ProcessOutput {
        let places = ["--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")]
        return try await run(Repository.smppost, ["binds"] + arguments + places)
    }

    /// A POST to the monitor, with a form.
    private func post(_ bridge: Bridge, _ path: String, _ form: String = "") async throws -> Reply {
        try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(bridge.monitorPort)\(path)", body: form))
    }

    private func trace(_ bridge: Bridge, carrier: String = "main") async throws -> [String: Any] {
        let body = try await bridge.monitor("/binds").body
        let document = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        let carriers = document?["carriers"] as? [[String: Any]] ?? []
        return carriers.first { $0["name"] as? String == carrier }?["trace"] as? [String: Any] ?? [:]
    }

    private func tshark(_ file: String, port: Int, _ filter: String, _ fields: [String]) async throws -> [String] {
        let columns = fields.flatMap { ["-e", $0] }
        let output = try await run(
            "tshark",
            [
                "-r", file, "-d", "tcp.port==\(port),smpp", "-Y", filter, "-T", "fields", "-E", "separator=;", "-E",
                "occurrence=a", "-E", "aggregator=,",
            ] + columns)
        #expect(output.exitCode == 0, "\(output.standardError)")
        return output.standardOutput.split(separator: "\n").map(String.init)
    }

    /// A whole life of a bind in a trace: bind, submit, receipt, unbind.
    private func record(
        _ arguments: [String], carrier: CarrierSetup = CarrierSetup(binds: 2), simulator options: [String] = [],
        _ check: (_ file: String, _ port: Int, _ bytes: [UInt8]) async throws -> Void
    ) async throws {
        let simulator = ["--receipts", "0s", "--receipt-form", "both"] + options
        try await withBridgeAndSimulator(BridgeSetup(carriers: [carrier]), simulator: simulator) { bridge, simulator in
            let places = ["--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers")]
            let begun = try await run(Repository.smppost, ["binds", "trace", "main"] + arguments + places)
            #expect(begun.exitCode == 0, "\(begun.everything)")
            let file = begun.standardOutput.trimmingCharacters(in: .newlines)
            #expect(file.hasPrefix(bridge.folder.file("config/var/trace/main-")) && file.hasSuffix(".pcapng"))
            #expect(try await smppost(bridge, "rebind", "main").exitCode == 0)
            try await bridge.awaitReady()
            let long = String(repeating: "Съешь ещё этих булок. ", count: 10)
            let replies = try await bridge.post([.message(text: Self.text), .message(text: long)])
            #expect(replies.map(\.status) == [200, 200])
            try await eventually("a receipt came") {
                try await bridge.carriers()[0].receipts.matched >= 1
            }
            let ended = try await smppost(bridge, "trace", "main", "--stop")
            #expect(ended.standardOutput == begun.standardOutput, "\(ended.everything)")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let folder = try FileManager.default.attributesOfItem(atPath: bridge.folder.file("config/var/trace"))
            #expect(folder[.posixPermissions] as? Int == 0o700)
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
            let told = try await trace(bridge)
            #expect(told["bytes"] as? Int == bytes.count)
            #expect(told["active"] as? Bool == false && told["dropped"] as? Int == 0)
            try await check(file, simulator.port, bytes)
        }
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }

    @Test(.enabled(if: hasTshark, "tshark is not installed"))
    func wiresharkReadsItAndNothingPrivateIsIn() async throws {
        try await record([]) { file, port, bytes in
            #expect(!contains(bytes, Self.text) && !contains(bytes, "271828"))
            #expect(!contains(bytes, Simulator.password) && !contains(bytes, "79161234567"))
            let malformed = try await tshark(
                file, port: port, "_ws.malformed || (smpp && _ws.expert.severity >= 0x600000) || tcp.analysis.flags",
                ["frame.number", "_ws.expert.message"])
            #expect(malformed == [])
            let commands = try await tshark(file, port: port, "smpp", ["smpp.command_id"])
                .flatMap { $0.split(separator: ",") }
            let seen = Set(commands)
            let wanted: Set<Substring> = [
                "0x00000009", "0x80000009", "0x00000004", "0x80000004", "0x00000005", "0x80000005", "0x00000006",
                "0x80000006",
            ]
            #expect(seen.isSuperset(of: wanted), "\(seen)")
            #expect(commands.count { $0 == "0x00000004" } == 5)
            let passwords = try await tshark(file, port: port, "smpp.command_id == 0x00000009", ["smpp.password"])
            #expect(Set(passwords) == ["*******"])
            let numbers = try await tshark(
                file, port: port, "smpp.command_id == 4", ["smpp.destination_addr", "smpp.source_addr"])
            #expect(
                Set(numbers.flatMap { $0.split(separator: ";") }.flatMap { $0.split(separator: ",") })
                    == ["7916*****67", "ACME"])
            let names = try await tshark(file, port: port, "smpp", ["frame.interface_name"])
            #expect(Set(names).isSubset(of: ["main/1", "main/2"]) && !names.isEmpty)
        }
    }

    /// What is inside of TLS is in the trace.
    @Test(.enabled(if: hasTshark, "tshark is not installed"))
    func aCarrierWithTLSIsReadToo() async throws {
        let made = try await TestCertificate.shared()
        let carrier = CarrierSetup(lines: ["tls: { enabled: true, ca: \"\(made.certificate)\" }"])
        let options = ["--tls-certificate", made.certificate, "--tls-key", made.key]
        try await record([], carrier: carrier, simulator: options) { file, port, _ in
            #expect(try await tshark(file, port: port, "_ws.malformed || tcp.analysis.flags", ["frame.number"]) == [])
            let commands = try await tshark(file, port: port, "smpp", ["smpp.command_id"])
            #expect(commands.contains("0x00000009") && commands.contains("0x80000004"), "\(commands)")
        }
    }

    @Test func textsAreShownWhenAsked() async throws {
        try await record(["--show-texts"]) { file, port, bytes in
            #expect(contains(bytes, Self.text) && contains(bytes, "79161234567"))
            #expect(!contains(bytes, Simulator.password))
            let decoded = try await run(Repository.smppost, ["decode", file, "--reveal"])
            #expect(decoded.exitCode == 0, "\(decoded.standardError)")
            #expect(decoded.standardOutput.contains(Self.text) && decoded.standardOutput.contains("\"79161234567\""))
            #expect(decoded.standardOutput.contains("127.0.0.1:\(port)"))
            let masked = try await run(Repository.smppost, ["decode", file])
            #expect(!masked.everything.contains("271828") && !masked.everything.contains("79161234567"))
        }
    }

    /// What dumpcap sees on the wire and what the bridge traces are the same PDUs.
    @Test(.enabled(if: Peers.haveCapture, "this machine does not let dumpcap capture on the loopback interface"))
    func itEqualsACaptureOfTheWire() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withBridgeAndSimulator { bridge, simulator in
            let wire = folder.file("wire.pcap")
            let capture = try ProcessHandle(
                "dumpcap", ["-q", "-P", "-i", "lo", "-f", "tcp port \(simulator.port)", "-w", wire])
            defer { capture.kill() }
            try await capture.waitForOutput(containing: "File: ")
            let begun = try await post(bridge, "/carriers/main/trace", "for=10m&texts=shown")
            #expect(begun.status == 200, "\(begun.body)")
            for text in [Self.text, String(repeating: "long ", count: 100)] {
                #expect(try await bridge.post(.message(text: text)).status == 200)
            }
            #expect(try await post(bridge, "/carriers/main/trace/stop").status == 200)
            let file = try #require(try await trace(bridge)["file"] as? String)
            func pdus(_ file: String) async throws -> [String] {
                let output = try await run(
                    Repository.smppost, ["decode", "--reveal", "--port", "\(simulator.port)", file])
                // The times differ, by how long the kernel took.
                return output.standardOutput.split(separator: "\n").map(String.init).map { line in
                    line.hasPrefix("20") ? String(line.drop { $0 != " " }) : line
                }
            }
            let traced = try await pdus(file)
            #expect(traced.count > 100)
            try await eventually("captured") { try await pdus(wire).count >= traced.count }
            #expect(try await pdus(wire) == traced)
        }
    }

    @Test func aTraceEndsByItself() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let begun = try await post(bridge, "/carriers/main/trace", "for=1s")
            #expect(begun.status == 200)
            #expect(try await trace(bridge)["active"] as? Bool == true)
            #expect(try await post(bridge, "/carriers/main/trace", "for=1s").status == 409)
            try await eventually("over") { try await trace(bridge)["active"] as? Bool == false }
            #expect(try await trace(bridge)["ended"] as? String == "its time is over")
            try await bridge.process.waitForOutput(containing: "a trace is over")
            #expect(try await post(bridge, "/carriers/main/trace/stop").status == 404)
            // A second one of the same moment has a file of its own.
            let second = try await post(bridge, "/carriers/main/trace")
            #expect(second.status == 200 && second.body != begun.body)
        }
    }

    @Test func theFileHasItsBound() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            #expect(try await post(bridge, "/carriers/main/trace", "size=64KiB&for=1h").status == 200)
            let form = Form.message(text: String(repeating: "long ", count: 100))
            for _ in 0..<20 where try await trace(bridge)["active"] as? Bool == true {
                _ = try await bridge.post(Array(repeating: form, count: 20))
            }
            let told = try await trace(bridge)
            #expect(told["ended"] as? String == "the file has its full size")
            let file = try #require(told["file"] as? String)
            let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
            #expect((30_000...65_536).contains(size) && told["bytes"] as? Int == size)
            #expect(try await bridge.post(.message()).status == 200)
        }
    }

    /// A reload that replaces the carrier does not end its trace.
    @Test func aTraceGoesOnThroughAReload() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            #expect(try await post(bridge, "/carriers/main/trace").status == 200)
            var carrier = CarrierSetup(port: simulator.port)
            carrier.window = 7
            try bridge.folder.write(carrier.yaml, to: "carriers/main.yaml")
            #expect(try await post(bridge, "/reload").status == 200)
            try await bridge.process.waitForOutput(containing: "carrier has its new binds")
            #expect(try await bridge.post(.message()).status == 200)
            #expect(try await post(bridge, "/carriers/main/trace/stop").status == 200)
            let file = try #require(try await trace(bridge)["file"] as? String)
            let decoded = try await run(Repository.smppost, ["decode", file]).standardOutput
            for command in ["bind_transceiver,", "unbind,", "submit_sm,"] { #expect(decoded.contains(command)) }
        }
    }

    @Test func requestsThatMakeNoSenseAreRefused() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            for form in ["for=0s", "for=2h", "for=x", "texts=maybe", "size=1", "size=2048MiB", "fro=1s"] {
                #expect(try await post(bridge, "/carriers/main/trace", form).status == 400, "\(form)")
            }
            #expect(try await post(bridge, "/carriers/other/trace").status == 404)
            #expect(try await bridge.monitor("/carriers/main/trace").status == 405)
            // A place that cannot be written is told.
            try bridge.folder.write("a file", to: "config/var")
            let refused = try await post(bridge, "/carriers/main/trace")
            #expect(refused.status == 503 && refused.body.contains("cannot be made"), "\(refused.body)")
            let command = try await smppost(bridge, "trace", "other")
            #expect(command.exitCode == 1 && command.standardError.contains("there is no such carrier"))
        }
    }
}
