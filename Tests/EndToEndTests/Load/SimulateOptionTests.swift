import Foundation
import TestPrograms
import Testing

/// What `smppost simulate` says about its options, and the ones that need the whole program.
@Suite struct SimulateOptionTests {
    @Test(arguments: [
        (["--latency", "5x"], "write 500ms, 8s or 1m"), (["--fault", "7=foo"], "no action \"foo\""),
        (["--fault", "7=segment:0:silent"], "segment:N:ACTION"), (["--fault-rate", "2=silent"], "above 0 and up to 1"),
        (["--fault-rate", "0.6=silent", "--fault-rate", "0.6=close"], "more than 1 together"),
        (["--schedule", "20s..10s=silent"], "ends before it begins"), (["--login", "acme"], "SYSTEM_ID:PASSWORD"),
        (["--login", "a:1", "--login", "a:2"], "two passwords"), (["--system-id", "a"], "go together"),
        (["--tls-key", "x"], "--tls-certificate and --tls-key go together"), (["--tls-client-ca", "x"], "needs"),
        (["--receipts", "2h"], "an hour at most"), (["--receipt-ids", "hex"], "--receipt-ids needs --receipts"),
        (["--receipts", "1s", "--receipt-states", "gone=1"], "there are delivered, expired"),
        (["--inbound", "10"], "write 10/s or 600/m"), (["--inbound-text", "x"], "need --inbound"),
        (["--inbound", "1/s", "--inbound-to", "123456789012345678901"], "1 to 20 ASCII"),
        (["--scenario", "none-such"], "--list-scenarios"), (["--record", "-1"], "--record"),
        (["--rate", "0"], "--rate"), (["--rate-second", "fixed"], "--rate-second needs --rate"),
        (["--rate", "1", "--rate-second", "lunar"], "lunar"), (["--stall", "8s"], "FROM..UNTIL"),
        (["--stall", "8s..12s/10s"], "longer than its period"), (["--latency-growth", "20ms"], "20ms/s:2s"),
        (["--message-ids", "roman"], "roman"), (["--deliver-window", "0"], "--deliver-window"),
        (["--max-binds", "0"], "--max-binds"), (["--forget-after", "0s"], "--forget-after is more than 0"),
        (["--forget-after", "2h"], "an hour at most"),
        (["--first-id", "1000000000000000000"], "18 digits"),
    ])
    func whatIsWrongIsTold(arguments: [String], words: String) async throws {
        let result = try await run(Repository.smppost, ["simulate", "--listen", "127.0.0.1:0"] + arguments)
        #expect(result.exitCode == 64 && result.standardError.contains(words), "\(result.everything)")
    }

    /// Numbers and texts stand there in full: not for a page of another site under a name of its own.
    @Test func theStatusPageKnowsItsOwnNamesOnly() async throws {
        try await withSimulator { simulator in
            let url = "http://127.0.0.1:\(simulator.statusPort)/messages"
            let replies = try await Curl.run([
                CurlRequest(url: url), CurlRequest(url: url, headers: ["Host: evil.example"]),
            ])
            #expect(replies.map(\.status) == [200, 421])
        }
    }

    @Test func aMissingCertificateIsTold() async throws {
        let result = try await run(
            Repository.smppost, ["simulate", "--tls-certificate", "/nowhere.crt", "--tls-key", "/nowhere.key"])
        #expect(result.exitCode == 1 && result.standardError.contains("/nowhere.crt"), "\(result.everything)")
    }

    @Test func scenariosAreListed() async throws {
        let result = try await run(Repository.smppost, ["simulate", "--list-scenarios"])
        let lines = result.standardOutput.split(separator: "\n")
        #expect(result.exitCode == 0 && lines.count > 10)
        #expect(lines.allSatisfy { $0.split(separator: "\t").count == 3 })
        #expect(lines.first == "NAME\tHABIT\tWHAT IT DOES")
    }

    /// OpenSSL's own client is the judge: with the right certificate it gets the bind's answer, without it nothing.
    @Test func itSpeaksTLSAndAsksForACertificate() async throws {
        let made = try await TestCertificate.shared()
        let arguments = [
            "--tls-certificate", made.certificate, "--tls-key", made.key, "--tls-client-ca", made.certificate,
        ]
        try await withSimulator(arguments) { simulator in
            // An enquire_link, answered in every state.
            let connect =
                "(printf '\\0\\0\\0\\020\\0\\0\\0\\025\\0\\0\\0\\0\\0\\0\\0\\007'; sleep 1) | openssl s_client -quiet -no_ign_eof"
            let target = "-connect 127.0.0.1:\(simulator.port) -CAfile \(made.certificate) -verify_return_error"
            let known = try await run(
                "sh", ["-c", "\(connect) \(target) -cert \(made.certificate) -key \(made.key) | od -An -tx1"])
            #expect(
                known.standardOutput.contains("00 00 00 10 80 00 00 15 00 00 00 00 00 00 00 07"),
                "\(known.everything)")
            let unknown = try await run("sh", ["-c", "\(connect) \(target) | od -An -tx1"])
            #expect(!unknown.standardOutput.contains("80 00 00 15"))
            #expect(try await simulator.counters().enquireLinks == 1)
        }
    }
}
