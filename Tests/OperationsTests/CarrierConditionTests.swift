import Carriers
import Foundation
import HTTPService
import SMPP
import Testing

@testable import Operations

/// A carrier's state, pace and queue, in every form.
struct CarrierConditionTests {
    private typealias Report = MonitorReportTests

    private static func carrier(
        _ name: String = "ready", _ trouble: CarrierTrouble? = nil, since: Double = 5,
        _ change: (inout CarrierStatus) -> Void = { _ in }
    ) -> CarrierStatus {
        var carrier = Report.carrier(Report.bind())
        carrier.state.name = name
        carrier.state.trouble = trouble
        carrier.state.since = since
        change(&carrier)
        return carrier
    }

    private static func text(_ carrier: CarrierStatus) -> String {
        String(decoding: MetricsReport.text(Report.snapshot(carrier)).bytes, as: UTF8.self)
    }

    private static func document(_ carrier: CarrierStatus) throws -> BindsDocument {
        try BindsDocument(json: Data(BindsReport.json(Report.snapshot(carrier)).bytes))
    }

    // MARK: The light

    @Test(arguments: [
        ("ready", 5.0, 0.0, TrafficLight.green), ("paused", 5, 0, .yellow), ("paused", 11, 0, .red),
        ("paused", 200, 61, .yellow), ("tripped", 1, 0, .red), ("tripped", 200, 61, .yellow), ("down", 1, 0, .red),
        ("tripped", 400, 299, .yellow), ("tripped", 400, 301, .green), ("paused", 400, 301, .green),
    ])
    func lightByState(name: String, since: Double, untriedFor: Double, light: TrafficLight) {
        let carrier = Self.carrier(name, .silent, since: since) { $0.state.untriedFor = untriedFor }
        #expect(carrier.light == light)
    }

    /// An idle carrier is green after a while, and says that the next message tries it; what its binds suffer alone counts.
    @Test func whoIsLeftAloneIsGreen() throws {
        let alone = Self.carrier("tripped", .silent, since: 400) {
            $0.state.triedIn = 0
            $0.state.untriedFor = 301
        }
        #expect(alone.light == .green)
        #expect(alone.summary.en == "the bind is up; tripped: it answers nothing, the next message tries it")
        #expect(BindsCheck(try Self.document(alone)).verdict == .ok)
        var lessOne = CarrierStatus(
            name: "main", required: true, ready: true, binds: [Report.bind(), Report.refused("2")])
        lessOne.state = alone.state
        #expect(lessOne.light == .yellow)
    }

    /// What the service's readiness asks for.
    @Test func metricOfReadinessFollowsTheLight() {
        let ready = { (carrier: CarrierStatus) in
            Self.text(carrier).contains(#"smppost_carrier_ready{carrier="main"} 1"# + "\n")
        }
        #expect(ready(Self.carrier()))
        #expect(ready(Self.carrier("paused", .refuses(.throttled))))
        #expect(!ready(Self.carrier("paused", .refuses(.throttled), since: 11)))
        #expect(!ready(Self.carrier("tripped", .silent)))
        #expect(ready(Self.carrier("tripped", .silent, since: 200) { $0.state.untriedFor = 61 }))
        #expect(!ready(Report.carrier(Report.refused())))
    }

    @Test func itTurnsGreenAgainByTime() {
        let slowed = { (ago: Double?, learnt: Double?, configured: Double?) in
            Self.carrier {
                $0.pace.throttledAgo = ago
                $0.pace.learnt = learnt
                $0.pace.configured = configured
            }
        }
        #expect(slowed(59, 12, 30).light == .yellow)
        #expect(slowed(59, 12, 30).trouble?.en == "slowed down by the carrier: 12.0/s of 30.0/s")
        #expect(slowed(59, 12, nil).trouble?.en == "slowed down by the carrier: 12.0/s")
        // Nothing is refused any more; nothing was learnt; a refusal that cost nothing to speak of.
        for green in [slowed(61, 12, 30), slowed(nil, 12, nil), slowed(5, nil, 30), slowed(5, 29, 30)] {
            #expect(green.light == .green && green.trouble == nil)
        }
        let overloaded = { (ago: Double) in Self.carrier { $0.queue.overloadedAgo = ago } }
        #expect(overloaded(59).light == .yellow && overloaded(61).light == .green)
        #expect(overloaded(59).summary.en == "the bind is up; overloaded: messages are refused for lack of time")
        // A learnt rate alone colours no bind.
        #expect(Report.bind { $0.pace.recoveringLimit = 2 }.light == .green)
    }

    @Test func whyStandsInTheSentenceOnce() {
        let paused = Self.carrier("paused", .refuses(.throttled)) {
            $0.state.triedIn = 3.2
            $0.binds[0].pace.isStopped = true
        }
        #expect(
            paused.summary.en
                == "the bind is up; paused: it refuses for speed (0x00000058 ESME_RTHROTTLED), tried again in 0:04")
        let tripped = Self.carrier("tripped", .silent) { $0.state.triedIn = 0 }
        #expect(tripped.summary.en == "the bind is up; tripped: it answers nothing, the next message tries it")
        #expect(Report.carrier(Report.refused()).trouble == nil, "its binds tell")
    }

