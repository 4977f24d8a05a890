import Testing

@testable import SMPP

/// Prints: the way of a message through the scheduler of a bind and of a carrier.
@Suite struct CarrierSpeedTests {
    @Test func speed() {
        let clock = ContinuousClock()
        let rounds = 1_000_000
        for _ in 0..<2 {
            var old = SubmitScheduler(window: 100, maxWaiting: 1000, responseTimeout: .seconds(5), statuses: .standard)
            var now = MonotonicTime(nanoseconds: 100_000_000_000)
            var sum = 0
            let first = clock.measure {
                for _ in 0..<rounds {
                    now = now.adding(nanoseconds: 1000)
                    _ = old.submit(segments: 1, deadline: now.adding(nanoseconds: 9_900_000_000), account: 1)
                    if let write = old.nextWrite(now: now) {
                        now = now.adding(nanoseconds: 1000)
                        let step = old.answered(sequence: write.sequence, status: .ok, messageID: "abc", now: now)
                        if step != .nothing { sum += 1 }
                    }
                }
            }
            for binds in [1, 4, 64] {
                var new = CarrierScheduler(
                    limits: CarrierLimits(window: 100), windows: Array(repeating: nil, count: binds))
                for bind in 0..<binds { new.bindUp(bind, now: now) }
                let second = clock.measure {
                    for _ in 0..<rounds {
                        now = now.adding(nanoseconds: 1000)
                        let offer = CarrierOffer(deadline: now.adding(nanoseconds: 9_900_000_000), account: 1)
                        _ = new.submit(offer, now: now)
                        while let write = new.nextWrite(now: now) {
                            now = now.adding(nanoseconds: 1000)
                            new.answered(
                                bind: write.bind, sequence: write.sequence, status: .ok, messageID: "abc", now: now)
                        }
                        while new.nextStep() != nil { sum += 1 }
                        if new.nextWake(now: now) == nil { sum += 1 }
                    }
                }
                print("\(binds) binds: \(second / rounds) a message; before: \(first / rounds); \(sum)")
            }
        }
    }
}
