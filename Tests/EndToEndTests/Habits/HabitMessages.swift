import Foundation
import TestPrograms
import Testing

extension Habit {
    private static let impatient = "timeouts: { response: 1s }"

    /// What becomes of messages.
    static let messages: [Habit] = [
        refusal("header-only-errors"), refusal("errors-with-id"), refusal("errors-with-parameters"),
        refusal("errors-with-junk"), refusal("nack-errors"),
        Habit("missing-nul") { run in
            try await run.awaitBound()
            let reply = try await run.post()
            #expect(reply.status == 200, run.told)
            #expect(try reply.json().carrierIDs?.first.map { Int($0) != nil } == true, run.told)
            try await run.accept(2)
            try await run.expectKept(0)
        },
        Habit("long-message-id") { run in
            try await run.awaitBound()
            let reply = try await run.post()
            #expect(reply.status == 200, run.told)
            #expect(try reply.json().carrierIDs?.map(\.utf8.count) == [100], run.told)
        },
        stop("throttle-stop"), stop("queue-full-stop"),
        Habit("window-overrun", window: 10) { run in
            try await run.awaitBound()
            // On a busy machine sixteen may come one after the other.
            var counters = try await run.counters()
            for _ in 0..<8 where counters.windowExceeded == 0 {
                #expect(Set(try await run.together(16)) == [200], run.told)
                counters = try await run.counters()
            }
            #expect(counters.windowExceeded > 0 && counters.binds == 1, run.told)
        },
        Habit("window-overrun", window: 5) { run in
            try await run.awaitBound()
            #expect(Set(try await run.together(16)) == [200], run.told)
            #expect(try await run.counters().windowExceeded == 0, run.told)
        },
        Habit("window-of-one", window: 1) { run in
            try await run.awaitBound()
            #expect(Set(try await run.together(8)) == [200], run.told)
            let counters = try await run.counters()
            #expect(counters.windowExceeded == 0 && counters.maxUnanswered == 1, run.told)
        },
        Habit("late-response", window: 1, [impatient]) { run in
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.post("late").status == 504, run.told)
            try await run.accept()
            try await eventually("late") { try await run.bind().totals.late == 1 }
            #expect(try await run.bind().windowInUse == 0, run.told)
            #expect(try await run.post("late again").status == 504, run.told)
            #expect(try await run.counters().binds == 1, run.told)
        },
        Habit("response-twice", window: 1) { run in
            try await run.awaitBound()
            try await run.accept(3)
            let bind = try await run.bind()
            #expect(bind.totals.accepted == 3 && bind.windowInUse == 0, run.told)
            #expect(bind.totals.misplaced == 3, run.told)
            #expect(try await run.counters().binds == 1, run.told)
        },
        // Every part counts against the rate.
        Habit("rate-limit", ["rate: 10/s"]) { run in
            try await run.awaitBound()
            let text = String(repeating: "x", count: 400)
            #expect(Set(try await run.together(6, text)) == [200], run.told)
            let counters = try await run.counters()
            #expect(counters.submits == 18 && counters.throttled == 0, run.told)
            #expect(counters.maxInOneSecond <= 10, run.told)
        },
        Habit("rate-limit") { run in
            try await run.awaitBound()
            #expect(Set(try await run.together(16)) == [200], run.told)
            let counters = try await run.counters()
            #expect(counters.throttled > 0 && counters.binds == 1, run.told)
        },
        // A window of 10 is narrowed to 5.
        Habit("congestion") { run in
            try await run.awaitBound()
            try await run.accept()
            #expect(try await run.bind().congestion == 90, run.told)
            #expect(Set(try await run.together(16)) == [200], run.told)
            let counters = try await run.counters()
            #expect((2...5).contains(counters.maxUnanswered), run.told)
        },
        Habit("lost-response", window: 1, [impatient]) { run in
            try await run.awaitBound()
            for _ in 0..<2 {
                try await run.accept()
                let reply = try await run.post("lost \(UUID().uuidString.prefix(8))")
                #expect(reply.status == 504 && reply.outcome == "unknown", run.told)
                #expect(reply.headers["retry-after"] == nil, run.told)
            }
            let counters = try await run.counters()
            #expect(counters.submits == 4 && counters.binds == 1, run.told)
        },
    ]

    /// A refusal is told as what it is, and costs neither the bind nor the next message.
    private static func refusal(_ scenario: String) -> Habit {
        Habit(scenario) { run in
            try await run.awaitBound()
            for _ in 0..<2 {
                try await run.accept()
                let reply = try await run.post("refused \(UUID().uuidString.prefix(8))")
                #expect(reply.status == 422 && reply.outcome == "refused", run.told)
                #expect(try reply.json().smppStatus == "0x0000000B", run.told)
            }
            let counters = try await run.counters()
            #expect(counters.submits == 4 && counters.binds == 1 && counters.openBinds == 1, run.told)
        }
    }

    /// The carrier stops, not the message: all arrive in the end, and nothing is sent while the SMSC wants silence.
    private static func stop(_ scenario: String) -> Habit {
        Habit(scenario, ["throttle: { stop: true }"]) { run in
            try await run.awaitBound()
            #expect(Set(try await run.together(12)) == [200], run.told)
            let counters = try await run.counters()
            #expect(counters.habitsPlayed >= 1 && counters.habitsBroken == 0, run.told)
            #expect(counters.binds == 1 && counters.openBinds == 1, run.told)
            #expect(try await run.bind().totals.throttled >= 1, run.told)
        }
    }
}
