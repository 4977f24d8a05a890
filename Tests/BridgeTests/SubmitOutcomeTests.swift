import Bridge
import Intake
import SMPP
import Testing

@Suite struct SubmitOutcomeTests {
    private func reply(
        _ outcomes: [SegmentOutcome], language: Language = .en, statuses: StatusTable = .standard
    ) -> IntakeReply {
        SubmitOutcome.reply(outcomes, statuses: statuses, language: language)
    }

    @Test func allAcceptedIs200() {
        let reply = reply([.accepted(messageID: "a1"), .accepted(messageID: "a2")])
        #expect(reply.status == 200)
        #expect(reply.outcome == .accepted)
        #expect(reply.code == nil)
        #expect(reply.carrierIDs == ["a1", "a2"])
        #expect(reply.totalSegments == 2)
        #expect(reply.smppStatus == nil)
    }

    @Test func anEmptyCarrierIDIsShownAsADash() {
        #expect(reply([.accepted(messageID: "")]).carrierIDs == ["-"])
    }

    @Test func finalRefusalSpeaksWithTheTablesWords() {
        let reply = reply([.refused(.invalidDestinationAddress)], language: .ru)
        #expect(reply.status == 422)
        #expect(reply.outcome == .refused)
        #expect(reply.code == .carrierRefused)
        #expect(reply.message == "Оператор не принял номер получателя.")
        #expect(reply.smppStatus?.hex == "0x0000000B")
        #expect(reply.smppStatus?.name == "ESME_RINVDSTADR")
        #expect(reply.retryAfter == nil)
        #expect(!reply.retry)
    }

    @Test func temporaryRefusalIsNotSentAndMayBeRepeated() {
        let reply = reply([.refused(.throttled)])
        #expect(reply.status == 503)
        #expect(reply.outcome == .notSent)
        #expect(reply.retry)
        #expect(reply.retryAfter != nil)
    }

    @Test func aRefusalBeforeAnythingWasAcceptedDecidesForTheRest() {
        let reply = reply([.refused(.invalidSourceAddress), .notSent, .notSent])
        #expect(reply.status == 403)
        #expect(reply.outcome == .refused)
        #expect(reply.totalSegments == 3)
    }

    @Test func someAcceptedSomeRefusedIsPartial() {
        let reply = reply([.accepted(messageID: "1"), .refused(.throttled), .notSent])
        #expect(reply.status == 502)
        #expect(reply.outcome == .partial)
        #expect(reply.code == .partial)
        #expect(reply.acceptedSegments == 1)
        #expect(reply.totalSegments == 3)
        #expect(!reply.retry)
        #expect(reply.retryAfter == nil)
    }

    @Test func someAcceptedSomeNeverWrittenIsPartial() {
        #expect(reply([.accepted(messageID: "1"), .notSent]).code == .partial)
    }

    @Test(arguments: [
        ([SegmentOutcome.unknown(.carrierTimeout)], ReplyCode.carrierTimeout),
        ([.unknown(.connectionLost)], .connectionLost),
        ([.unknown(.carrierTimeout), .unknown(.connectionLost)], .carrierTimeout),
        ([.accepted(messageID: "1"), .unknown(.carrierTimeout)], .partialUnknown),
        ([.refused(.invalidDestinationAddress), .unknown(.carrierTimeout)], .partialUnknown),
        ([.unknown(.connectionLost), .notSent], .partialUnknown),
    ])
    func anyUnknownIs504AndNeverRepeated(outcomes: [SegmentOutcome], code: ReplyCode) {
        let reply = reply(outcomes)
        #expect(reply.status == 504)
        #expect(reply.outcome == .unknown)
        #expect(reply.code == code)
        #expect(!reply.retry)
        #expect(reply.retryAfter == nil)
    }

    @Test func everyStatusGivesItsRow() {
        for value in (0x01...0x200).map(UInt32.init) + [0x3FF, 0x400, 0x4FF, 0x500, .max] {
            let status = CommandStatus(rawValue: value)
            let row = StatusTable.standard.row(for: status)
            let reply = reply([.refused(status)])
            #expect(reply.status == row.http)
            #expect(reply.message == row.english)
            #expect((reply.retryAfter != nil) == (row.http == 503))
        }
    }

    @Test func aCarrierFileMayOverrideARow() {
        let vendor = CommandStatus(rawValue: 0x400)
        var override = StatusOverride()
        override.http = 403
        override.english = "No credit at the carrier."
        let reply = reply([.refused(vendor)], statuses: StatusTable(overrides: [vendor: override]))
        #expect(reply.status == 403)
        #expect(reply.message == "No credit at the carrier.")
    }

    @Test(
        arguments: [
            (nil, 5), (.milliseconds(200), 1), (.seconds(2), 2), (.milliseconds(2001), 3), (.seconds(9999), 3600),
        ]
            as [(Duration?, Int)])
    func theQueueSaysWhenToTryAgain(time: Duration?, seconds: Int) {
        #expect(SubmitOutcome.reply(.busy, retryAfter: time, language: .en).retryAfter == seconds)
    }

    @Test(arguments: [NotSentReason.noBind, .busy, .draining])
    func notSentIs503WithTheTimeToWait(reason: NotSentReason) {
        let reply = SubmitOutcome.reply(reason, language: .ru)
        #expect(reply.status == 503)
        #expect(reply.outcome == .notSent)
        #expect(reply.code?.rawValue == reason.rawValue)
        #expect((reply.retryAfter ?? 0) > 0)
    }
}
