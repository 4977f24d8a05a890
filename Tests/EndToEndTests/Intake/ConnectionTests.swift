import TestPrograms
import Testing

/// TLS and HTTP as connections see them.
@Suite struct ConnectionTests {
    @Test func connectionIsKeptForTheNextRequest() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let forms: [Form] = [.message(), .message(to: "nobody"), .message(password: "wrong"), .message()]
            let replies = try await bridge.post(forms)
            #expect(replies.map(\.status) == [200, 422, 401, 200])
            #expect(replies.map(\.newConnections) == [1, 0, 0, 0])
        }
    }

    /// Answers come in the order of the requests, though the first one takes longest.
    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withBridgeAndSimulator(simulator: ["--fault", "111=late:700ms"]) { bridge, simulator in
            let requests = [
                raw(Form.message(to: "79161230111", text: "slow")), raw(Form.message(to: "nobody")),
                raw(Form.message(text: "last"), headers: ["Connection: close"]),
            ]
            let answer = try await connect(bridge, sending: requests.joined())
            let statuses = answer.standardOutput.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "422", "200"])
            let texts = try await simulator.messages().map(\.text)
            #expect(Set(texts) == ["slow", "last"])
        }
    }

    @Test func chunkedBodyAndContinueAreUnderstood() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let requests = [
                try await bridge.request(.message(), headers: ["Transfer-Encoding: chunked"]),
                try await bridge.request(.message(), headers: ["Expect: 100-continue"]),
            ]
            let replies = try await Curl.run(requests)
            #expect(replies.map(\.status) == [200, 200])
        }
    }

    /// Two lengths in one request are how requests are smuggled past a proxy: 400, and the connection ends.
    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: -1", "Content-Length: 1e3", "Transfer-Encoding: gzip",
    ])
    func doubtfulLengthsAreRefused(_ headers: String) async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let request = "POST /sms HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n\r\n0\r\n\r\nlogin=x"
            let answer = try await connect(bridge, sending: request + raw(.message()))
            let statuses = answer.standardOutput.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["400"], "\(answer.standardOutput)")
            #expect(try await simulator.counters().submits == 0)
        }
    }

    /// What is not HTTP is refused and closes only its own connection.
    @Test func noiseIsRefused() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let noise = try await connect(bridge, sending: "\u{1}\u{2}nonsense\r\n\r\n")
            #expect(noise.standardOutput.hasPrefix("HTTP/1.1 400"), "\(noise.standardOutput)")
            let plain = try await run(
                "curl", ["-s", "http://127.0.0.1:\(bridge.port)/sms"], atMost: .seconds(15))
            #expect(plain.exitCode == 0 && plain.standardOutput.contains("https://"), "\(plain.everything)")
            let next = try await bridge.post(.message())
            #expect(next.status == 200)
        }
    }

    /// A request that does not arrive whole in time is cut.
    @Test(arguments: [
        "POST /sms HTTP/1.1\r\nHost: ", "POST /sms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nto=",
    ])
    func slowSenderIsCut(_ beginning: String) async throws {
        try await withBridgeAndSimulator(BridgeSetup(intakeLines: ["request_timeout: 1s"])) { bridge, _ in
            let start = ContinuousClock.now
            let answer = try await connect(bridge, sending: beginning)
            let took = ContinuousClock.now - start
            #expect(took > .milliseconds(800))
            #expect(took < .seconds(5))
            #expect(answer.standardOutput.isEmpty || answer.standardOutput.hasPrefix("HTTP/1.1 408"))
        }
    }

    /// The client hangs up before the answer: the message is the carrier's, and the bridge goes on.
    @Test func clientThatLeavesHarmsNobody() async throws {
        try await withBridgeAndSimulator(simulator: ["--latency", "1500ms"]) { bridge, simulator in
            let client = try ProcessHandle("curl", ["-sk", "-d", Form.message(text: "left").encoded, bridge.url])
            try await eventually("received") { try await simulator.counters().submits == 1 }
            client.kill()
            let left = try await client.waitForExit()
            #expect(left.exitCode != 0)
            let next = try await bridge.post(.message(text: "next"))
            #expect(next.status == 200)
            #expect(try await simulator.messages().map(\.text) == ["left", "next"])
        }
    }

    @Test func onlyCurrentTLSIsSpoken() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let old = try await client(
                bridge, ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"], sending: "")
            #expect(old.exitCode != 0)
            #expect(old.everything.contains("protocol version"), "\(old.everything)")
            for version in ["-tls1_2", "-tls1_3"] {
                let current = try await client(
                    bridge, [version, "-alpn", "http/1.1"], sending: raw(.message(), headers: ["Connection: close"]))
                #expect(current.standardOutput.contains("HTTP/1.1 200"), "\(version): \(current.everything)")
                #expect(current.everything.contains("ALPN protocol: http/1.1"))
            }
        }
    }

    /// No common protocol: a fatal alert and not a guess (RFC 7301 §3.2).
    @Test func foreignALPNIsRefused() async throws {
        try await withBridgeAndSimulator { bridge, _ in
            let other = try await client(bridge, ["-alpn", "h2"], sending: "")
            #expect(other.exitCode != 0)
            #expect(other.everything.contains("no application protocol"), "\(other.everything)")
        }
    }

    /// Octets of a request with this form.
    private func raw(_ form: Form, headers: [String] = []) -> String {
        let lines =
            [
                "POST /sms HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded",
                "Content-Length: \(form.encoded.utf8.count)",
            ] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + form.encoded
    }

    /// Sends octets over TLS and gives what comes until the bridge closes.
    private func connect(_ bridge: Bridge, sending text: String) async throws -> ProcessOutput {
        try await client(bridge, ["-quiet"], sending: text)
    }

    private func client(
        _ bridge: Bridge, _ arguments: [String], sending text: String
    ) async throws -> ProcessOutput {
        try await run(
            "openssl", ["s_client", "-ign_eof", "-connect", "127.0.0.1:\(bridge.port)"] + arguments, input: text)
    }
}
