import Intake
import Journal
import Messaging
import SMPP
import Testing

@testable import Bridge

/// What a repeat is told, from what the journal kept.
@Suite struct LedgerReplyTests {
    private func record(_ word: String, _ segments: [SegmentRecord], code: String? = nil) -> OutcomeRecord {
        var generator = MessageIDGenerator(node: 0)
        return OutcomeRecord(
            id: generator.next(unixMilliseconds: 0), at: 0, outcome: word, httpStatus: 0, code: code, carrier: "main",
            segments: segments)
    }

    /// The same reply as the first one, but for its mark.
    @Test(
        arguments: [
            [.accepted(messageID: "a")], [.accepted(messageID: "a"), .accepted(messageID: "")],
            [.accepted(messageID: "a"), .refused(.throttled)], [.refused(.invalidDestinationAddress), .notSent],
            [.refused(.messageQueueFull)], [.unknown(.carrierTimeout)],
            [.accepted(messageID: "a"), .unknown(.connectionLost)],
        ] as [[SegmentOutcome]])
    func sameReply(_ outcomes: [SegmentOutcome]) {
        let first = SubmitOutcome.reply(outcomes, statuses: StatusTable(), language: .en)
        let kept = record(first.outcome.rawValue, outcomes.map(SegmentRecord.init), code: first.code?.rawValue)
        let replayed = LedgerReply.reply(kept, statuses: StatusTable(), language: .en)
        #expect(replayed.replayed)
        #expect(replayed.status == first.status)
        #expect(replayed.outcome == first.outcome)
        #expect(replayed.code == first.code)
        #expect(replayed.message == first.message)
        #expect(replayed.carrierIDs == first.carrierIDs)
        #expect(replayed.acceptedSegments == first.acceptedSegments)
        #expect(replayed.totalSegments == first.totalSegments)
        #expect(replayed.retryAfter == first.retryAfter)
        #expect(replayed.smppStatus?.hex == first.smppStatus?.hex)
    }

    @Test func withoutSegmentsTheCodeDecides() {
        let notSent = LedgerReply.reply(record("not-sent", [], code: "no_bind"), statuses: StatusTable(), language: .ru)
        #expect(notSent.status == 503)
        #expect(notSent.outcome == .notSent)
        let interrupted = LedgerReply.reply(
            record("unknown", [], code: "a later version's"), statuses: StatusTable(), language: .ru)
        #expect(interrupted.status == 504)
        #expect(interrupted.outcome == .unknown)
    }

    @Test func toldAsAcceptedHasNoInventedIDs() {
        let told = LedgerReply.reply(
            record("accepted", [.accepted(id: "a"), .unknown(reason: "carrier_timeout")]), statuses: StatusTable(),
            language: .ru)
        #expect(told.status == 200)
        #expect(told.carrierIDs == ["a", "-"])
    }

    @Test func onlyPromisesAreHeldBack() {
        let accepted = IntakeReply.accepted(segments: 1, carrierIDs: ["a"], language: .ru)
        #expect(LedgerReply.unrecorded(accepted, language: .ru).code == .notRecorded)
        #expect(LedgerReply.unrecorded(accepted, language: .ru).status == 504)
        #expect(LedgerReply.unrecorded(IntakeReply(.partial, language: .ru), language: .ru).code == .notRecorded)
        #expect(LedgerReply.unrecorded(IntakeReply(.noBind, language: .ru), language: .ru).code == .noBind)
    }

    @Test func fingerprintsDependOnEveryPart() {
        let make = MessageFingerprints.maker(key: Array(repeating: 1, count: 32))
        let other = MessageFingerprints.maker(key: Array(repeating: 2, count: 32))
        func intent(_ parts: [String]) -> MessageIntent {
            var generator = MessageIDGenerator(node: 0)
            return MessageIntent(
                id: generator.next(unixMilliseconds: 0), account: parts[0], recipient: parts[1], sender: parts[2],
                text: parts[3])
        }
        let base = ["acme", "79160000000", "ACME", "Hello"]
        var seen = [make(intent(base)), other(intent(base))]
        for place in base.indices {
            var changed = base
            changed[place] += "x"
            seen.append(make(intent(changed)))
        }
        // What ends one part does not begin the next.
        seen.append(make(intent(["acme", "79160000000", "ACMEH", "ello"])))
        // Where its sender names it, the name alone.
        func named(_ parts: [String], _ reference: String) -> MessageIntent {
            var intent = intent(parts)
            intent.reference = reference
            return intent
        }
        seen += [make(named(base, "1")), make(named(base, "2")), make(named(["other"] + base.dropFirst(), "1"))]
        #expect(Set(seen).count == seen.count)
        #expect(make(intent(base)) == seen[0])
        #expect(make(named(base, "1")) == make(named(["acme", "79169999999", "X", "Y"], "1")))
    }
}
