import Testing

/// Rates, wrong passwords, and messages in flight.
@Suite struct LimitTests {
    @Test func accountsRateIsKept() async throws {
        let accounts = [AccountSetup(lines: ["rate: 1/s"]), AccountSetup(name: "free", login: "free")]
        try await withBridgeAndSimulator(BridgeSetup(accounts: accounts)) { bridge, simulator in
            let replies = try await bridge.post((1...12).map { .message(text: "\($0)") })
            let accepted = replies.filter { $0.status == 200 }.count
            let limited = replies.filter { $0.status == 429 }
            #expect(accepted >= 1)
            #expect(limited.count >= 5)
            #expect(accepted + limited.count == replies.count)
            for reply in limited {
                #expect((Int(reply.headers["retry-after"] ?? "") ?? 0) >= 1)
                #expect(reply.outcome == "not-sent")
            }
            let other = try await bridge.post(.message(login: "free"))
            #expect(other.status == 200)
            #expect(try await simulator.counters().submits == accepted + 1)

            let json = try await bridge.post(.message(), headers: ["Accept: application/json"]).json()
            #expect(json.error == "rate_limited" || json.status == "accepted")
        }
    }

    /// Too many wrong passwords lock out; even the right one then waits.
    @Test func wrongPasswordsLockOut() async throws {
        try await withBridgeAndSimulator { bridge, simulator in
            let wrong = try await bridge.post((1...14).map { _ in Form.message(password: "wrong") })
            #expect(wrong.prefix(5).allSatisfy { $0.status == 401 })
            let last = try #require(wrong.last)
            #expect(last.status == 429)
            #expect((Int(last.headers["retry-after"] ?? "") ?? 0) >= 1)
            let right = try await bridge.post(.message(), headers: ["Accept: application/json"])
            #expect(right.status == 429)
            #expect(try right.json().error == "locked_out")
            #expect(try await simulator.counters().submits == 0)
        }
    }

    /// An account may have so many messages under way and no more.
    @Test func messagesInFlightAreBounded() async throws {
        let setup = BridgeSetup(accounts: [AccountSetup(lines: ["in_flight: 2"])])
        try await withBridgeAndSimulator(setup, simulator: ["--latency", "1500ms"]) { bridge, simulator in
            let warm = try await bridge.post(.message())
            #expect(warm.status == 200)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await bridge.post(.message()).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count >= 2)
            #expect(statuses.contains(429))
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 429 })
            #expect(try await simulator.counters().submits == 1 + statuses.filter { $0 == 200 }.count)
        }
    }
}
