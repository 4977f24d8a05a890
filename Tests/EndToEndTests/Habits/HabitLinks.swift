import TestPrograms
import Testing

extension Habit {
    private static let everySecond = "enquire_link: { every: 1s, unanswered: 2 }"

    /// While a connection is up.
    static let links: [Habit] = [
        Habit("enquire-link-body", [everySecond]) { run in
            try await run.awaitBound()
            try await run.accept()
            try await eventually("asked") { try await run.counters().enquireLinks >= 3 }
            #expect(try await run.bind().enquireLinkRtt != nil, run.told)
            try await run.expectKept(1)
        },
        Habit("odd-sequence") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(4)
        },
        Habit("enquire-link-not-echoed", [everySecond]) { run in
            try await run.awaitBound()
            try await eventually("asked") { try await run.counters().enquireLinks >= 4 }
            #expect(try await run.bind().enquireLinkRtt != nil, run.told)
            try await run.accept()
            try await run.expectKept(0)
        },
        // Asked in time whatever the traffic, and never too soon.
        Habit("enquire-link-police", ["enquire_link: { every: 10s }"]) { run in
            try await run.awaitBound()
            try await eventually("asked twice", atMost: .seconds(40)) {
                try await run.accept()
                let counters = try await run.counters()
                return counters.habitsKept >= 2 || counters.habitsBroken > 0
            }
            try await run.expectKept(2)
        },
        Habit("enquire-link-police", [everySecond]) { run in
            try await eventually("cut") { try await run.counters().habitsBroken >= 1 }
            try await run.awaitReturn(after: "closed")
        },
        Habit("silent-half-open", [everySecond, "timeouts: { response: 1s }"]) { run in
            try await run.awaitBound()
            try await run.accept()
            try await expectUnknown(run, "carrier_timeout")
            try await run.awaitReturn(after: "enquire")
            try await run.accept()
        },
        Habit("unbind-and-reconnect") { run in
            try await run.awaitBound()
            try await run.accept(3)
            try await run.awaitReturn(after: "unbind")
            try await run.accept()
        },
        cut("cut-without-unbind", "closed"),
        cut("reset-without-unbind", "reset"),
        Habit("demands-unbind", binds: "{ kind: transceiver, count: 2 }") { run in
            try await run.awaitBound(2)
            try await run.accept(2)
        } afterwards: { run in
            let counters = try await run.counters()
            #expect(
                counters.unbinds == 2 && counters.habitsKept == 2 && counters.habitsBroken == 0
                    && counters.openBinds == 0, run.told)
        },
        Habit("no-unbind-response") { run in
            try await run.awaitBound()
            try await run.accept()
        } afterwards: { run in
            let counters = try await run.counters()
            #expect(counters.unbinds == 1 && counters.habitsPlayed == 1, run.told)
        },
        Habit("talk-before-bind") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(4)
        },
        Habit("unknown-pdu") { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await run.expectKept(5)
        },
        Habit("large-pdu") { run in
            try await run.awaitBound()
            try await run.accept()
            try await run.expectKept(1)
            try await eventually("counted") { try await run.carrier().receipts.otherMessages == 1 }
        },
        noise("garbage"), noise("huge-length"), noise("short-length"),
    ]

    private static func expectUnknown(_ run: HabitRun, _ error: String) async throws {
        let reply = try await run.post("unknown")
        #expect(reply.status == 504 && reply.outcome == "unknown", run.told)
        #expect(try reply.json().error == error, run.told)
    }

    private static func cut(_ scenario: String, _ reason: String) -> Habit {
        Habit(scenario) { run in
            try await run.awaitBound()
            try await run.accept(2)
            try await expectUnknown(run, "connection_lost")
            try await run.awaitReturn(after: reason)
            try await run.accept()
        }
    }

    /// What is no SMPP ends the connection; the message whose answer it hid is unknown.
    private static func noise(_ scenario: String) -> Habit {
        Habit(scenario) { run in
            try await run.awaitBound()
            try await run.accept()
            try await expectUnknown(run, "connection_lost")
            try await run.awaitReturn(after: "protocol")
            try await run.accept(3)
        }
    }
}
