import TestPrograms
import Testing

extension Habit {
    /// When a bind is asked for.
    static let binds: [Habit] = [
        Habit("bind-response-without-nul") { run in
            try await run.awaitBound()
            #expect(try await run.bind().smscSystemId == "SMPPSIM", run.told)
            try await run.accept()
            try await run.expectKept(0)
        },
        Habit("bind-response-header-only") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(0)
        },
        Habit("slow-bind") { run in
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.counters().binds == 1, run.told)
        },
        Habit("slow-bind", ["timeouts: { bind: 1s }"]) { run in
            try await run.awaitError("timeout")
            #expect(try await run.post().status == 503, run.told)
        },
        Habit("hasty-bind") { run in
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.counters().binds == 1, run.told)
        },
        Habit("throttled-binds", binds: "{ kind: transceiver, count: 3 }") { run in
            try await run.awaitBound(3)
            #expect(try await run.counters().refusedBinds >= 1, run.told)
            try await run.accept(3)
        },
        Habit("two-binds", binds: "{ kind: transceiver, count: 3 }") { run in
            try await run.awaitBound(2)
            try await eventually("told") { try await run.carrier().binds.contains { $0.lastErrorCode == "refused" } }
            try await run.accept(4)
            #expect(try await run.counters().openBinds == 2, run.told)
        },
        Habit("no-transceiver", binds: "{ kind: transmitter }, { kind: receiver }") { run in
            try await run.awaitBound(2)
            #expect(try await run.carrier().links.map(\.health) == ["up"], run.told)
            try await run.accept()
        },
        Habit("no-transceiver") { run in
            try await run.awaitError("refused")
            #expect(try await run.post().status == 503, run.told)
        },
        Habit("no-receiver", binds: "{ kind: transmitter }, { kind: receiver }") { run in
            try await run.awaitBound(1)
            try await eventually("told") { try await run.carrier().binds.contains { $0.lastErrorCode == "refused" } }
            let carrier = try await run.carrier()
            #expect(carrier.ready && carrier.links.map(\.health) == ["degraded"], run.told)
            try await run.accept()
        },
        Habit("old-version-3.3") { run in
            try await run.awaitBound()
            try await run.accept(1, String(repeating: "long ", count: 50))
            try await run.expectKept(2)
        },
        // What only optional parameters could carry is not sent at all.
        Habit("old-version-3.3", ["text: { long: payload }"]) { run in
            try await run.awaitBound()
            let reply = try await run.post(String(repeating: "long ", count: 50))
            #expect(reply.status == 500, run.told)
            #expect(try await run.counters().submits == 0, run.told)
        },
        Habit("no-version", ["text: { long: sar }"]) { run in
            try await run.awaitBound()
            try await run.accept(1, String(repeating: "long ", count: 50))
            try await run.expectKept(0)
        },
        Habit("version-5.0") { run in
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.bind().congestion == 10, run.told)
        },
        Habit("tls-port") { run in
            try await run.awaitError("protocol")
            #expect(try await run.bind().lastError?.contains("TLS") == true, run.told)
            #expect(try await run.post().status == 503, run.told)
        },
        Habit("allow-list") { run in
            try await run.awaitError("allow_list")
            #expect(
                try await run.bind().lastError?.contains("our address 127.0.0.1 is not on its allow-list") == true,
                run.told)
            #expect(try await run.post().status == 503, run.told)
        },
        credentials("wrong-password"),
        credentials("wrong-system-id"),
        Habit("bind-failed") { run in
            try await run.awaitError("refused")
            #expect(try await run.bind().lastError?.contains("0x0000000D") == true, run.told)
            try await eventually("tried again") { try await run.counters().refusedBinds >= 2 }
        },
        // The patience for an old session is 10 s.
        Habit("already-bound") { run in
            try await run.awaitError("already_bound")
            #expect(try await run.bind().state == "waiting", run.told)
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.counters().refusedBinds == 1, run.told)
        },
        Habit("outbind") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(1)
        },
    ]

    /// Wrong credentials are told, and not tried again soon: SMSCs lock accounts for that.
    private static func credentials(_ scenario: String) -> Habit {
        Habit(scenario) { run in
            try await run.awaitError("credentials")
            #expect(try await run.post().status == 503, run.told)
        } afterwards: { run in
            let counters = try await run.counters()
            #expect(counters.refusedBinds == 1, run.told)
        }
    }
}
