import Messaging
import Testing

@testable import Journal

/// The rules of the ledger, one by one.
@Suite struct InDoubtLedgerTests {
    private var ledger = InDoubtLedger(rules: InDoubtLedger.Rules())
    private let final: InDoubtLedger.RefusalStatus = { _, status in status == 0x58 ? 503 : 422 }

    private func ledger(_ change: (inout InDoubtLedger.Rules) -> Void) -> InDoubtLedger {
        var rules = InDoubtLedger.Rules()
        change(&rules)
        return InDoubtLedger(rules: rules)
    }

    private mutating func end(_ number: UInt64, _ segments: [SegmentRecord], _ word: String) -> [MessageID] {
        ledger.end(.made(number, word, segments), refusal: final).waiters
    }

    @Test mutating func acceptedIsAnsweredUntilItIsDelivered() {
        #expect(ledger.begin(.made(1), .made(1), at: 1000) == .new)
        let outcome = OutcomeRecord.made(1, "accepted", [.accepted(id: "a")])
        #expect(ledger.end(outcome, refusal: final).waiters == [])
        #expect(ledger.begin(.made(2), .made(1), at: 2000) == .repeats(LedgerAnswer(outcome)))
        #expect(ledger.begin(.made(3), .made(2), at: 2000) == .new)
        ledger.delivered(.made(1))
        #expect(ledger.begin(.made(4), .made(1), at: 3000) == .new)
        #expect(ledger.unknownCount == 0)
    }

    @Test(arguments: ["refused", "not-sent"])
    mutating func whatDidNotGoIsSentAnew(_ word: String) {
        #expect(ledger.begin(.made(1), .made(1), at: 1000) == .new)
        #expect(ledger.begin(.made(2), .made(1), at: 1000) == .underWay(.made(1)))
        let (waiters, answer) = ledger.end(.made(1, word, [.refused(status: 0x0B)]), refusal: final)
        #expect(waiters == [.made(2)])
        #expect(answer.outcome.outcome == word)
        #expect(ledger.begin(.made(3), .made(1), at: 1000) == .new)
        #expect(ledger.count == 1)
    }

    @Test mutating func unknownStaysUntilItsTimeIsOver() {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = end(1, [.unknown(reason: "carrier_timeout")], "unknown")
        #expect(ledger.unknownCount == 1)
        let last = 3 * 3_600_000 - 1
        guard case .repeats(let answer) = ledger.begin(.made(2), .made(1), at: UInt64(last)) else {
            Issue.record("not a repeat")
            return
        }
        #expect(answer.outcome.httpStatus == 504)
        #expect(ledger.begin(.made(3), .made(1), at: UInt64(last + 1)) == .new)
        #expect(ledger.unknownCount == 0)
    }

    @Test mutating func expiryFreesWhatNobodyAsksFor() {
        for number in 1...3000 as ClosedRange<UInt64> {
            #expect(ledger.begin(.made(number), .made(number), at: number) == .new)
            _ = end(number, [.unknown(reason: "connection_lost")], "unknown")
        }
        ledger.expire(at: 3 * 3_600_000 + 1000)
        #expect(ledger.count == 2000)
        #expect(ledger.unknownCount == 2000)
        ledger.expire(at: .max)
        #expect(ledger.count == 0)
    }

    /// By what its segments' responses say, the answer of a message in doubt after late responses.
    @Test(arguments: [
        ([UInt32](arrayLiteral: 0, 0), "accepted", 200), ([0, 0x0B], "partial", 502), ([0x0B, 0x0B], "refused", 422),
    ])
    mutating func lateResponsesResolve(_ statuses: [UInt32], _ word: String, _ http: Int) {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = end(1, [.unknown(reason: "carrier_timeout"), .unknown(reason: "carrier_timeout")], "unknown")
        for (segment, status) in statuses.enumerated() {
            ledger.take(.made(1, segment, status), refusal: final)
            if segment == 0, case .repeats(let answer) = ledger.begin(.made(2), .made(1), at: 1) {
                #expect(answer.outcome.outcome == "unknown")
                #expect(answer.outcome.code == "partial_unknown")
            }
        }
        #expect(ledger.unknownCount == 0)
        guard case .repeats(let answer) = ledger.begin(.made(3), .made(1), at: 1) else {
            Issue.record("not a repeat")
            return
        }
        #expect(answer.outcome.outcome == word)
        #expect(answer.outcome.httpStatus == http)
        ledger.delivered(.made(1))
        #expect(ledger.begin(.made(4), .made(1), at: 1) == .new)
    }

    @Test mutating func lateTemporaryRefusalFrees() {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = end(1, [.unknown(reason: "carrier_timeout")], "unknown")
        ledger.take(.made(1, 0, 0x58), refusal: final)
        #expect(ledger.begin(.made(2), .made(1), at: 1) == .new)
        #expect(ledger.unknownCount == 0)
    }

    /// A late response may be faster than the outcome: they come from two event loops.
    @Test mutating func lateResponseBeforeTheOutcome() {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        #expect(ledger.begin(.made(2), .made(1), at: 0) == .underWay(.made(1)))
        ledger.take(.made(1, 0, 0), refusal: final)
        let (waiters, answer) = ledger.end(
            .made(1, "unknown", [.unknown(reason: "carrier_timeout")]), refusal: final)
        #expect(waiters == [.made(2)])
        #expect(answer.outcome.outcome == "accepted")
        #expect(answer.outcome.segments == [.accepted(id: "late")])
    }

