/// Finds the accepted segment that a receipt is about, by its carrier's ids and the recipient's number. One per carrier; every step costs
/// the same, however many segments are known.
///
///     accepted(id) ──▶ known segments ◀── match(receipt) ──▶ settled: matched, duplicate, unmatched
///          │                                   │ id not known (yet), or a guess
///          └──────────▶ parked receipts ◀──────┘
///                            │ review: the answers that were under way are in ──▶ settled
///                            │ 60 s ──▶ settled; one that no id finds may be of a segment whose response was lost
///
/// With `auto`, the receipt's id is tried as it is, folded, and converted between decimal and hexadecimal; `ReceiptChoice` has the rules by
/// which one of the messages that this finds is taken. A receipt that contradicts the number of a message is never its own.
package struct ReceiptMatcher: Sendable {
    /// Bounds of a matcher.
    package struct Limits: Hashable, Sendable {
        /// How many accepted segments are known at most, at least 1; then one of the oldest is forgotten.
        package var segments: Int
        /// For how long a segment is known: a receipt comes when the message's validity ends at the latest.
        package var knownFor: Duration
        /// How many segments whose response did not come are known at most.
        package var lost: Int
        /// How many receipts wait at most, at least 1.
        package var parked: Int
        /// For how long a receipt waits for the response with its id.
        package var parkedFor: Duration
        /// For how long a guess waits at most: as long as a response may take.
        package var guessFor: Duration

        package init(
            segments: Int = 200_000, knownFor: Duration = .seconds(3 * 86_400), lost: Int = 10_000,
            parked: Int = 10_000, parkedFor: Duration = .seconds(60), guessFor: Duration = .seconds(10)
        ) {
            self.segments = segments
            self.knownFor = knownFor
            self.lost = lost
            self.parked = parked
            self.parkedFor = parkedFor
            self.guessFor = guessFor
        }
    }

    let rules: ReceiptRules
    let guessFor: Duration

    typealias Way = ReceiptIDLearning.Way

    var segments: AcceptedSegments
    var parked: ParkedReceipts
    private var lost: LostSegments
    var learning = ReceiptIDLearning()
    /// What was sure when the guesses were looked at last.
    private var reviewedWith: Way?
    /// Receipts that were matched at once, and teach when the answers that were under way fit no better.
    private var lessons: [ParkedReceipts.Entry] = []
    /// More are not needed to learn from.
    private static let mostLessons = 16

    package init(rules: ReceiptRules, limits: Limits = Limits()) {
        self.rules = rules
        guessFor = limits.guessFor
        segments = AcceptedSegments(capacity: limits.segments, keptFor: limits.knownFor)
        parked = ParkedReceipts(capacity: limits.parked, keptFor: limits.parkedFor)
        lost = LostSegments(capacity: limits.lost, keptFor: limits.knownFor)
    }

    /// How many accepted segments are known.
    package var knownCount: Int { segments.count }
    /// How many receipts wait.
    package var parkedCount: Int { parked.count }
    /// Segments that were forgotten while they waited for their receipts, since the last time.
    package mutating func takeForgotten() -> [ForgottenSegment] { segments.takeForgotten() }
    /// What `ForgottenSegment.id` may be of the segment that a receipt means.
    package func foldedIDs(of receipt: DeliveryReceipt) -> [String] { receipt.foldedIDs(rules.ids) }
    /// Whether some of them wait for the answers that are under way.
    package var hasGuesses: Bool { !parked.guesses.isEmpty }
    /// Whether `review` has something to do.
    package var needsReview: Bool { hasGuesses || !lessons.isEmpty }
    /// When `expire` has something to do; nil while no receipt waits.
    package var nextDeadline: MonotonicTime? {
        guard let guess = parked.oldestGuess, let end = parked.nextDeadline else { return parked.nextDeadline }
        return min(guess + guessFor, end)
    }

    /// How receipts write ids, for people: "hexadecimal, learnt from 25 receipts".
    package var formInWords: String {
        switch rules.ids {
        case .same: "the same, as configured"
        case .hex: "hexadecimal, as configured"
        case .decimal: "decimal, as configured"
        case .auto: learning.words
        }
    }

    /// A carrier accepted a segment.
    ///
    /// - Parameter segment: without a recipient where the response came so late that only its message is known.
    /// - Returns: receipts that waited for this id, and mean this segment for certain.
    package mutating func accepted(_ segment: borrowing AcceptedSegment) -> [SettledReceipt] {
        var recipient = segment.destination
        if recipient == nil { recipient = lost.recipient(of: segment.tag).map { String($0.digits) } }
        lost.remove(tag: segment.tag, segment: segment.segment)
        let id = CarrierMessageID(segment.carrierID)
        let index = segments.add(
            AcceptedSegments.Entry(
                tag: segment.tag, segment: segment.segment, at: segment.at, id: id, destination: recipient))
        if let state = segment.state { segments.settle(at: index, Self.finalBit(state)) }
        guard parked.count > 0 else { return [] }
        guard let id else { return segments[index].recipient.map { unpark(withoutIDFor: $0) } ?? [] }
        return parked.indices(of: id).compactMap { decide($0, isFinal: false) }
    }

    /// A segment's response did not come. A receipt that names its recipient, and that no id finds, is its own where it is the only one.
    package mutating func lost(tag: UInt64, segment: Int, recipient: String, at now: MonotonicTime) {
        lost.add(LostSegments.Entry(tag: tag, segment: segment, at: now), recipient: recipient)
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
        var isGuess = false
        var reason = UnmatchedReason.noID
        let isFinal = answeredUpTo.map { $0 >= now } ?? true
        switch verdict(on: received, keys, isFinal: isFinal) {
        case .take(let candidate, let teaches):
            if teaches {
                learn(candidate, ParkedReceipts.Entry(received: received, keys: keys, since: now), isFinal: isFinal)
            }
            return .settled(outcome(received, at: candidate.index, candidate.form, arrival: now))
        case .wait:
            isGuess = true
        case .unmatched(let why):
            if why != .ambiguous, let outcome = settleByNumber(received, arrival: now) { return .settled(outcome) }
            reason = keys.isEmpty ? .noID : why
        }
        guard !keys.isEmpty, parked.hasRoom(for: keys) else { return .settled(.unmatched(reason)) }
        let displaced = parked.add(ParkedReceipts.Entry(received: received, keys: keys, since: now))
        if isGuess { parked.mark(parked.last, asGuess: true) }
        return .parked(displaced: displaced.map { giveUp($0) })
    }

    /// Settles guesses: those whose answers are in, or which have waited long enough, and all that what was learnt has made certain.
    ///
    /// - Parameter answeredUpTo: all that was written to the carrier before then has its answer.
    package mutating func review(now: MonotonicTime, answeredUpTo: MonotonicTime) -> [SettledReceipt] {
        learn(now: now, answeredUpTo: answeredUpTo)
        guard hasGuesses else { return [] }
        let isNews = learning.sure != reviewedWith
        reviewedWith = learning.sure
        var settled: [SettledReceipt] = []
        for index in parked.guesses.sorted() {
            guard let since = parked[index]?.since else { continue }
            let isFinal = isAnswered(since, now: now, answeredUpTo)
            guard isFinal || isNews else { continue }
            if let receipt = decide(index, isFinal: isFinal) { settled.append(receipt) }
        }
        return settled
    }

    /// Whether the answers are in that were under way when a receipt was read.
    private func isAnswered(_ since: MonotonicTime, now: MonotonicTime, _ answeredUpTo: MonotonicTime) -> Bool {
        since <= answeredUpTo || since + guessFor <= now
    }

    private mutating func learn(
        _ candidate: ReceiptChoice.Candidate, _ entry: ParkedReceipts.Entry, isFinal: Bool
    ) {
        if isFinal { return learn(candidate, entry.keys) }
        if learning.sure == nil, lessons.count < Self.mostLessons { lessons.append(entry) }
    }

    private mutating func learn(now: MonotonicTime, answeredUpTo: MonotonicTime) {
        for place in lessons.indices.reversed() where isAnswered(lessons[place].since, now: now, answeredUpTo) {
            let entry = lessons.remove(at: place)
            guard case .take(let candidate, true) = verdict(on: entry.received, entry.keys, isFinal: true) else {
                continue
            }
            learn(candidate, entry.keys)
        }
    }

    /// Settles the receipts that have waited long enough.
    package mutating func expire(now: MonotonicTime) -> [SettledReceipt] {
        var settled = review(now: now, answeredUpTo: MonotonicTime(nanoseconds: 0))
        while let entry = parked.expire(now: now) { settled.append(giveUp(entry)) }
        return settled
    }

    // MARK: By number

    private mutating func settleByNumber(_ received: ReceivedReceipt, arrival: MonotonicTime) -> ReceiptOutcome? {
        for address in [received.source, received.destination] {
            guard let recipient = RecipientNumber(address),
                let index = segments.index(withoutIDFor: recipient)
            else { continue }
            let id = received.receipt.messageID.flatMap { CarrierMessageID($0) }
            if id != nil || received.receipt.state.isFinal {
                segments.settleFirst(withoutIDFor: recipient, id: id)
            }
            return outcome(received, at: index, .number, arrival: arrival)
        }
        return nil
    }

    // MARK: Parking

    /// Takes a receipt that waits out if its message is known now.
    private mutating func decide(_ waiting: Int, isFinal: Bool) -> SettledReceipt? {
        guard let entry = parked[waiting] else { return nil }
        switch verdict(on: entry.received, entry.keys, isFinal: isFinal) {
        case .take(let candidate, let teaches):
            parked.remove(waiting)
            if teaches { learn(candidate, entry, isFinal: isFinal) }
            return settled(entry, at: candidate.index, candidate.form)
        case .wait: parked.mark(waiting, asGuess: true)
        // What stays ambiguous goes on waiting: what others teach may decide it.
        case .unmatched: parked.mark(waiting, asGuess: false)
        }
        return nil
    }

    private mutating func settled(
        _ entry: ParkedReceipts.Entry, at index: Int, _ form: ReceiptMatchForm
    ) -> SettledReceipt {
        SettledReceipt(
            received: entry.received, outcome: outcome(entry.received, at: index, form, arrival: entry.since),
            isEarly: entry.since < segments[index].at)
    }

    /// A segment without id was accepted: the receipts that came before it and name its recipient alone are its own.
    private mutating func unpark(withoutIDFor recipient: RecipientNumber) -> [SettledReceipt] {
        guard let waiting = parked.index(of: recipient), let entry = parked[waiting],
            let segment = segments.index(withoutIDFor: recipient),
            let outcome = settleByNumber(entry.received, arrival: entry.since)
        else { return [] }
        parked.remove(waiting)
        let first = SettledReceipt(
            received: entry.received, outcome: outcome, isEarly: entry.since < segments[segment].at)
        // It named the segment: others that wait may have the same id.
        guard let id = segments[segment].learntID else { return [first] }
        return [first] + parked.indices(of: id).compactMap { decide($0, isFinal: false) }
    }

    private mutating func giveUp(_ entry: ParkedReceipts.Entry) -> SettledReceipt {
        switch verdict(on: entry.received, entry.keys, isFinal: true) {
        case .take(let candidate, let teaches):
            if teaches { learn(candidate, entry, isFinal: true) }
            return settled(entry, at: candidate.index, candidate.form)
        case .wait, .unmatched(.ambiguous):
            return SettledReceipt(received: entry.received, outcome: .unmatched(.ambiguous))
        case .unmatched(let reason):
            let outcome = settleByNumber(entry.received, arrival: entry.since) ?? settleLost(entry)
            return SettledReceipt(received: entry.received, outcome: outcome ?? .unmatched(reason))
        }
    }

    /// The carrier had accepted it: it is known from now on, by the receipt's id.
    private mutating func settleLost(_ entry: ParkedReceipts.Entry) -> ReceiptOutcome? {
        let received = entry.received
        for address in [received.source, received.destination] {
            // It may have come before the answer was missed.
            guard let recipient = RecipientNumber(address),
                let found = lost.take(
                    recipient, reference: received.receipt.reference, at: entry.since + parked.keptFor)
            else { continue }
            let index = segments.add(
                AcceptedSegments.Entry(
                    tag: found.tag, segment: found.segment, at: found.at,
                    id: received.receipt.messageID.flatMap { CarrierMessageID($0) }, destination: address))
            return outcome(received, at: index, .number, arrival: entry.since)
        }
        return nil
    }

    // MARK: Outcomes

    private mutating func outcome(
        _ received: ReceivedReceipt, at index: Int, _ form: ReceiptMatchForm, arrival: MonotonicTime
    ) -> ReceiptOutcome {
        let state = received.receipt.state
        let isRepeated = isRepeated(state, at: index)
        segments.settle(at: index, Self.finalBit(state))
        let entry = segments[index]
        let match = ReceiptMatch(
            tag: entry.tag, segment: entry.segment, form: form, delay: max(.zero, arrival - entry.at))
        return isRepeated ? .duplicate(match) : .matched(match)
    }

    private func isRepeated(_ state: ReceiptState, at index: Int) -> Bool {
        segments[index].finals & Self.finalBit(state) != 0
    }

    /// 0 for a state that is not final.
    private static func finalBit(_ state: ReceiptState) -> UInt16 {
        guard state.isFinal, let index = ReceiptState.allCases.firstIndex(of: state) else { return 0 }
        return 1 << UInt16(index)
    }
}
