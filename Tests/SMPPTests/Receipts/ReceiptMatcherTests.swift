import TestPrograms
import Testing

@testable import SMPP

extension ReceiptMatcher {
    init(form: ReceiptIDForm, limits: Limits = Limits()) {
        self.init(rules: ReceiptRules(ids: form), limits: limits)
    }

    /// The last answer that was under way.
    mutating func accepted(
        id: String, tag: UInt64, segment: Int, recipient: String? = nil, at now: MonotonicTime
    ) -> [SettledReceipt] {
        let segment = AcceptedSegment(tag: tag, segment: segment, carrierID: id, destination: recipient, at: now)
        return accepted(segment) + review(now: now, answeredUpTo: now)
    }
}

@Suite struct ReceiptMatcherTests {
    private func time(_ seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: UInt64(seconds * 1e9))
    }

    private func receipt(
        _ id: String?, _ state: ReceiptState = .delivered, other: String? = nil, from source: String = ""
    ) -> ReceivedReceipt {
        var receipt = DeliveryReceipt(messageID: id, state: state)
        receipt.otherID = other
        return ReceivedReceipt(receipt, source: source)
    }

    private func found(_ step: ReceiptStep) -> ReceiptMatch? {
        if case .settled(.matched(let match)) = step { match } else { nil }
    }

    private func isParked(_ step: ReceiptStep) -> Bool {
        if case .parked(_, displaced: nil) = step { true } else { false }
    }

    private func isDuplicate(_ step: ReceiptStep) -> Bool {
        if case .settled(.duplicate) = step { true } else { false }
    }

    @Test(
        arguments: [
            (.same, "1234567890", "1234567890", .exact), (.same, "00AB12", "ab12", .folded),
            (.same, "ab12", "0AB12", .folded), (.auto, "0012", "12", .folded),
            (.hex, "1234567890", "499602D2", .hexadecimal), (.hex, "001234567890", "00499602d2", .hexadecimal),
            (.hex, "1", "1", .hexadecimal), (.hex, "id-x", "ID-X", .folded),
            (.decimal, "499602D2", "1234567890", .decimal), (.decimal, "00499602d2", "01234567890", .decimal),
            (.decimal, "abc-1", "abc-1", .exact),
            (.auto, "1234567890", "499602D2", .hexadecimal), (.auto, "499602D2", "1234567890", .decimal),
            (.auto, "340282366920938463463374607431768211455", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", .hexadecimal),
            (.auto, "550e8400-e29b-41d4-a716-446655440000", "550E8400E29B41D4A716446655440000", .folded),
        ] as [(ReceiptIDForm, String, String, ReceiptMatchForm)])
    func formsOfIDs(form: ReceiptIDForm, accepted: String, receipted: String, by: ReceiptMatchForm) throws {
        var matcher = ReceiptMatcher(form: form)
        let number = "79161234567"
        #expect(matcher.accepted(id: accepted, tag: 7, segment: 2, recipient: number, at: time(1)).isEmpty)
        let match = try #require(found(matcher.match(receipt(receipted, from: number), at: time(3.5))))
        #expect(match == ReceiptMatch(tag: 7, segment: 2, form: by, delay: .seconds(2.5)))
        #expect(isDuplicate(matcher.match(receipt(receipted, from: "+" + number), at: time(4))))
    }

    @Test(
        arguments: [
            (.same, "255", "FF"), (.same, "ff", "255"), (.hex, "10", "10"), (.hex, "ff", "255"), (.decimal, "10", "10"),
            (.decimal, "255", "FF"), (.auto, "255", "FE"),
        ] as [(ReceiptIDForm, String, String)])
    func otherFormsDoNotMatch(form: ReceiptIDForm, accepted: String, receipted: String) {
        var matcher = ReceiptMatcher(form: form)
        _ = matcher.accepted(id: accepted, tag: 1, segment: 0, at: time(0))
        #expect(isParked(matcher.match(receipt(receipted), at: time(1))))
        #expect(matcher.expire(now: time(61)).map(\.outcome) == [.unmatched(.unknownID)])
    }

    @Test func idsThatDifferInCaseOnlyAreTwo() {
        var matcher = ReceiptMatcher(form: .same)
        _ = matcher.accepted(id: "aBc", tag: 1, segment: 0, at: time(0))
        _ = matcher.accepted(id: "AbC", tag: 2, segment: 0, at: time(0))
        _ = matcher.accepted(id: "abc", tag: 3, segment: 0, at: time(0))
        _ = matcher.accepted(id: "ABC", tag: 4, segment: 0, at: time(0))
        #expect(
            ["AbC", "abc", "aBc", "ABC"].map { found(matcher.match(receipt($0), at: time(1)))?.tag } == [2, 3, 1, 4])
    }

    @Test func anIDThatIsGivenAgainMeansTheNewerMessage() {
        var matcher = ReceiptMatcher(form: .same)
        let number = "79161234567"
        _ = matcher.accepted(id: "5", tag: 1, segment: 0, recipient: number, at: time(0))
        #expect(found(matcher.match(receipt("5", .enroute), at: time(1)))?.tag == 1)
        _ = matcher.accepted(id: "5", tag: 2, segment: 0, recipient: number, at: time(1))
        #expect(found(matcher.match(receipt("5"), at: time(2)))?.tag == 2)
    }

    @Test func intermediateAndFinalReceiptsAreMatchedAndASecondFinalOneIsADuplicate() {
        var matcher = ReceiptMatcher(form: .same)
        _ = matcher.accepted(id: "9", tag: 1, segment: 0, at: time(0))
        for state in [ReceiptState.enroute, .accepted, .enroute, .delivered] {
            #expect(found(matcher.match(receipt("9", state), at: time(1))) != nil)
        }
        #expect(isDuplicate(matcher.match(receipt("9"), at: time(2))))
        // A carrier that changes its mind is told.
        #expect(found(matcher.match(receipt("9", .expired), at: time(2))) != nil)
        #expect(isDuplicate(matcher.match(receipt("9", .expired), at: time(2))))
        #expect(isDuplicate(matcher.match(receipt("9", .delivered), at: time(2))))
    }

    @Test func aReceiptMayComeBeforeTheResponse() throws {
        var matcher = ReceiptMatcher(form: .auto)
        let number = "79161234567"
        #expect(isParked(matcher.match(receipt("2A", .enroute, from: number), at: time(1))))
        #expect(isParked(matcher.match(receipt("2A", from: number), at: time(2))))
        #expect(isParked(matcher.match(receipt("2A", from: number), at: time(3))))
        #expect(matcher.parkedCount == 3 && matcher.nextDeadline == time(5))
        #expect(matcher.accepted(id: "43", tag: 6, segment: 0, recipient: number, at: time(4)).isEmpty)
        let settled = matcher.accepted(id: "42", tag: 7, segment: 1, recipient: number, at: time(4))
        let expected = ReceiptMatch(tag: 7, segment: 1, form: .hexadecimal, delay: .zero)
        #expect(settled.map(\.outcome) == [.matched(expected), .matched(expected), .duplicate(expected)])
        #expect(settled.map(\.received.receipt.state) == [.enroute, .delivered, .delivered])
        #expect(matcher.parkedCount == 0 && matcher.nextDeadline == nil)
        #expect(matcher.expire(now: time(99)).isEmpty)
        #expect(isDuplicate(matcher.match(receipt("2a", from: number), at: time(5))))
    }

    @Test func parkingEnds() {
        var matcher = ReceiptMatcher(form: .same)
        _ = matcher.match(receipt("1"), at: time(0))
        _ = matcher.match(receipt("2"), at: time(10))
        #expect(matcher.expire(now: time(59.9)).isEmpty)
        #expect(matcher.expire(now: time(60)).map(\.received.receipt.messageID) == ["1"])
        while matcher.nextReleased(now: time(60)) != nil {}
        #expect(matcher.nextDeadline == time(70))
        #expect(matcher.accepted(id: "1", tag: 1, segment: 0, at: time(61)).isEmpty)
        #expect(matcher.accepted(id: "2", tag: 1, segment: 0, at: time(61)).count == 1)
    }

    @Test func parkingIsBounded() {
        var matcher = ReceiptMatcher(form: .auto, limits: .init(parked: 3))
        for id in ["1", "2", "3"] { #expect(isParked(matcher.match(receipt(id), at: time(0)))) }
        #expect(
            matcher.match(receipt("4"), at: time(0))
                == .parked(
                    ticket: 3,
                    displaced: SettledReceipt(received: receipt("1"), outcome: .unmatched(.unknownID), ticket: 0)))
        #expect(matcher.parkedCount == 3)
        var same = ReceiptMatcher(form: .same)
        let steps = (0..<20).map { _ in same.match(receipt("1"), at: time(0)) }
        #expect(steps.filter { $0 == .settled(.unmatched(.unknownID)) }.count == 4)
        #expect(same.accepted(id: "1", tag: 0, segment: 0, at: time(1)).count == 16)
    }

    @Test(arguments: [nil, "", "-", " "])
    func noIDIsNeverMatchedByID(id: String?) {
        var matcher = ReceiptMatcher(form: .auto)
        _ = matcher.accepted(id: "-", tag: 1, segment: 0, at: time(0))
        _ = matcher.accepted(id: "", tag: 2, segment: 0, at: time(0))
        #expect(matcher.match(receipt(id), at: time(1)) == .settled(.unmatched(.noID)))
    }

    @Test func segmentsWithoutIDAreFoundByNumber() {
        var matcher = ReceiptMatcher(form: .auto)
        _ = matcher.accepted(id: "-", tag: 1, segment: 0, recipient: "+79161234567", at: time(0))
        _ = matcher.accepted(id: "-", tag: 1, segment: 1, recipient: "79161234567", at: time(0))
        #expect(matcher.match(receipt(nil, from: "79160000000"), at: time(1)) == .settled(.unmatched(.noID)))
        let first = found(matcher.match(receipt("X1", .enroute, from: "79161234567"), at: time(1)))
        #expect(first?.segment == 0 && first?.form == .number)
        #expect(found(matcher.match(receipt("X2", from: "+79161234567"), at: time(1)))?.segment == 1)
        let last = found(matcher.match(receipt("x1", from: "79161234567"), at: time(2)))
        #expect(last?.segment == 0 && last?.form == .folded)
        #expect(isDuplicate(matcher.match(receipt("X1", from: "79161234567"), at: time(3))))
        #expect(isParked(matcher.match(receipt("X3", from: "79161234567"), at: time(3))))
        #expect(matcher.formInWords.en == "not known yet")
    }

    @Test func theTextsIDHelpsWhereTheTLVsDoesNot() {
        var matcher = ReceiptMatcher(form: .same)
        _ = matcher.accepted(id: "77001", tag: 1, segment: 0, at: time(0))
        #expect(found(matcher.match(receipt("internal-9", other: "77001"), at: time(1)))?.tag == 1)
        _ = matcher.match(receipt("internal-10", other: "77002"), at: time(1))
        #expect(matcher.accepted(id: "77002", tag: 2, segment: 0, at: time(2)).count == 1)
    }

    /// Its response was lost and the carrier had accepted it: the receipt says so, unless two may be meant.
    @Test func aReceiptSettlesASegmentWhoseResponseWasLost() {
        var matcher = ReceiptMatcher(form: .auto)
        for (tag, segment, number) in [(1, 2, "79161234567"), (2, 0, "79160000002"), (3, 0, "79160000002")] {
            #expect(lose(UInt64(tag), segment, number, &matcher).isEmpty)
        }
        // Its response may be under way: it waits first.
        #expect(isParked(matcher.match(receipt("77", from: "79161234567"), at: time(3), answeredUpTo: time(2))))
        #expect(isParked(matcher.match(receipt("78", from: "79160000002"), at: time(3), answeredUpTo: time(2))))
        let settled = matcher.review(now: time(4), answeredUpTo: time(4)).map(\.outcome)
        #expect(settled == [.matched(.init(tag: 1, segment: 2, form: .number, delay: .seconds(2)))])
        #expect(matcher.parkedCount == 1)
        // From now on it is known by the id.
        #expect(isDuplicate(matcher.match(receipt("77", from: "79161234567"), at: time(65))))
        // One of the two is answered after all: the other is meant.
        matcher.found(tag: 2, segment: 0)
        #expect(found(matcher.match(receipt("79", from: "79160000002"), at: time(8)))?.tag == 3)
        #expect(matcher.expire(now: time(64)).map(\.outcome) == [.unmatched(.unknownID)])
    }

    /// A receipt that came before its answer was given up, and one that came before the message was written.
    @Test func aReceiptThatWaitsIsOfASegmentThatIsLostThen() {
        var matcher = ReceiptMatcher(form: .auto)
        #expect(isParked(matcher.match(receipt("77", from: "79161234567"), at: time(3))))
        #expect(lose(1, 0, "79161234567", at: time(30), &matcher).isEmpty)
        #expect(lose(2, 0, "79161234568", at: time(5), &matcher).isEmpty)
        #expect(isParked(matcher.match(receipt("78", from: "79161234569"), at: time(3))))
        #expect(lose(3, 0, "79161234569", at: time(5), &matcher).map(\.received.receipt.messageID) == ["78"])
    }

    private func lose(
        _ tag: UInt64, _ segment: Int, _ number: String, at missed: MonotonicTime? = nil,
        _ matcher: inout ReceiptMatcher
    ) -> [SettledReceipt] {
        let missed = missed ?? time(1)
        return matcher.lost(tag: tag, segment: segment, recipient: number, missedAt: missed, now: missed)
    }

    /// What has its final receipt is needed less than what waits for it.
    @Test func settledSegmentsGoFirst() {
        var matcher = ReceiptMatcher(form: .same, limits: .init(segments: 4))
        for number in 1...4 { _ = matcher.accepted(id: "\(number)", tag: UInt64(number), segment: 0, at: time(1)) }
        #expect(found(matcher.match(receipt("3", .enroute), at: time(2)))?.tag == 3)
        for id in ["2", "4"] { #expect(found(matcher.match(receipt(id), at: time(2))) != nil) }
        for number in 5...6 { _ = matcher.accepted(id: "\(number)", tag: UInt64(number), segment: 0, at: time(3)) }
        #expect(matcher.knownCount == 4)
        for number in [1, 3, 5, 6] {
            #expect(found(matcher.match(receipt("\(number)"), at: time(4)))?.tag == UInt64(number))
        }
        // Where all wait, the oldest is forgotten.
        for number in 11...15 { _ = matcher.accepted(id: "\(number)", tag: UInt64(number), segment: 0, at: time(5)) }
        #expect(found(matcher.match(receipt("11"), at: time(6))) == nil)
        #expect(found(matcher.match(receipt("12"), at: time(6)))?.tag == 12)
    }

    @Test func theTableIsBoundedInNumberAndTime() {
        var matcher = ReceiptMatcher(form: .same, limits: .init(segments: 3, knownFor: .seconds(100)))
        for id in 1...4 { _ = matcher.accepted(id: "0\(id)", tag: UInt64(id), segment: 0, at: time(Double(id))) }
        #expect(matcher.knownCount == 3)
        #expect(isParked(matcher.match(receipt("1"), at: time(5))))
        #expect(found(matcher.match(receipt("2"), at: time(102)))?.tag == 2)
        #expect(isParked(matcher.match(receipt("2"), at: time(102.5))))
        #expect(found(matcher.match(receipt("3"), at: time(102.5)))?.tag == 3)
        #expect(matcher.knownCount == 2)
    }

    /// Ids that count up from 1, so that most receipts read in the wrong way name another message.
    @Test(arguments: ["same", "hexadecimal", "decimal"])
    func denseIDsAreLearnt(way: String) {
        var matcher = ReceiptMatcher(form: .auto)
        var wrong = 0
        for id in 1...4000 {
            let number = String(id)
            let hexadecimal = String(id, radix: 16, uppercase: true)
            let recipient = String(79_160_000_000 + id)
            _ = matcher.accepted(
                id: way == "decimal" ? hexadecimal : number, tag: UInt64(id), segment: 0, recipient: recipient,
                at: time(0))
            let receipted = way == "hexadecimal" ? hexadecimal : number
            if found(matcher.match(receipt(receipted, from: recipient), at: time(1)))?.tag != UInt64(id) { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(matcher.formInWords.en.hasPrefix(way == "same" ? "the same, learnt from " : way + ", learnt from "))
    }

    @Test func theWordsSayWhatIsKnown() {
        var matcher = ReceiptMatcher(form: .auto)
        #expect(matcher.formInWords.en == "not known yet")
        for id in 1000...1024 {
            let number = "7916\(1_000_000 + id)"
            _ = matcher.accepted(id: String(id * 1_000_003), tag: 1, segment: 0, recipient: number, at: time(0))
            _ = matcher.match(receipt(String(id * 1_000_003, radix: 16), from: number), at: time(1))
        }
        #expect(matcher.formInWords.en == "hexadecimal, learnt from 25 receipts")
        #expect(ReceiptMatcher(form: .hex).formInWords.en == "hexadecimal, as configured")
    }

    /// Half of the receipts one way, half another: all are matched, the first of the second way when it has waited.
    @Test func aCarrierThatMixesIsMatched() {
        var matcher = ReceiptMatcher(form: .auto)
        for id in 1...100 {
            _ = matcher.accepted(
                id: String(id * 1_000_003), tag: UInt64(id), segment: 0, recipient: "7916\(1_000_000 + id)", at: time(0)
            )
        }
        var tags: Set<UInt64> = []
        for id in 1...100 {
            let text = String(id * 1_000_003, radix: id <= 50 ? 16 : 10)
            if let match = found(matcher.match(receipt(text, from: "7916\(1_000_000 + id)"), at: time(Double(id)))) {
                tags.insert(match.tag)
            }
            for settled in matcher.expire(now: time(Double(id))) {
                if case .matched(let match) = settled.outcome { tags.insert(match.tag) }
            }
        }
        for settled in matcher.expire(now: time(1000)) {
            if case .matched(let match) = settled.outcome { tags.insert(match.tag) }
        }
        #expect(tags.count == 100)
        #expect(matcher.formInWords.en.hasPrefix("mixed: "))
    }

    /// The response has no id, and the receipt comes before it: the recipient's number joins them at once, oldest first.
    @Test func anEarlyReceiptFindsASegmentWithoutID() {
        var matcher = ReceiptMatcher(form: .auto)
        let number = "79160000001"
        #expect(isParked(matcher.match(receipt("a", .enroute, from: number), at: time(0))))
        #expect(isParked(matcher.match(receipt("a", from: "+" + number), at: time(1))))
        #expect(isParked(matcher.match(receipt("b", from: number), at: time(1))))
        #expect(isParked(matcher.match(receipt("c", from: "79160000002"), at: time(1))))
        for tag in 1...2 as ClosedRange<UInt64> {
            let settled = matcher.accepted(id: "", tag: tag, segment: 0, recipient: number, at: time(2))
            #expect(settled.map(\.received.receipt.messageID) == (tag == 1 ? ["a", "a"] : ["b"]))
            for settled in settled {
                #expect(
                    settled.outcome == .matched(ReceiptMatch(tag: tag, segment: 0, form: .number, delay: .zero))
                        || settled.outcome == .matched(ReceiptMatch(tag: tag, segment: 0, form: .exact, delay: .zero)))
            }
        }
        #expect(matcher.accepted(id: "-", tag: 3, segment: 0, recipient: number, at: time(3)).isEmpty)
        #expect(matcher.parkedCount == 1)
        #expect(matcher.expire(now: time(90)).map(\.outcome) == [.unmatched(.unknownID)])
    }

    @Test func theRecipientDecidesADoubt() {
        var matcher = ReceiptMatcher(form: .auto)
        _ = matcher.accepted(id: "10", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
        _ = matcher.accepted(id: "16", tag: 2, segment: 0, recipient: "79160000002", at: time(0))
        #expect(found(matcher.match(receipt("10", from: "79160000002"), at: time(1)))?.tag == 2)
        #expect(found(matcher.match(receipt("10", from: "79160000001"), at: time(1)))?.tag == 1)
    }

    /// Once hexadecimal is sure, a receipt that overtook its response is not given to the message that it looks like.
    @Test func anEarlyReceiptIsNotGivenToAnotherMessage() {
        var matcher = ReceiptMatcher(form: .auto)
        for id in 170...205 {
            let number = "7916\(1_000_000 + id)"
            _ = matcher.accepted(id: String(id), tag: UInt64(id), segment: 0, recipient: number, at: time(0))
            _ = matcher.match(receipt(String(id, radix: 16), from: number), at: time(1))
        }
        let masked = "7916*****00"
        _ = matcher.accepted(id: "300", tag: 300, segment: 0, recipient: "79160000100", at: time(2))
        #expect(isParked(matcher.match(receipt("300", from: masked), at: time(3), answeredUpTo: time(2))))
        let settled = matcher.accepted(id: "768", tag: 768, segment: 0, recipient: "79160000200", at: time(4))
        #expect(settled.count == 1)
        if case .matched(let match) = settled.first?.outcome { #expect(match.tag == 768) }
    }

    /// Where a carrier gives an id twice, the number decides; where there is none, nobody does.
    @Test func anIDGivenTwice() {
        var matcher = ReceiptMatcher(form: .auto)
        _ = matcher.accepted(id: "5", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
        _ = matcher.accepted(id: "5", tag: 2, segment: 0, recipient: "79160000002", at: time(1))
        #expect(found(matcher.match(receipt("5", from: "79160000001"), at: time(2)))?.tag == 1)
        #expect(found(matcher.match(receipt("5", from: "+79160000002"), at: time(2)))?.tag == 2)
        #expect(isParked(matcher.match(receipt("5"), at: time(2))))
        #expect(isParked(matcher.match(receipt("5", from: "79160000003"), at: time(2))))
        #expect(matcher.expire(now: time(70)).map(\.outcome) == [.unmatched(.otherNumber)])
        // The other one waits for what others teach.
        #expect(matcher.parkedCount == 1 && matcher.nextDeadline == time(2 + 6 * 3600))
        #expect(matcher.expire(now: time(30_000)).map(\.outcome) == [.unmatched(.ambiguous)])
    }

    /// What waits for others to teach is bounded, and the oldest is told then.
    @Test func theUndecidedAreBounded() {
        var matcher = ReceiptMatcher(form: .auto, limits: .init(undecided: 2))
        for id in 101...103 {
            _ = matcher.accepted(id: "\(id)", tag: UInt64(id), segment: 0, recipient: "79160000001", at: time(0))
            #expect(isParked(matcher.match(receipt("\(id)"), at: time(1))))
        }
        #expect(matcher.expire(now: time(90)).map(\.received.receipt.messageID) == ["101"])
        #expect(matcher.parkedCount == 2)
    }

    /// A restart learns from the receipts of the earlier process.
    @Test func aRestartLearns() {
        var matcher = ReceiptMatcher(form: .auto)
        for (given, receipted) in [("5", "5"), ("", "9"), ("a", "zz")] {
            matcher.learn(given: given, receipted: receipted)
        }
        #expect(matcher.formInWords.en == "not known yet")
        for id in 100...131 { matcher.learn(given: "\(id)", receipted: String(id, radix: 16)) }
        #expect(matcher.formInWords.en == "hexadecimal, learnt from 32 receipts")
        _ = matcher.accepted(id: "16", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
        _ = matcher.accepted(id: "10", tag: 2, segment: 0, recipient: "79160000002", at: time(0))
        #expect(found(matcher.match(receipt("10"), at: time(1)))?.tag == 1)
    }

    /// A carrier that changes its way is believed after a thousand receipts.
    @Test func aCarrierMayChangeItsWay() {
        var matcher = ReceiptMatcher(form: .auto)
        for _ in 0..<100_000 { matcher.learn(given: "255", receipted: "ff") }
        for _ in 0..<5_000 { matcher.learn(given: "255", receipted: "255") }
        _ = matcher.accepted(id: "255", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
        #expect(found(matcher.match(receipt("255"), at: time(1)))?.tag == 1)
    }

    /// A stranger's receipt: `id:15` where 21 = 0x15 was given.
    @Test func aStrangersReceipt() {
        for form in [ReceiptIDForm.auto, .hex] {
            var matcher = ReceiptMatcher(form: form)
            _ = matcher.accepted(id: "21", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
            #expect(isParked(matcher.match(receipt("15", from: "79160000009"), at: time(1))))
            #expect(matcher.expire(now: time(70)).map(\.outcome) == [.unmatched(.otherNumber)])
            #expect(form != .auto || matcher.formInWords.en == "not known yet")
        }
        var matcher = ReceiptMatcher(rules: ReceiptRules(ids: .hex, comparesNumbers: false))
        _ = matcher.accepted(id: "21", tag: 1, segment: 0, recipient: "79160000001", at: time(0))
        #expect(found(matcher.match(receipt("15", from: "79160000009"), at: time(1)))?.tag == 1)
    }

    /// A guess waits for the answers that are under way, and no longer; `same` does not have to.
    @Test func aGuessWaitsForAnswers() {
        let number = "79160000001"
        var matcher = ReceiptMatcher(form: .auto)
        _ = matcher.accepted(id: "21", tag: 1, segment: 0, recipient: number, at: time(0))
        #expect(isParked(matcher.match(receipt("15", from: number), at: time(3), answeredUpTo: time(2))))
        #expect(matcher.nextDeadline == time(7) && matcher.nextReleased(now: time(6.9)) == nil)
        #expect(matcher.review(now: time(4), answeredUpTo: time(2.9)).isEmpty)
        var quiet = matcher
        #expect(quiet.review(now: time(4), answeredUpTo: time(3)).map(\.received.receipt.messageID) == ["15"])
        var silent = matcher
        #expect(silent.expire(now: time(13)).count == 1)
        // The answer with that very id was under way.
        let settled = matcher.accepted(id: "15", tag: 2, segment: 0, recipient: number, at: time(4))
        guard case .matched(let match) = settled.first?.outcome else {
            Issue.record("not matched")
            return
        }
        #expect(match.tag == 2 && match.form == .exact && matcher.parkedCount == 0)
        #expect(settled.first?.isEarly == true)
        var other = ReceiptMatcher(form: .auto)
        _ = other.accepted(id: "21", tag: 1, segment: 0, recipient: number, at: time(0))
        #expect(found(other.match(receipt("21", from: number), at: time(5), answeredUpTo: time(1)))?.tag == 1)
        #expect(other.formInWords.en == "not known yet" && other.needsReview)
        #expect(other.review(now: time(6), answeredUpTo: time(6)).isEmpty)
        #expect(other.formInWords.en == "the same, learnt from 1 receipt")
    }

    /// The answer comes so late that only its message is known: its number is that of the lost response.
    @Test func aLateAnswerHasItsNumber() {
        var matcher = ReceiptMatcher(form: .auto)
        #expect(lose(1, 0, "79160000001", at: time(0), &matcher).isEmpty)
        _ = matcher.accepted(id: "77", tag: 1, segment: 0, at: time(1))
        #expect(isParked(matcher.match(receipt("77", from: "79160000002"), at: time(2))))
        #expect(found(matcher.match(receipt("77", from: "79160000001"), at: time(2)))?.tag == 1)
    }

    /// A carrier that gives one id for ever costs no more than another.
    @Test func oneIDForEver() {
        var matcher = ReceiptMatcher(form: .same, limits: .init(segments: 50_000))
        let cost = processorTime {
            for number in 0..<100_000 {
                _ = matcher.accepted(
                    id: "007", tag: UInt64(number), segment: 0, recipient: String(79_160_000_000 + number), at: time(0))
            }
        }
        #expect(cost < .seconds(20))
        #expect(found(matcher.match(receipt("7", from: "79160099999"), at: time(1)))?.tag == 99_999)
        #expect(found(matcher.match(receipt("7", from: "79160099993"), at: time(1)))?.tag == 99_993)
    }

    /// A thousand receipts a second must be nothing: the machine's time for as many, early, twice and out of order.
    @Test func allAreMatchedAndTheCostIsSmall() {
        var random = SplitMix64(seed: 11)
        var matcher = ReceiptMatcher(form: .auto)
        let ids = (0..<20_000).map { _ in random.next() >> UInt64(random.below(40)) | 1 << 20 }
        var matched: Set<UInt64> = []
        var duplicates = 0
        func note(_ outcome: ReceiptOutcome) {
            switch outcome {
            case .matched(let match): matched.insert(match.tag)
            case .duplicate: duplicates += 1
            case .unmatched: Issue.record("unmatched")
            }
        }
        let cost = processorTime {
            for (index, id) in ids.enumerated() {
                let number = String(79_160_000_000 + index)
                let received = receipt(
                    (index.isMultiple(of: 2) ? "000" : "") + String(id, radix: 16, uppercase: true), from: number)
                let isEarly = random.chance(20)
                if isEarly, case .settled(let outcome) = matcher.match(received, at: time(1)) { note(outcome) }
                let accepted = matcher.accepted(id: String(id), tag: id, segment: 0, recipient: number, at: time(1))
                for settled in accepted {
                    note(settled.outcome)
                }
                let copies = isEarly ? 0 : 1 + random.below(2)
                for _ in 0..<copies {
                    if case .settled(let outcome) = matcher.match(received, at: time(2)) { note(outcome) }
                }
            }
        }
        let each = cost / 20_000
        print("receipt and acceptance: \(each)")
        #expect(matched.count == Set(ids).count)
        #expect(duplicates > 4000)
        #expect(each < .milliseconds(1))
    }
}