    // MARK: Views

    @Test func metricsTellStatePaceAndQueue() {
        let text = Self.text(
            Self.carrier("paused", .refuses(.throttled)) {
                $0.pace.configured = 30
                $0.pace.current = 12.5
                $0.queue.messages = 5
                $0.queue.wait = 0.4
                $0.queue.refused["not_in_time"] = 7
            })
        for line in [
            #"smppost_carrier_state{carrier="main",state="paused"} 1"#,
            #"smppost_carrier_state{carrier="main",state="ready"} 0"#,
            #"smppost_carrier_state{carrier="main",state="tripped"} 0"#,
            #"smppost_carrier_state{carrier="main",state="down"} 0"#, #"smppost_carrier_pace{carrier="main"} 12.5"#,
            #"smppost_carrier_pace_limit{carrier="main"} 30"#, #"smppost_carrier_queue{carrier="main"} 5"#,
            #"smppost_carrier_queue_wait_seconds{carrier="main"} 0.4"#,
            #"smppost_not_in_time_total{carrier="main"} 7"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        let free = Self.text(Self.carrier())
        #expect(!free.contains("smppost_carrier_pace{") && !free.contains("smppost_carrier_pace_limit{"))
        #expect(free.contains(#"smppost_carrier_state{carrier="main",state="ready"} 1"#))
    }

    @Test func theDocumentTellsWhy() throws {
        let carrier = Self.carrier("tripped", .refuses(.systemError)) { $0.state.triedIn = 4 }
        let json = String(decoding: BindsReport.json(Report.snapshot(carrier)).bytes, as: UTF8.self)
        #expect(json.contains(#""state":"tripped","since":5"#))
        #expect(json.contains(#""why":{"code":"refuses","status":"0x00000008 ESME_RSYSERR"},"tried_in":4"#))
        let ready = String(decoding: BindsReport.json(Report.snapshot(Self.carrier())).bytes, as: UTF8.self)
        #expect(ready.contains(#""why":null,"tried_in":null"#))
    }

    @Test func tableAndCheckTellPaceAndQueue() throws {
        let busy = Self.carrier {
            $0.pace.configured = 30
            $0.pace.learnt = 12.4
            $0.pace.current = 12.4
            $0.queue.messages = 5
            $0.queue.wait = 0.4
            $0.queue.refused["not_in_time"] = 7
        }
        let document = try Self.document(busy)
        let lines = BindsTable(document).lines
        #expect(lines[2] == "  pace 12.4/s of 30/s, 5 wait 400ms, 7 not in time", "\(lines)")
        let check = BindsCheck(document)
        #expect(check.lines.joined().contains("'main_queue'=5;;;0; 'main_queue_wait'=0.4s;;;0; 'main_not_in_time'=7c"))
        let tripped = BindsCheck(try Self.document(Self.carrier("tripped", .silent)))
        #expect(tripped.verdict == .critical && tripped.lines.joined().contains("main: the bind is up; tripped: "))
        #expect(BindsCheck(try Self.document(Self.carrier("paused", .silent))).verdict == .warning)
        // What an older bridge does not tell.
        let old =
            #"{"version":1,"process":{"version":"1","uptime":1},"carriers":[{"name":"main","required":true,"#
            + #""ready":true,"light":"green","summary":"fine","binds":[]}]}"#
        #expect(BindsTable(try BindsDocument(json: Data(old.utf8))).lines.count == 2)
    }

    @Test func timeTurnsTheLightForThoseWhoLook() {
        let at = { (ago: Double) in
            Report.snapshot(
                Self.carrier {
                    $0.queue.overloadedAgo = ago
                    $0.state.since = ago
                    $0.binds[0].link.lastReceivedAgo = nil
                }, at: ago)
        }
        #expect(LiveReport.change(from: at(50), to: at(55)) == nil, "time alone is no change")
        #expect(LiveReport.change(from: at(50), to: at(61)) != nil, "the light is another one")
    }
}
