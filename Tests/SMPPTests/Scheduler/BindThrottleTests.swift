import Testing

@testable import SMPP

@Suite struct BindThrottleTests {
    private let start = MonotonicTime(nanoseconds: 100_000_000_000)

    @Test func pausesOnceForManyRefusals() {
        var throttle = BindThrottle()
        #expect(throttle.throttled(now: start) == start + .seconds(1))
        #expect(throttle.throttled(now: start + .milliseconds(300)) == start + .seconds(1))
        #expect(throttle.earliestWrite(now: start + .milliseconds(999)) == start + .seconds(1))
        #expect(throttle.earliestWrite(now: start + .seconds(1)) == nil)
    }

    @Test func pausesGrowUntilSomethingIsAccepted() {
        var throttle = BindThrottle()
        var now = start
        var pauses: [Duration] = []
        for _ in 0..<7 {
            let end = throttle.throttled(now: now)
            pauses.append(end - now)
            now = end
        }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30].map { Duration.seconds($0) })
        throttle.accepted(now: now)
        #expect(throttle.throttled(now: now) == now + .seconds(1))
    }

    @Test func recoversAdditively() {
        var throttle = BindThrottle()
        for place in 0..<100 { throttle.accepted(now: start + .milliseconds(10 * place)) }
        let end = throttle.throttled(now: start + .seconds(1))
        #expect(throttle.recoveringLimit == 50)
        #expect(throttle.earliestWrite(now: end) == nil)
        throttle.wrote(now: end)
        #expect(throttle.earliestWrite(now: end) == end + .milliseconds(20))
        _ = throttle.earliestWrite(now: end + .seconds(1))
        #expect(throttle.recoveringLimit == 55)
        _ = throttle.earliestWrite(now: end + .seconds(29))
        #expect(throttle.recoveringLimit == 195)
        _ = throttle.earliestWrite(now: end + .seconds(30))
        #expect(throttle.recoveringLimit == nil)
    }

    @Test func aRefusalWhileRecoveringHalvesAgain() {
        var throttle = BindThrottle()
        for place in 0..<100 { throttle.accepted(now: start + .milliseconds(10 * place)) }
        let end = throttle.throttled(now: start + .seconds(1))
        _ = throttle.throttled(now: end)
        #expect(throttle.recoveringLimit == 25)
    }

    @Test func congestionNarrowsTheWindow() {
        var throttle = BindThrottle()
        #expect(throttle.usableWindow(10, now: start) == 10)
        for (level, size) in [(0, 10), (79, 10), (80, 10), (90, 5), (99, 1), (100, 1), (4_000_000_000, 1)]
            as [(UInt32, Int)]
        {
            throttle.congested(level, now: start)
            #expect(throttle.usableWindow(10, now: start) == size, "at \(level)")
        }
        #expect(throttle.usableWindow(10, now: start + .seconds(10)) == 10)
    }
}
