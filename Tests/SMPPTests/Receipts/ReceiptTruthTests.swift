import Testing

@testable import SMPP

/// A receipt never stands at another message than its own, whoever sends it.
@Suite struct ReceiptTruthTests {
    private func time(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds * 1e9)) }

    private func receipt(
        _ id: String?, from source: String, to destination: String = "Firm", _ state: ReceiptState = .delivered
    ) -> ReceivedReceipt {
        ReceivedReceipt(DeliveryReceipt(messageID: id, state: state), source: source, destination: destination)
    }

    private func accept(
        _ id: String, _ tag: UInt64, _ recipient: String, from sender: String = "Firm", segment: Int = 0,
        _ matcher: inout ReceiptMatcher
    ) {
        _ = matcher.accepted(
            AcceptedSegment(
                tag: tag, segment: segment, carrierID: id, destination: recipient, sender: SenderKey(sender),
                at: time(1)))
    }

    /// The message that a receipt is said to be of, when all answers are in.
    private func tag(_ received: ReceivedReceipt, _ matcher: inout ReceiptMatcher, at moment: Double = 2) -> UInt64? {
        match(received, &matcher, at: moment)?.tag
    }

    private func match(
        _ received: ReceivedReceipt, _ matcher: inout ReceiptMatcher, at moment: Double = 2
    ) -> ReceiptMatch? {
        guard case .settled(.matched(let match)) = matcher.match(received, at: time(moment)) else { return nil }
        return match
    }

    /// A message to our own number from that number, and a stranger's receipt that goes to it.
    @Test(arguments: ["21", "15", "", "zz"])
    func aStrangersReceiptToTheSendersNumber(id: String) {
        let own = "79160000000"
        var matcher = ReceiptMatcher(form: .auto)
        accept("21", 1, own, from: own, &matcher)
        accept("", 2, own, from: own, &matcher)
        _ = matcher.lost(
            tag: 3, segment: 0, recipient: own, sender: SenderKey(own), missedAt: time(1), now: time(1))
        let stranger = receipt(id, from: "79165555555", to: own)
        #expect(tag(stranger, &matcher) == nil)
        #expect(
            matcher.expire(now: time(99)).allSatisfy {
                $0.outcome != .matched(.init(tag: 3, segment: 0, form: .number, delay: .zero))
            })
        #expect(tag(receipt("21", from: own, to: own), &matcher) == 1)
        #expect(tag(receipt("q", from: own, to: own), &matcher) == 2)
        #expect(tag(receipt("q2", from: own, to: own), &matcher) == 3)
    }

    /// Carriers that swap the addresses, with a name and with a number.
    @Test(arguments: ["Firm", "79990001122", ""])
    func swappedAddresses(sender: String) {
        var matcher = ReceiptMatcher(form: .auto)
        accept("21", 1, "79161234567", from: sender, &matcher)
        accept("", 2, "79161234567", from: sender, &matcher)
        #expect(tag(receipt("15", from: "79990001123", to: "79161234567"), &matcher) == nil)
        #expect(tag(receipt("15", from: sender, to: "79161234567"), &matcher) == 1)
        #expect(tag(receipt("x", from: sender, to: "79161234567"), &matcher) == 2)
    }

    /// An empty source is no reason to believe a receipt for another number.
    @Test func anEmptySource() {
        var matcher = ReceiptMatcher(form: .auto)
        accept("33", 1, "79161234567", &matcher)
        accept("abc9", 2, "79161234568", &matcher)
        #expect(tag(receipt("21", from: "", to: "79165555555"), &matcher) == nil)
        #expect(tag(receipt("abc9", from: "", to: "79165555556"), &matcher) == nil)
        #expect(matcher.expire(now: time(99)).map(\.outcome) == [.unmatched(.otherNumber), .unmatched(.otherNumber)])
        // Nor one for a message, until it is known how the carrier writes ids; but for an id that has one form only.
        accept("xyz9", 3, "79161234568", &matcher)
        #expect(tag(receipt("abc9", from: "", to: "Firm"), &matcher) == nil)
        #expect(tag(receipt("xyz9", from: "", to: "Firm"), &matcher) == 3)
    }

    /// An id needs the same digits beside it, as long as nobody knows how the carrier writes ids: it is no proof that a number ends as another, is masked, or is not there.
    @Test(
        arguments: [
            ("+376312345", "2748", "abc", "79376312345"), ("39161234567", "3000", "bb8", "89161234567"),
            ("79161234567", "21", "15", "7916*****67"), ("79161234567", "21", "15", ""),
            ("79161234567", "21", "15", "SMPPOST"), ("7916*****67", "21", "15", "79161234567"),
        ])
    func aGuessNeedsTheSameDigits(recipient: String, id: String, receipted: String, source: String) {
        var matcher = ReceiptMatcher(form: .auto)
        accept(id, 1, recipient, &matcher)
        let isOther = NumberAgreement.of(source, recipient) == .contrary
        for id in [receipted, id] {
            #expect(tag(receipt(id, from: source), &matcher) == nil)
            let outcome = matcher.expire(now: time(99_999)).first?.outcome
            #expect(outcome == .unmatched(isOther ? .otherNumber : .ambiguous))
        }
        // Where the form is configured, the very id is believed.
        var stated = ReceiptMatcher(form: .same)
        accept(id, 1, recipient, &stated)
        #expect(tag(receipt(id, from: source), &stated) == (isOther ? nil : 1))
    }

    /// A carrier that writes national numbers and other ids shows it by its receipts: those that waited are found then.
    @Test func partOfTheNumberIsEvidence() {
        var matcher = ReceiptMatcher(form: .auto)
        var tags: [UInt64] = []
        for id in 1000...1019 {
            accept(String(id), UInt64(id), "7916\(1_000_000 + id)", &matcher)
            let received = receipt(String(id, radix: 16), from: "8916\(1_000_000 + id)")
            if let tag = tag(received, &matcher, at: Double(id - 990)) { tags.append(tag) }
            for settled in matcher.review(now: time(Double(id - 990)), answeredUpTo: time(Double(id - 990))) {
                if case .matched(let match) = settled.outcome { tags.append(match.tag) }
            }
        }
        #expect(tags.sorted() == Array(1000...1019))
        #expect(matcher.formInWords.en.hasPrefix("hexadecimal"))
        #expect(tag(receipt("3e7", from: "89161111111"), &matcher, at: 40) == nil)
    }

    /// Receipts that show numbers have taught how ids are written: one that shows none is not believed for it, even with the very id of a
    /// message, but where the id has no other form, or is configured.
    @Test(arguments: ["", "SMPPOST"])
    func aCarrierThatShowsNumbersShowsThem(source: String) {
        for form in [ReceiptIDForm.auto, .same] {
            var matcher = ReceiptMatcher(form: form)
            for id in 1000...1040 {
                accept(String(id), UInt64(id), "7916\(1_000_000 + id)", &matcher)
                _ = matcher.match(receipt(String(id), from: "7916\(1_000_000 + id)"), at: time(2))
            }
            accept("2000", 1, "79161234567", &matcher)
            accept("xyz9", 2, "79161234567", &matcher)
            #expect(tag(receipt("2000", from: source), &matcher) == (form == .auto ? nil : 1))
            #expect(tag(receipt("xyz9", from: source), &matcher) == 2)
            #expect(
                matcher.foldedIDs(of: DeliveryReceipt(messageID: "3000", state: .delivered)).least
                    == (form == .auto ? .partial : .unknown))
            #expect(matcher.expire(now: time(99)).map(\.outcome) == (form == .auto ? [.unmatched(.ambiguous)] : []))
        }
    }

    /// Of one that never shows any they are believed, also after a restart, until it begins to.
    @Test func aCarrierThatShowsNone() {
        var matcher = ReceiptMatcher(form: .auto)
        for id in 1000...1031 { matcher.learn(given: "\(id)", receipted: "\(id)") }
        accept("2000", 1, "79161234567", &matcher)
        accept("2001", 2, "79161234567", &matcher)
        #expect(tag(receipt("2000", from: ""), &matcher) == 1)
        #expect(tag(receipt("2001", from: "89161234567"), &matcher) == 2)
        accept("2002", 3, "79161234567", &matcher)
        accept("2003", 4, "79161234568", &matcher)
        #expect(tag(receipt("2002", from: ""), &matcher) == nil)
        // It does not, after all: what waited is found.
        #expect(tag(receipt("2003", from: ""), &matcher) == 4)
        #expect(matcher.review(now: time(3), answeredUpTo: time(3)).count == 1)
    }

    /// A way that was learnt is not believed any more once another was seen: what fits two messages in two ways is nobody's.
    @Test func oneOfAnotherWayUnlearns() {
        var matcher = ReceiptMatcher(form: .auto)
        for id in 1000...1031 { matcher.learn(given: "\(id)", receipted: "\(id)") }
        for id in [3000, 12_288, 4000, 16_384, 5001] { accept("\(id)", UInt64(id), "79161234567", &matcher) }
        #expect(tag(receipt("3000", from: ""), &matcher) == 3000)
        // 5001 in hexadecimal.
        #expect(tag(receipt("1389", from: ""), &matcher) == nil)
        #expect(tag(receipt("4000", from: ""), &matcher) == nil)
        #expect(tag(receipt("4000", from: "79161234567"), &matcher) == 4000)
    }

    /// An id that was given to two numbers: the same digits go before an end, and a mask that fits both says nothing.
    @Test func anIDOfTwoNumbers() {
        var matcher = ReceiptMatcher(form: .auto)
        accept("77", 1, "79376312345", &matcher)
        accept("77", 2, "376312345", &matcher)
        accept("88", 3, "79161111167", &matcher)
        accept("88", 4, "79162222267", &matcher)
        accept("99", 5, "7916*****67", &matcher)
        accept("99", 6, "7916*****67", &matcher)
        #expect(tag(receipt("77", from: "79376312345"), &matcher) == 1)
        #expect(tag(receipt("77", from: "376312345"), &matcher) == 2)
        #expect(tag(receipt("88", from: "7916*****67"), &matcher) == nil)
        #expect(tag(receipt("88", from: "79162*****7"), &matcher) == nil)
        #expect(tag(receipt("99", from: "79161111167"), &matcher) == nil)
        let outcomes = matcher.expire(now: time(99_999)).map(\.outcome)
        #expect(outcomes == Array(repeating: .unmatched(.ambiguous), count: 3))
        // One of two is under way when the receipt comes: an end that agrees waits for it.
        accept("66", 7, "376312345", &matcher)
        guard case .parked = matcher.match(receipt("66", from: "79376312345"), at: time(3), answeredUpTo: time(2))
        else {
            Issue.record("taken at once")
            return
        }
        accept("66", 8, "79376312345", &matcher)
        guard case .matched(let match) = matcher.review(now: time(4), answeredUpTo: time(4)).first?.outcome else {
            return
        }
        #expect(match.tag == 8)
    }

    /// All parts of a message have one id: its receipts are of one part each.
    @Test func oneIDOfAllParts() {
        var matcher = ReceiptMatcher(form: .auto)
        for segment in 0..<20 { accept("R1", 1, "79161110003", segment: segment, &matcher) }
        #expect(match(receipt("R1", from: "79161110003", .enroute), &matcher)?.segment == 0)
        for segment in 0..<20 {
            let state = segment == 3 ? ReceiptState.expired : .delivered
            #expect(match(receipt("R1", from: "79161110003", state), &matcher)?.segment == segment)
        }
        guard
            case .settled(.duplicate(let match)) = matcher.match(
                receipt("R1", from: "79161110003", .expired), at: time(3))
        else {
            Issue.record("no duplicate")
            return
        }
        #expect(match.segment == 3)
    }

    /// One id of two messages to one number: two receipts are one of each.
    @Test func oneIDOfTwoMessages() {
        var matcher = ReceiptMatcher(form: .auto)
        accept("R3", 1, "79161110014", &matcher)
        accept("R3", 2, "79161110014", &matcher)
        #expect(tag(receipt("R3", from: "79161110014"), &matcher) == 2)
        #expect(tag(receipt("R3", from: "79161110014"), &matcher) == 1)
        guard case .settled(.duplicate) = matcher.match(receipt("R3", from: "79161110014"), at: time(3)) else {
            Issue.record("no duplicate")
            return
        }
    }

    /// A message without id, and another to the same number whose answer is under way, with the receipt's id.
    @Test func aNumberWaitsForAnswers() {
        let number = "79161110002"
        var matcher = ReceiptMatcher(form: .auto)
        accept("", 1, number, &matcher)
        guard case .parked = matcher.match(receipt("X9", from: number), at: time(2), answeredUpTo: time(1.5)) else {
            Issue.record("taken by number at once")
            return
        }
        #expect(matcher.review(now: time(2.5), answeredUpTo: time(1.5)).isEmpty)
        let segment = AcceptedSegment(tag: 2, segment: 0, carrierID: "X9", destination: number, at: time(3))
        let settled = matcher.accepted(segment) + matcher.review(now: time(3), answeredUpTo: time(3))
        #expect(settled.map(\.outcome) == [.matched(ReceiptMatch(tag: 2, segment: 0, form: .exact, delay: .zero))])
        // The other way round: the answer without id comes first, and the one with the id is still under way.
        guard case .parked = matcher.match(receipt("X8", from: number), at: time(4), answeredUpTo: time(3.5)) else {
            return
        }
        accept("", 3, number, &matcher)
        #expect(matcher.review(now: time(5), answeredUpTo: time(3.6)).isEmpty)
        let last = AcceptedSegment(tag: 4, segment: 0, carrierID: "X8", destination: number, at: time(6))
        let settledLast = matcher.accepted(last) + matcher.review(now: time(6), answeredUpTo: time(6))
        #expect(settledLast.map(\.outcome) == [.matched(ReceiptMatch(tag: 4, segment: 0, form: .exact, delay: .zero))])
    }

    /// A carrier is not told of a receipt that it would have to bring again, if this process died, to have it found.
    @Test func aReceiptIsHeldWhileAnswersAreUnderWay() {
        var matcher = ReceiptMatcher(form: .auto, limits: .init(heldFor: .seconds(2)))
        accept("21", 1, "79161234567", &matcher)
        for (id, moment) in [("15", 3.0), ("q", 3.1), ("w", 4.5)] {
            _ = matcher.match(receipt(id, from: "79161234567"), at: time(moment), answeredUpTo: time(2))
        }
        #expect(matcher.nextDeadline == time(5) && matcher.nextReleased(now: time(4.9)) == nil)
        #expect(matcher.nextReleased(now: time(5))?.received.receipt.messageID == "15")
        #expect(matcher.nextReleased(now: time(5)) == nil && matcher.nextDeadline == time(5.1))
        // The answers are in: one is found, the others wait on for late ones, and are no secret any more.
        let settled = matcher.review(now: time(5), answeredUpTo: time(5))
        #expect(settled.map(\.ticket) == [0])
        #expect(matcher.nextReleased(now: time(5))?.ticket == 1)
        #expect(matcher.nextReleased(now: time(5))?.ticket == 2)
        #expect(matcher.nextReleased(now: time(5)) == nil && matcher.nextDeadline == time(63.1))
        #expect(matcher.withdraw(ticket: 1) && !matcher.withdraw(ticket: 1) && matcher.parkedCount == 1)
    }

    /// Ids longer than the standard's are the same in answers and receipts.
    @Test func longIDs() {
        let text = "id:" + String(repeating: "w", count: 80) + " stat:DELIVRD"
        let message = ShortMessage(
            source: SMPPAddress("79161234567"), esmClass: 4, shortMessage: Array(text.utf8))
        let id = String(repeating: "w", count: 80)
        #expect(DeliveryReceipt(parsing: message)?.messageID == id)
        let other = String(repeating: "w", count: 79) + "x"
        var matcher = ReceiptMatcher(form: .auto)
        accept(id, 1, "79161234567", &matcher)
        accept(other, 2, "79161234567", &matcher)
        #expect(tag(receipt(id, from: "79161234567"), &matcher) == 1)
    }
}
