import Carriers
import Foundation
import HTTPService
import Intake
import NIOCore
import SMPP
import Testing

@testable import Operations

/// What the monitor says of a carrier, in every form: light, sentence, JSON, table, check, events.
struct MonitorReportTests {
    static func bind(_ name: String = "1", _ change: (inout BindStatus) -> Void = { _ in }) -> BindStatus {
        var bind = BindStatus(name: name, kind: .transceiver, state: "bound", since: 5, host: "smsc:2775")
        bind.link.lastReceivedAgo = 1
        change(&bind)
        return bind
    }

    static func refused(_ name: String = "1") -> BindStatus {
        bind(name) {
            $0.state = "waiting"
            $0.failure = BindFailure(.refused(.invalidPassword))
            $0.nextAttemptIn = 249.2
        }
    }

    static func carrier(_ binds: BindStatus..., name: String = "main", required: Bool = true) -> CarrierStatus {
        let ready = binds.contains { $0.kind.submits && $0.state == "bound" && !$0.drained }
        return CarrierStatus(name: name, required: required, ready: ready, binds: binds)
    }

    static func snapshot(_ carriers: CarrierStatus..., at seconds: Double = 0) -> MonitorSnapshot {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        var intake = IntakeStatistics()
        intake.isDraining = false
        return MonitorSnapshot(
            takenAt: start + seconds, configuration: ConfigurationStatus(loadedAt: start),
            carriers: carriers.map { status in
                CarrierSnapshot(
                    status: status, receipts: ReceiptsSnapshot(carrier: status.name),
                    recent: status.binds.map { _ in BindRecent() })
            },
            intake: intake, intakeCertificate: ListenerCertificate(expiry: 1_900_000_000, file: "tls/server.crt"),
            process: ProcessStatus(startedAt: start))
    }

    // MARK: Light and sentence

    @Test func green() {
        #expect(Self.carrier(Self.bind()).light == .green)
        #expect(Self.carrier(Self.bind()).summary.en == "the bind is up")
        #expect(Self.carrier(Self.bind(), Self.bind("2")).summary.en == "all 2 binds up")
    }

    @Test func theSentenceOfTheIssue() {
        let carrier = Self.carrier(Self.bind(), Self.bind("2"), Self.refused("3"))
        #expect(carrier.light == .yellow)
        #expect(carrier.summary.en == "2 of 3 binds up; bind 3: password refused, next attempt in 4:10")
    }

