import Logging
import SMPP
import Testing

@testable import Carriers

/// How loud a bind is in the log.
struct BindLinesTests {
    private static let later = MonotonicTime(nanoseconds: 900_000_000_000)
    private static let connecting = BindState.connecting(deadline: later)
    private static let binding = BindState.binding(sequence: 1, deadline: later)
    private static let waiting = BindState.waiting(until: later)

    private var lines = BindLines()
    private var now = MonotonicTime(nanoseconds: 500_000_000_000)

    private mutating func level(_ state: BindState, _ reason: BindFailure.Code? = nil) -> Logger.Level {
        lines.change(to: state, reason, now: now).level
    }

    @Test mutating func theFirstAttemptIsToldAndItsRepeatsAreDetail() {
        #expect(level(Self.waiting) == .debug, "its turn is to come")
        #expect(level(Self.connecting) == .info)
        #expect(level(Self.waiting, .connectRefused) == .notice)
        for _ in 0..<100 {
            now = now + .seconds(2)
            #expect(level(Self.connecting) == .debug)
            #expect(level(Self.waiting, .connectRefused) == .debug)
        }
        #expect(level(Self.connecting) == .debug)
        #expect(level(Self.waiting, .credentials) == .notice, "another reason")
        #expect(level(Self.binding) == .debug)
        #expect(level(.bound) == .notice)
        #expect(level(Self.waiting, .reset) == .notice, "lost")
    }

    /// Two hosts with a fault each are no news with every attempt.
    @Test mutating func reasonsThatAlternateAreBounded() {
        var loud = 0
        for attempt in 0..<300 {
            now = now + .seconds(1)
            if level(Self.connecting) > .debug { loud += 1 }
            if level(Self.waiting, attempt % 2 == 0 ? .connectRefused : .timeout) > .debug { loud += 1 }
        }
        #expect(loud <= 7)
    }

    @Test mutating func whoFlapsIsBounded() {
        var loud = 0
        var leftOut = 0
        for _ in 0..<600 {
            for state in [Self.connecting, Self.binding, .bound, Self.waiting] {
                now = now + .milliseconds(250)
                let loudness = lines.change(to: state, .closed, now: now)
                if loudness.level > .debug { loud += 1 }
                leftOut += loudness.leftOut
            }
        }
        #expect(loud <= 11 * BindLines.most)
        #expect(loud >= 9 * BindLines.most)
        #expect(leftOut > 500, "what was left out is told with the next line")
    }

    @Test mutating func whatPeopleAskedForIsTold() {
        _ = level(.bound)
        #expect(level(.draining(deadline: Self.later), .stopped) == .notice)
        #expect(level(.unbinding(sequence: 1, deadline: Self.later)) == .info)
        #expect(level(.stopped) == .info)
        #expect(level(Self.connecting) == .info)
    }
}