    @Test mutating func receiptProvesAcceptance() {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = end(1, [.unknown(reason: "carrier_timeout")], "unknown")
        let receipt = ReceiptRecord(
            message: .made(1), segment: 0, at: 1, carrier: "main", carrierID: "x", state: "delivered", error: nil,
            delay: nil, isDuplicate: false)
        ledger.take(receipt, refusal: final)
        guard case .repeats(let answer) = ledger.begin(.made(2), .made(1), at: 1) else {
            Issue.record("not a repeat")
            return
        }
        #expect(answer.outcome.httpStatus == 200)
        #expect(answer.outcome.segments == [.accepted(id: "x")])
    }

    @Test func duplicateWindowCountsFromTheAcceptance() {
        var ledger = ledger { $0.duplicateWindow = 60_000 }
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        var outcome = OutcomeRecord.made(1, "accepted", [.accepted(id: "a")])
        outcome.at = 500
        _ = ledger.end(outcome, refusal: final)
        ledger.delivered(.made(1))
        #expect(ledger.begin(.made(2), .made(1), at: 60_499) == .repeats(LedgerAnswer(outcome)))
        #expect(ledger.begin(.made(3), .made(1), at: 60_500) == .new)
    }

    /// Those that only answer repeats never cost a new message its place.
    @Test func recentOnesHaveABoundOfTheirOwn() {
        var ledger = ledger {
            $0.duplicateWindow = 60_000
            $0.recent = 3
            $0.entries = 5
        }
        for number in 1...100 as ClosedRange<UInt64> {
            #expect(ledger.begin(.made(number), .made(number), at: 0) == .new)
            _ = ledger.end(.made(number, "accepted", [.accepted(id: "a")]), refusal: final)
            ledger.delivered(.made(number))
        }
        #expect(ledger.count == 3)
        ledger.expire(at: 60_000)
        #expect(ledger.count == 0)
    }

    @Test func inDoubtReplyAcceptedEndsWithItsDelivery() {
        var ledger = ledger { $0.answersAccepted = true }
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = ledger.end(.made(1, "unknown", [.unknown(reason: "carrier_timeout")]), refusal: final)
        guard case .repeats(let answer) = ledger.begin(.made(2), .made(1), at: 1) else {
            Issue.record("not a repeat")
            return
        }
        #expect(answer.outcome.outcome == "accepted")
        #expect(answer.outcome.httpStatus == 200)
        #expect(answer.outcome.code == nil)
        ledger.delivered(.made(1))
        #expect(ledger.begin(.made(3), .made(1), at: 1) == .new)
    }

    @Test func boundsRefuseAndNeverForget() {
        var ledger = ledger {
            $0.entries = 2
            $0.waiters = 1
        }
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        #expect(ledger.begin(.made(2), .made(2), at: 0) == .new)
        #expect(ledger.begin(.made(3), .made(3), at: 0) == .full)
        #expect(ledger.begin(.made(4), .made(1), at: 0) == .underWay(.made(1)))
        #expect(ledger.begin(.made(5), .made(1), at: 0) == .full)
        ledger.leave(.made(4), of: .made(1))
        #expect(ledger.begin(.made(6), .made(1), at: 0) == .underWay(.made(1)))
        #expect(ledger.abandon(.made(1)) == [.made(6)])
        #expect(ledger.begin(.made(7), .made(1), at: 0) == .new)
    }

    @Test mutating func entriesThatAreGoneLeaveNothing() {
        #expect(ledger.begin(.made(1), .made(1), at: 0) == .new)
        _ = end(1, [.unknown(reason: "connection_lost")], "unknown")
        for number in 2...20_000 as ClosedRange<UInt64> {
            #expect(ledger.begin(.made(number), .made(number), at: 1) == .new)
            _ = end(number, [.accepted(id: "a")], "accepted")
            ledger.delivered(.made(number))
        }
        #expect(ledger.count == 1)
        #expect(ledger.namesHeld < 2000)
    }
}

extension MessageID {
    static func made(_ number: UInt64) -> MessageID {
        var generator = MessageIDGenerator(node: 0)
        return MessageID(rawValue: number) ?? generator.next(unixMilliseconds: 0)
    }
}

extension Fingerprint {
    static func made(_ number: UInt64) -> Fingerprint { Fingerprint(high: number, low: ~number) }
}

extension OutcomeRecord {
    static func made(_ number: UInt64, _ word: String, _ segments: [SegmentRecord]) -> OutcomeRecord {
        let status = ["accepted": 200, "refused": 422, "partial": 502, "unknown": 504, "not-sent": 503][word] ?? 500
        return OutcomeRecord(
            id: .made(number), at: 0, outcome: word, httpStatus: status, code: word == "accepted" ? nil : "code",
            carrier: "main", segments: segments)
    }
}

extension LateRecord {
    static func made(_ number: UInt64, _ segment: Int, _ status: UInt32) -> LateRecord {
        LateRecord(id: .made(number), at: 0, carrier: "main", segment: segment, status: status, carrierID: "late")
    }
}
