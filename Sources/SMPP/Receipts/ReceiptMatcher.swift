/// Finds the accepted segment that a receipt is about, by its carrier's ids and the recipient's number. One per carrier; every step costs
/// the same, however many segments are known.
///
///     accepted(id) ──▶ known segments ◀── match(receipt) ──▶ settled: matched, duplicate, unmatched
///          │                                   │ not certain while answers are under way
///          └──────────▶ parked receipts ◀──────┘
///                            │ review: those answers are in ──▶ settled, or released: the carrier may be told that it is kept
///                            │ 60 s ──▶ settled, or undecided: it waits until others have taught how the carrier writes ids
///
/// With `auto`, the receipt's id is tried as it is, folded, and converted between decimal and hexadecimal; `ReceiptChoice` has the rules by
/// which one of the messages that this finds is taken. One that no id finds is by its number of a segment whose response had no id, or
/// was lost. A receipt that contradicts the number of a message is never its own, and one whose number proves nothing only where the
/// way to write ids is known.
package struct ReceiptMatcher: Sendable {
    let rules: ReceiptRules
    private let limits: Limits

    typealias Way = ReceiptIDLearning.Way

    var segments: AcceptedSegments
    private var parked: ParkedReceipts
    /// Receipts whose messages are known when the way to write ids is.
    private var undecided: ParkedReceipts
    private var lost: LostSegments
    var learning = ReceiptIDLearning()
    /// What was known of the ways when the receipts that wait were looked at last.
    private var reviewedWith = ReceiptChoice.Known()
    /// Receipts that were matched at once, and teach when the answers that were under way fit no better.
    private var lessons: [ParkedReceipts.Entry] = []
    /// More are not needed to learn from.
    private static let mostLessons = 16

    package init(rules: ReceiptRules, limits: Limits = Limits()) {
        self.rules = rules
        self.limits = limits
        segments = AcceptedSegments(capacity: limits.segments, keptFor: limits.knownFor)
        parked = ParkedReceipts(capacity: limits.parked, keptFor: limits.parkedFor)
        undecided = ParkedReceipts(capacity: limits.undecided, keptFor: limits.undecidedFor)
        lost = LostSegments(capacity: limits.lost, keptFor: limits.knownFor)
    }

    /// How many accepted segments are known.
    package var knownCount: Int { segments.count }
    /// How many receipts wait.
    package var parkedCount: Int { parked.count + undecided.count }
    /// Segments that were forgotten while they waited for their receipts, since the last time.
    package mutating func takeForgotten() -> [ForgottenSegment] { segments.takeForgotten() }
    /// Whether `review` has something to do.
    package var needsReview: Bool { parkedCount > 0 || !lessons.isEmpty }
    /// When `expire` or `nextReleased` has something to do; nil while no receipt waits.
    package var nextDeadline: MonotonicTime? {
        [
            parked.oldestHeld.map { $0 + limits.heldFor }, parked.oldestOpen.map { $0 + limits.answeredFor },
            parked.oldest.map { $0 + limits.parkedFor }, undecided.oldest.map { $0 + limits.undecidedFor },
        ].compactMap(\.self).min()
    }

    /// How receipts write ids, for people: "hexadecimal, learnt from 25 receipts".
    package var formInWords: Phrase {
        let configured = Phrase(en: ", as configured", ru: ", так настроено")
        return switch rules.ids {
        case .same: ReceiptIDLearning.Way.same.word + configured
        case .hex: ReceiptIDLearning.Way.hexadecimal.word + configured
        case .decimal: ReceiptIDLearning.Way.decimal.word + configured
        case .auto: learning.words
        }
    }

    /// A carrier accepted a segment.
    ///
    /// - Parameter segment: without a recipient where the response came so late that only its message is known.
    /// - Returns: receipts that waited for this id, and mean this segment for certain.
    package mutating func accepted(_ segment: borrowing AcceptedSegment) -> [SettledReceipt] {
        var (recipient, sender) = (segment.destination, segment.sender)
        if recipient == nil, let addresses = lost.addresses(of: segment.tag) {
            (recipient, sender) = addresses
        }
        lost.remove(tag: segment.tag, segment: segment.segment)
        let id = CarrierMessageID(segment.carrierID)
        let index = segments.add(
            AcceptedSegments.Entry(
                tag: segment.tag, segment: segment.segment, at: segment.at, id: id, destination: recipient,
                sender: sender))
        if let state = segment.state { segments.settle(at: index, Self.finalBit(state)) }
        guard parked.count > 0 else { return [] }
        guard let id else { return segments[index].recipient.map { settleParked(naming: $0, now: segment.at) } ?? [] }
        return decide(parked.indices(of: id), now: segment.at)
    }

    /// A segment's response did not come. A receipt that names its recipient, and that no id finds, is its own where it is the only one.
    ///
    /// - Parameters:
    ///   - missedAt: when it was given up.
    /// - Returns: receipts that wait, and mean it.
    package mutating func lost(
        tag: UInt64, segment: Int, recipient: String, sender: SenderKey = .unknown, missedAt: MonotonicTime,
        now: MonotonicTime
    ) -> [SettledReceipt] {
        lost.add(LostSegments.Entry(tag: tag, segment: segment, recipient: recipient, sender: sender, at: missedAt))
        guard parked.count > 0, let number = RecipientNumber(recipient) else { return [] }
        return settleParked(naming: number, now: now)
    }

    /// It came after all, and the carrier had not taken it.
    package mutating func found(tag: UInt64, segment: Int) {
        lost.remove(tag: tag, segment: segment)
    }

    /// A receipt came.
    ///
    /// - Parameters:
    ///   - now: when it was read.
    ///   - answeredUpTo: all that was written to the carrier before then has its answer; nil = up to now, as nothing is under way.
    package mutating func match(
        _ received: ReceivedReceipt, at now: MonotonicTime, answeredUpTo: MonotonicTime? = nil
    ) -> ReceiptStep {
        segments.removeOld(now: now)
        let keys = keys(of: received.receipt)
        let entry = ParkedReceipts.Entry(received: received, keys: keys, since: now)
        // Nothing that could still come tells a receipt without an id more.
        let isFinal = keys.isEmpty || answeredUpTo.map { $0 >= now } ?? true
        let reason: UnmatchedReason
        switch verdict(on: received, keys, isFinal: isFinal) {
        case .take(let candidate, let teaches):
            return .settled(take(candidate, teaches, entry, isFinal: isFinal).outcome)
        case .wait: reason = .unknownID
        case .evidence(let candidate):
            note(candidate, entry)
            reason = .ambiguous
        case .unmatched(let why):
            if isFinal, let found = settleByNumber(entry, why, now: now) { return .settled(found.outcome) }
            reason = keys.isEmpty ? .noID : why
        }
        guard !keys.isEmpty, parked.hasRoom(for: keys) else { return .settled(.unmatched(reason)) }
        let (index, displaced) = parked.add(entry)
        // Where nothing is under way there is nothing to be reviewed.
        if isFinal, parked.oldestOpen == now { _ = parked.nextAnswered { $0 <= now } }
        return .parked(ticket: index, displaced: displaced.map { giveUp($0.entry, ticket: $0.index, now: now) })
    }

    /// Settles receipts whose answers are in, or which have waited long enough for them, and all that what was learnt has made certain.
    ///
    /// - Parameter answeredUpTo: all that was written to the carrier before then has its answer.
    package mutating func review(now: MonotonicTime, answeredUpTo: MonotonicTime) -> [SettledReceipt] {
        let limits = limits
        func isAnswered(_ since: MonotonicTime) -> Bool { since <= answeredUpTo || since + limits.answeredFor <= now }
        learn(isAnswered)
        var settled: [SettledReceipt] = []
        while let index = parked.nextAnswered(isAnswered) {
            settled += decide([index], now: now, isFirst: true)
        }
        while rules.ids == .auto, parkedCount > 0, reviewedWith != known {
            reviewedWith = known
            settled += decide(Array(parked.indices), now: now) + decideUndecided()
        }
        return settled
    }

    /// One that the carrier may be told of, since it is kept: its answers are in and its message is not known, or it was held long enough.
    /// Each is given once.
    package mutating func nextReleased(now: MonotonicTime) -> (ticket: Int, received: ReceivedReceipt)? {
        let limits = limits
        guard let index = parked.nextReleased({ $0 + limits.heldFor <= now }), let entry = parked[index] else {
            return nil
        }
        return (index, entry.received)
    }

    /// Somebody else knows its message: it waits no more. False where it is settled already.
    package mutating func withdraw(ticket: Int) -> Bool {
        guard parked[ticket] != nil else { return false }
        parked.remove(ticket)
        return true
    }

    /// Settles the receipts that have waited long enough.
    package mutating func expire(now: MonotonicTime) -> [SettledReceipt] {
        var settled = review(now: now, answeredUpTo: MonotonicTime(nanoseconds: 0))
        while let (index, entry) = parked.expire(now: now) {
            let outcome = giveUp(entry, ticket: index, now: now)
            guard outcome.outcome == .unmatched(.ambiguous), rules.ids == .auto, learning.isOpen else {
                settled.append(outcome)
                continue
            }
            if let displaced = undecided.add(entry).displaced {
                settled.append(SettledReceipt(received: displaced.entry.received, outcome: .unmatched(.ambiguous)))
            }
        }
        while let (_, entry) = undecided.expire(now: now) {
            settled.append(SettledReceipt(received: entry.received, outcome: .unmatched(.ambiguous)))
        }
        return settled
    }

    /// Those that what was learnt has made certain.
    private mutating func decideUndecided() -> [SettledReceipt] {
        var settled: [SettledReceipt] = []
        for index in undecided.indices {
            guard let entry = undecided[index],
                case .take(let candidate, _) = verdict(on: entry.received, entry.keys, isFinal: true)
            else { continue }
            undecided.remove(index)
            settled.append(take(candidate, false, entry, isFinal: true))
        }
        return settled
    }

    // MARK: Learning

    /// A receipt of an earlier process was of this segment.
    ///
    /// - Parameters:
    ///   - given: the id of the response.
    ///   - receipted: the receipt's.
    package mutating func learn(given: String, receipted: String) {
        guard rules.ids == .auto, let given = CarrierMessageID(given) else { return }
        let ways = Set(
            keys(of: DeliveryReceipt(messageID: receipted, state: .delivered))
                .filter { $0.text == given.raw || $0.text == given.folded }.compactMap { Way($0.form) })
        if ways.count == 1, let way = ways.first { learning.restore(way) }
    }

    /// One that is not taken is evidence.
    private mutating func note(_ candidate: ReceiptChoice.Candidate, _ entry: ParkedReceipts.Entry) {
        learning.see(candidate.agreement)
        learn(candidate, entry)
    }

    private mutating func learn(_ isAnswered: (MonotonicTime) -> Bool) {
        for place in lessons.indices.reversed() where isAnswered(lessons[place].since) {
            let entry = lessons.remove(at: place)
            guard case .take(let candidate, true) = verdict(on: entry.received, entry.keys, isFinal: true) else {
                continue
            }
            learn(candidate, entry)
        }
    }

    // MARK: By number

    /// The oldest segment without id to its number, or the only one whose response was lost: that one is known from now on by the
    /// receipt's id.
    private mutating func settleByNumber(
        _ entry: ParkedReceipts.Entry, _ reason: UnmatchedReason, now: MonotonicTime
    ) -> (outcome: ReceiptOutcome, index: Int, isEarly: Bool)? {
        guard reason != .ambiguous else { return nil }
        let received = entry.received
        let id = received.receipt.messageID.flatMap { CarrierMessageID($0) }
        func isMeant(_ recipient: String?, _ sender: SenderKey) -> Bool {
            recipient != nil && received.agreement(withRecipient: recipient, sender: sender) == .equal
        }
        for recipient in received.numbers {
            if let index = segments.index(
                withoutIDFor: recipient, isMeant: { isMeant($0.destination, $0.sender) })
            {
                if id != nil || received.receipt.state.isFinal {
                    segments.settle(withoutIDFor: recipient, at: index, id: id)
                }
                let outcome = outcome(received, at: index, .number, arrival: entry.since)
                return (outcome, index, entry.since < segments[index].at)
            }
            let found = lost.take(
                recipient, reference: received.receipt.reference, at: now,
                missedUpTo: entry.since + limits.answeredFor, isMeant: { isMeant($0.recipient, $0.sender) })
            if let found {
                let index = segments.add(
                    AcceptedSegments.Entry(
                        tag: found.tag, segment: found.segment, at: found.at, id: id,
                        destination: found.recipient, sender: found.sender))
                return (outcome(received, at: index, .number, arrival: entry.since), index, false)
            }
        }
        return nil
    }

    /// Receipts that wait, and name a number for which there is a segment now that no id finds.
    private mutating func settleParked(naming recipient: RecipientNumber, now: MonotonicTime) -> [SettledReceipt] {
        decide(parked.indices(of: recipient).filter { parked.isAnswered($0) }, now: now)
    }

    // MARK: Parking

    /// Takes those out whose messages are known now.
    ///
    /// - Parameter isFirst: whether they are looked at for the first time since their answers came in.
    private mutating func decide(
        _ waiting: [Int], now: MonotonicTime, isFirst: Bool = false
    ) -> [SettledReceipt] {
        var settled: [SettledReceipt] = []
        for ticket in waiting {
            guard let entry = parked[ticket] else { continue }
            let isFinal = parked.isAnswered(ticket)
            switch verdict(on: entry.received, entry.keys, isFinal: isFinal) {
            case .take(let candidate, let teaches):
                parked.remove(ticket)
                settled.append(take(candidate, teaches, entry, ticket, isFinal: isFinal))
            case .evidence(let candidate): if isFirst { note(candidate, entry) }
            case .wait: break
            // What stays ambiguous goes on waiting: what others teach may decide it.
            case .unmatched(let reason):
                guard isFinal, let found = settleByNumber(entry, reason, now: now) else { continue }
                parked.remove(ticket)
                settled.append(
                    SettledReceipt(
                        received: entry.received, outcome: found.outcome, isEarly: found.isEarly, ticket: ticket))
                // It named the segment: others that wait may have the same id.
                if let id = segments[found.index].learntID ?? segments[found.index].id {
                    settled += decide(parked.indices(of: id), now: now)
                }
            }
        }
        return settled
    }

    private mutating func take(
        _ candidate: ReceiptChoice.Candidate, _ teaches: Bool, _ entry: ParkedReceipts.Entry, _ ticket: Int? = nil,
        isFinal: Bool
    ) -> SettledReceipt {
        learning.see(candidate.agreement)
        if teaches, isFinal {
            learn(candidate, entry)
        } else if teaches, learning.sure == nil, lessons.count < Self.mostLessons {
            lessons.append(entry)
        }
        let outcome = outcome(entry.received, at: candidate.index, candidate.form, arrival: entry.since)
        return SettledReceipt(
            received: entry.received, outcome: outcome, isEarly: entry.since < segments[candidate.index].at,
            ticket: ticket)
    }

    private mutating func giveUp(
        _ entry: ParkedReceipts.Entry, ticket: Int, now: MonotonicTime
    ) -> SettledReceipt {
        let reason: UnmatchedReason
        switch verdict(on: entry.received, entry.keys, isFinal: true) {
        case .take(let candidate, let teaches): return take(candidate, teaches, entry, ticket, isFinal: true)
        case .wait, .evidence: reason = .ambiguous
        case .unmatched(let why):
            if let found = settleByNumber(entry, why, now: now) {
                return SettledReceipt(
                    received: entry.received, outcome: found.outcome, isEarly: found.isEarly, ticket: ticket)
            }
            reason = why
        }
        return SettledReceipt(received: entry.received, outcome: .unmatched(reason), ticket: ticket)
    }

    // MARK: Outcomes

    private mutating func outcome(
        _ received: ReceivedReceipt, at index: Int, _ form: ReceiptMatchForm, arrival: MonotonicTime
    ) -> ReceiptOutcome {
        let state = received.receipt.state
        let isRepeated = segments[index].finals & Self.finalBit(state) != 0
        segments.settle(at: index, Self.finalBit(state))
        let entry = segments[index]
        let match = ReceiptMatch(
            tag: entry.tag, segment: entry.segment, form: form, delay: max(.zero, arrival - entry.at))
        return isRepeated ? .duplicate(match) : .matched(match)
    }

    /// 0 for a state that is not final.
    static func finalBit(_ state: ReceiptState) -> UInt16 {
        guard state.isFinal, let index = ReceiptState.allCases.firstIndex(of: state) else { return 0 }
        return 1 << UInt16(index)
    }
}