    @Test func nothingGoes() {
        #expect(Self.carrier(Self.refused()).light == .red)
        #expect(
            Self.carrier(Self.refused()).summary.en
                == "the bind is not up; bind 1: password refused, next attempt in 4:10")
        let five = CarrierStatus(
            name: "main", required: false, ready: false, binds: (1...5).map { Self.refused("\($0)") })
        #expect(five.summary.en.hasSuffix("; and 2 more"))
        #expect(five.summary.en.hasPrefix("0 of 5 binds up; "))
    }

    /// A receiver that is up sends nothing.
    @Test func aReceiverAloneDoesNotMakeItGreen() {
        let receiver = Self.bind("2") { $0.kind = .receiver }
        #expect(Self.carrier(Self.refused(), receiver).light == .red)
        #expect(Self.carrier(receiver).light == .green)
        #expect(
            Self.carrier(
                Self.bind(),
                Self.bind("2") {
                    $0.kind = .receiver
                    $0.state = "connecting"
                }
            ).light == .yellow)
    }

    @Test func peopleSwitchedItOff() {
        let stopped = Self.bind {
            $0.state = "stopped"
            $0.failure = BindFailure(.stopped(isAnswered: true))
        }
        let drained = Self.bind("2") { $0.drained = true }
        #expect(Self.carrier(stopped).light == .off)
        #expect(Self.carrier(stopped, drained).light == .off)
        #expect(Self.carrier(stopped, Self.bind("2")).light == .yellow)
        #expect(
            Self.carrier(stopped).summary.en
                == "the bind is not up; stopped by people; to connect it again: smppost binds start main")
        let both = Self.carrier(Self.bind { $0.drained = true }, drained)
        #expect(
            both.summary.en
                == "all 2 binds up; drained by people: it takes no new messages; to let it: smppost binds start main")
        #expect(both.summary.ru.contains("выведен из работы") && both.summary.ru.contains("smppost binds start main"))
    }

    @Test(arguments: [
        (\BindStatus.pace.isStopped, "stopped by the carrier for speed"),
        (\BindStatus.link.isSuspect, "the carrier is silent"),
        (\BindStatus.drained, "drained: it takes no new messages"),
    ])
    func upWithTrouble(flag: any WritableKeyPath<BindStatus, Bool> & Sendable, words: String) {
        let bind = Self.bind { $0[keyPath: flag] = true }
        #expect(bind.trouble?.en == words)
        #expect(Self.carrier(bind, Self.bind("2")).light == .yellow)
    }

    @Test func congestion() {
        #expect(Self.bind { $0.pace.congestion = 79 }.trouble == nil)
        #expect(Self.bind { $0.pace.congestion = 80 }.trouble?.en == "the carrier is congested (80 of 100)")
    }

    @Test(arguments: [
        (0, "0:00"), (0.2, "0:01"), (59.5, "1:00"), (250, "4:10"), (3600, "1:00:00"), (3725, "1:02:05"), (-3, "0:00"),
    ])
    func clock(seconds: Double, text: String) {
        #expect(BindStatus.clock(seconds) == text)
    }

    // MARK: JSON

    @Test func theDocumentIsReadAgain() throws {
        let snapshot = Self.snapshot(Self.carrier(Self.bind(), Self.refused("2")))
        let document = try BindsDocument(json: Data(BindsReport.json(snapshot).bytes))
        let carrier = try #require(document.carriers.first)
        #expect(carrier.light == "yellow" && carrier.required && carrier.ready)
        #expect(carrier.summary == snapshot.carriers[0].status.summary.en)
        #expect(
            carrier.summaryRu
                == "установлено 1 из 2 соединений; соединение 2: пароль не принят, следующая попытка через 4:10")
        #expect(carrier.binds[1].lastErrorRu == Self.refused().failure?.words.ru)
        #expect(carrier.binds[1].lastError == Self.refused().failure?.words.en)
        #expect(try document.only(["main"]) == document)
        #expect(throws: BindsDocumentProblem.self) { try document.only(["mian"]) }
    }

    @Test(arguments: [
        "", "{}", "[]", "not found\n", #"{"version":2,"process":{"version":"9","uptime":1},"carriers":[]}"#,
    ])
    func otherDocumentsAreRefused(text: String) {
        #expect(throws: BindsDocumentProblem.self) { try BindsDocument(json: Data(text.utf8)) }
    }

    // MARK: Events

    @Test func timeAloneIsNoChange() {
        let first = Self.snapshot(Self.carrier(Self.bind(), Self.refused("2")))
        let later = Self.carrier(
            Self.bind {
                $0.since = 8
                $0.link.lastReceivedAgo = 4
            },
            Self.bind("2") { bind in
                bind = Self.refused("2")
                bind.nextAttemptIn = 246.2
                bind.since = 8
                bind.link.lastReceivedAgo = 4
            })
        #expect(LiveReport.change(from: first, to: Self.snapshot(later, at: 3)) == nil)
    }

    @Test func onlyWhatChangedIsTold() throws {
        let still = Self.carrier(Self.bind { $0.link.lastReceivedAgo = nil }, name: "still")
        let first = Self.snapshot(Self.carrier(Self.refused()), still)
        let next = Self.snapshot(Self.carrier(Self.bind()), still, at: 1)
        let event = try #require(LiveReport.change(from: first, to: next))
        let text = String(buffer: event)
        #expect(text.hasPrefix("event: change\ndata: {") && text.hasSuffix("}\n\n"))
        #expect(text.contains(#""name":"main""#) && !text.contains(#""name":"still""#))
        #expect(text.contains(#""order":["main","still"]"#))
    }

    @Test func aPDUFromTheCarrierIsAChange() {
        let first = Self.snapshot(Self.carrier(Self.bind { $0.link.lastReceivedAgo = 20 }))
        let next = Self.snapshot(Self.carrier(Self.bind { $0.link.lastReceivedAgo = 0.4 }), at: 1)
        #expect(LiveReport.change(from: first, to: next) != nil)
    }

    @Test func comingAndGoingAreChanges() {
        let one = Self.snapshot(Self.carrier(Self.bind { $0.link.lastReceivedAgo = nil }))
        let none = Self.snapshot()
        #expect(LiveReport.change(from: one, to: none) != nil)
        #expect(LiveReport.change(from: none, to: one) != nil)
        #expect(LiveReport.change(from: none, to: none) == nil)
    }

    // MARK: Actions

    @Test(arguments: [
        ("/carriers/main/drain", OperatorAction(kind: .drain, carrier: "main", bind: nil)),
        ("/carriers/main/binds/2/rebind", OperatorAction(kind: .rebind, carrier: "main", bind: "2")),
        ("/carriers/main/explode", nil), ("/carriers/main/binds/2", nil), ("/carriers/main/binds/2/stop/", nil),
        ("/carriers/stop", nil), ("/carriers/main/bonds/2/stop", nil), ("/x/main/stop", nil), ("/", nil), ("", nil),
    ])
    func actionsHavePaths(path: String, action: OperatorAction?) {
        #expect(OperatorAction(path: path) == action)
        if let action { #expect(action.path == path) }
    }
}
