import Carriers
import SMPP
import Testing

@testable import Operations

/// What the log is told of a carrier, in simulated time.
struct CarrierLogTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    /// Looks as the service does: at each change, and every few seconds.
    private final class Watch {
        var log = CarrierLog()
        var lines: [CarrierLog.Line] = []
        var now = CarrierLogTests.start
        var status: CarrierStatus

        init(_ status: CarrierStatus) { self.status = status }

        var messages: [String] { lines.map(\.message) }

        func look() { lines += log.take(status, now: now) }

        func become(_ status: CarrierStatus) {
            self.status = status
            look()
        }

        func pass(_ seconds: Int) {
            for _ in 0..<seconds {
                now = now + .seconds(1)
                look()
            }
        }
    }

    private static func bind(_ name: String = "1", state: String = "bound", _ failure: BindFailure? = nil) -> BindStatus
    {
        MonitorReportTests.bind(name) {
            $0.state = state
            $0.failure = failure
            $0.nextAttemptIn = state == "waiting" ? 4 : nil
        }
    }

    private static let refused = BindFailure(.connectRefused)
    private static let up = MonitorReportTests.carrier(bind())
    private static let down = MonitorReportTests.carrier(bind(state: "waiting", refused))
    private static let locked = MonitorReportTests.carrier(
        bind(state: "waiting", BindFailure(.refused(.invalidPassword))))

    private static func state(_ name: String, _ trouble: CarrierTrouble) -> CarrierStatus {
        var carrier = up
        carrier.state.name = name
        carrier.state.trouble = trouble
        carrier.state.triedIn = 3
        return carrier
    }

    private static let paused = state("paused", .refuses(.throttled))
    private static let tripped = state("tripped", .silent)

    @Test func aDeadCarrierIsToldOnceAndEachMinuteAndWhenItIsBack() {
        let watch = Watch(Self.up)
        watch.pass(5)
        watch.become(Self.down)
        for attempt in 1...150 {
            watch.status.binds[0].totals.changes[BindChangeKey(to: "connecting")] = UInt64(attempt)
            watch.pass(1)
        }
        watch.become(Self.up)
        #expect(
            watch.messages == [
                "carrier is down", "carrier is still down", "carrier is still down", "carrier takes messages again",
            ])
        #expect(watch.lines.map(\.level) == [.warning, .notice, .notice, .notice])
        #expect(watch.lines[0].metadata["words"] == Self.refused.words.en)
        #expect(watch.lines[0].metadata["reason"] == "connect_refused")
        #expect(watch.lines[1].metadata["attempts"] == "60" && watch.lines[1].metadata["for"] == "1m0s")
        #expect(watch.lines[2].metadata["attempts"] == "60" && watch.lines[2].metadata["next_attempt_in"] == "0:04")
        #expect(watch.lines[3].metadata == ["after": "2m30s", "was": "down"])
    }

    @Test func wrongCredentialsAreAnErrorAtOnce() {
        let watch = Watch(Self.down)
        watch.pass(1)
        watch.become(Self.locked)
        watch.pass(30)
        #expect(watch.lines.map(\.level) == [.warning, .error])
        #expect(watch.lines[1].metadata["words"]?.contains("ESME_RINVPASWD") == true)
    }

    @Test(arguments: [(paused, "paused", "ESME_RTHROTTLED"), (tripped, "tripped", "answers nothing")])
    func pausedAndTrippedSayWhy(carrier: CarrierStatus, state: String, words: String) {
        let watch = Watch(Self.up)
        watch.become(carrier)
        watch.pass(20)
        watch.become(Self.up)
        watch.pass(200)
        #expect(watch.messages == ["carrier is \(state)", "carrier takes messages again"])
        #expect(watch.lines[0].level == .warning && watch.lines[1].level == .notice)
        #expect(watch.lines[0].metadata["words"]?.contains(words) == true, "\(watch.lines[0])")
    }

    @Test func whatIsWorseIsToldAtOnce() {
        let watch = Watch(Self.paused)
        for worse in [Self.tripped, Self.down, Self.locked, Self.paused] {
            watch.pass(1)
            watch.become(worse)
        }
        #expect(watch.messages == ["carrier is paused", "carrier is tripped", "carrier is down", "carrier is down"])
    }

    /// The trouble of the minute before hides nothing.
    @Test func whatComesAgainSoonIsToldAtOnce() {
        let watch = Watch(Self.up)
        for state in [Self.paused, Self.up, Self.tripped, Self.up, Self.down] {
            watch.pass(3)
            watch.become(state)
        }
        #expect(
            watch.messages == [
                "carrier is paused", "carrier takes messages again", "carrier is tripped",
                "carrier takes messages again",
                "carrier is down",
            ])
        #expect(watch.lines.map(\.level) == [.warning, .notice, .warning, .notice, .warning])
        watch.pass(1)
        watch.become(Self.up)
        #expect(watch.messages.count == CarrierLog.most)
        // There is no room any more: told when there is, with how often it went before.
        watch.become(Self.paused)
        watch.pass(2)
        watch.become(Self.up)
        watch.become(Self.tripped)
        watch.pass(40)
        #expect(watch.messages.count == CarrierLog.most)
        watch.pass(20)
        #expect(watch.messages.count == CarrierLog.most + 1 && watch.messages.last == "carrier is tripped")
        #expect(watch.lines.last?.level == .warning && watch.lines.last?.metadata["times_before"] == "1")
    }

    /// Its binds come up, and it is tripped still: the next loss is as new as the first.
    @Test func whoGotBetterAndIsWorseAgainIsToldAgain() {
        let watch = Watch(Self.up)
        for state in [Self.down, Self.tripped, Self.down] {
            watch.pass(3)
            watch.become(state)
        }
        #expect(watch.messages == ["carrier is down", "carrier is down"])
        // Two hosts that fail in two ways are one trouble.
        for state in [Self.locked, Self.down, Self.locked] {
            watch.pass(3)
            watch.become(state)
        }
        #expect(watch.messages == ["carrier is down", "carrier is down", "carrier is down"])
    }

    @Test func whoNobodyTriesIsNotToldForEver() {
        var waits = Self.tripped
        waits.state.triedIn = 0
        let watch = Watch(Self.up)
        watch.become(waits)
        #expect(watch.lines[0].metadata["next_attempt"] == "with the next message")
        #expect(watch.lines[0].metadata["next_attempt_in"] == nil)
        for second in 1...1000 {
            watch.status.state.untriedFor = Double(second)
            watch.pass(1)
        }
        #expect(watch.messages == ["carrier is tripped", "carrier is still tripped"])
        watch.become(Self.tripped)
        #expect(watch.messages.count == 3 && watch.lines[2].metadata["next_attempt_in"] == "0:03")
        watch.become(Self.up)
        #expect(watch.messages.last == "carrier takes messages again")
    }

    /// However fast it comes and goes, at whatever phase: a few lines a minute.
    @Test(arguments: [1, 2, 3, 7, 20])
    func whoComesAndGoesIsToldBriefly(seconds: Int) {
        let watch = Watch(Self.up)
        for _ in 0..<(600 / seconds) {
            watch.become(Self.paused)
            watch.pass(seconds)
            watch.become(Self.up)
            watch.pass(seconds)
        }
        let minutes = 2 * (600 / seconds) * seconds / 60
        #expect(watch.lines.count <= (CarrierLog.most + 1) * minutes, "\(watch.messages)")
        #expect(watch.lines.count >= minutes / 2)
        #expect(watch.messages.prefix(2) == ["carrier is paused", "carrier takes messages again"])
        // What found no room is counted.
        let begun = watch.lines.filter { $0.level == .warning }
        let counted = watch.lines.compactMap { $0.metadata["times_before"] ?? $0.metadata["times"] }.compactMap(
            Int.init)
        #expect((begun.count + counted.reduce(0, +)) * 2 * seconds >= 1080)
    }

    @Test func aStartHasPatience() {
        let coming = MonitorReportTests.carrier(
            Self.bind(state: "waiting", Self.refused), Self.bind("2", state: "connecting"))
        let watch = Watch(MonitorReportTests.carrier(Self.bind(state: "idle"), Self.bind("2", state: "idle")))
        watch.look()
        watch.become(coming)
        watch.pass(9)
        watch.become(MonitorReportTests.carrier(Self.bind(state: "waiting", Self.refused), Self.bind("2")))
        #expect(watch.lines.isEmpty, "the second bind came up")
        let other = Watch(coming)
        other.pass(11)
        #expect(other.messages == ["carrier is down"])
    }

    @Test func whatPeopleStopIsNoTrouble() {
        let stopped = BindFailure(.stopped(isAnswered: true))
        let watch = Watch(Self.up)
        watch.look()
        var leaving = Self.up
        leaving.state.name = "draining"
        watch.become(leaving)
        watch.become(MonitorReportTests.carrier(Self.bind(state: "stopped", stopped)))
        watch.pass(300)
        watch.become(MonitorReportTests.carrier(Self.bind(state: "connecting", stopped)))
        watch.pass(2)
        watch.become(Self.up)
        // One bind is rebound.
        watch.become(MonitorReportTests.carrier(Self.bind(state: "unbinding")))
        watch.become(MonitorReportTests.carrier(Self.bind(state: "connecting", BindFailure(.closed))))
        watch.pass(1)
        watch.become(Self.up)
        #expect(watch.lines.isEmpty, "\(watch.messages)")
    }

    @Test func aReceiverIsACarrierToo() {
        var receiver = Self.bind()
        receiver.kind = .receiver
        let watch = Watch(MonitorReportTests.carrier(receiver))
        watch.pass(100)
        #expect(watch.lines.isEmpty)
        receiver.state = "waiting"
        receiver.failure = Self.refused
        watch.become(MonitorReportTests.carrier(receiver))
        #expect(watch.messages == ["carrier is down"])
    }
}
