import Carriers
import HTTPService
import Journal
import SMPP
import Testing

@testable import Operations

/// What `/readyz` answers.
struct ServiceReadinessTests {
    private typealias Report = MonitorReportTests

    private static func carrier(
        _ state: String, _ trouble: CarrierTrouble? = nil, since: Double = 5, untriedFor: Double = 0
    ) -> CarrierStatus {
        var carrier = Report.carrier(Report.bind())
        carrier.state.name = state
        carrier.state.trouble = trouble
        carrier.state.since = since
        carrier.state.untriedFor = untriedFor
        return carrier
    }

    private static func reasons(_ carriers: CarrierStatus...) -> [String] {
        ServiceReadiness(isListening: true, required: carriers, journal: nil).reasons
    }

    @Test func readyWhileMessagesGetThrough() {
        #expect(Self.reasons().isEmpty)
        #expect(Self.reasons(Self.carrier("ready")).isEmpty)
        #expect(Self.reasons(Self.carrier("paused", .refuses(.throttled))).isEmpty, "a short pause")
        #expect(
            ServiceReadiness(isListening: true, required: [Self.carrier("ready")], journal: nil).response.status == 200)
    }

    @Test func aFullIntakeIsNotReady() {
        let full = ServiceReadiness(isListening: true, isFull: true, required: [Self.carrier("ready")], journal: nil)
        #expect(full.reasons == ["the intake is full: every place for a connection is taken"])
        #expect(full.response.status == 503)
    }

    @Test func whoIsTrippedOrPausedForLongIsToldWithWhy() {
        #expect(Self.reasons(Self.carrier("tripped", .silent)) == ["main is tripped: it answers nothing"])
        #expect(
            Self.reasons(Self.carrier("paused", .refuses(.throttled), since: 11))
                == ["main is paused: it refuses for speed (0x00000058 ESME_RTHROTTLED)"])
        let readiness = ServiceReadiness(isListening: true, required: [Self.carrier("tripped", .silent)], journal: nil)
        #expect(readiness.response.status == 503)
    }

    /// Else a balancer would never send the message that tries it.
    @Test func whoNobodyTriesIsReady() {
        #expect(Self.reasons(Self.carrier("tripped", .silent, since: 200, untriedFor: 61)).isEmpty)
        #expect(Self.reasons(Self.carrier("tripped", .silent, since: 900, untriedFor: 800)).isEmpty)
    }

    @Test func allReasonsAreTold() {
        var backup = Report.carrier(Report.refused(), name: "backup")
        backup.state.name = "down"
        var journal = JournalHealth()
        journal.isWriting = false
        let readiness = ServiceReadiness(
            isListening: false, required: [Self.carrier("draining"), Self.carrier("tripped", .silent), backup],
            journal: journal)
        #expect(
            readiness.reasons == [
                "the intake takes no connections", "no bind of main, backup is up",
                "main is tripped: it answers nothing",
                "the journal cannot be written",
            ])
    }
}
