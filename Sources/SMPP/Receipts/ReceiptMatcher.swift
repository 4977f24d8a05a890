/// Finds the accepted segment that a receipt is about, by its carrier's ids. One per carrier; every step costs the
/// same, however many segments are known.
///
///     accepted(id) ──▶ known segments ◀── match(receipt) ──▶ settled: matched, duplicate, unmatched
///          │                                   │ id not known (yet)
///          └──────────▶ parked receipts ◀──────┘
///                            │ 60 s ──▶ settled; one that no id finds may be of a segment whose response was lost
///
/// With `auto`, the receipt's id is tried as it is, folded, and converted between decimal and hexadecimal. Where that
/// finds two segments, the recipient decides, else what was learnt. Once the carrier's way is sure, an id that only
/// another way finds waits first, because the segment that is truly meant may be one whose response is under way.
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

        package init(
            segments: Int = 200_000, knownFor: Duration = .seconds(3 * 86_400), lost: Int = 10_000,
            parked: Int = 10_000, parkedFor: Duration = .seconds(60)
        ) {
            self.segments = segments
            self.knownFor = knownFor
            self.lost = lost
            self.parked = parked
            self.parkedFor = parkedFor
        }
    }

    /// How the carrier writes ids, as configured.
    package let form: ReceiptIDForm

    private typealias Way = ReceiptIDLearning.Way
    private struct Hit {
        var index: Int
        var form: ReceiptMatchForm
        var isFirst: Bool
    }

    private var segments: AcceptedSegments
    private var parked: ParkedReceipts
    private var lost: LostSegments
    private var learning = ReceiptIDLearning()

    package init(form: ReceiptIDForm, limits: Limits = Limits()) {
        self.form = form
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
    package func foldedIDs(of receipt: DeliveryReceipt) -> [String] { receipt.foldedIDs(form) }
    /// When `expire` has something to do; nil while no receipt waits.
    package var nextDeadline: MonotonicTime? { parked.nextDeadline }

    /// How receipts write ids, for people: "hexadecimal, learnt from 25 receipts".
    package var formInWords: String {
        switch form {
        case .same: "the same, as configured"
        case .hex: "hexadecimal, as configured"
        case .decimal: "decimal, as configured"
        case .auto: learning.words
        }
    }

    /// A carrier accepted a segment.
    ///
    /// - Parameters:
    ///   - id: as the response gave it; empty or `-` for none.
    ///   - tag: `MessageID.rawValue` of the message.
    ///   - segment: its index, from 0.
    ///   - recipient: the number it went to: it finds a segment without id, and decides where ids leave a doubt.
    ///   - state: what its last receipt has said; nil = none came yet.
    ///   - now: not earlier than in the call before, as far as clocks allow.
    /// - Returns: receipts that waited for this id.
    package mutating func accepted(
        id: String, tag: UInt64, segment: Int, recipient: String? = nil, state: ReceiptState? = nil,
        at now: MonotonicTime
    ) -> [SettledReceipt] {
        lost.remove(tag: tag, segment: segment)
        let id = CarrierMessageID(id)
        let index = segments.add(
            AcceptedSegments.Entry(tag: tag, segment: segment, at: now, id: id, destination: recipient))
        if let state { segments.settle(at: index, Self.finalBit(state)) }
        guard parked.count > 0 else { return [] }
        guard let id else { return segments[index].recipient.map { unpark(withoutIDFor: $0) } ?? [] }
        return parked.indices(of: id).compactMap { unpark($0, for: id, at: index) }
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
    package mutating func match(_ received: ReceivedReceipt, at now: MonotonicTime) -> ReceiptStep {
        segments.removeOld(now: now)
        let keys = keys(of: received.receipt)
        if let outcome = settle(received, keys, at: now, isLastTry: false) { return .settled(outcome) }
        guard !keys.isEmpty, parked.hasRoom(for: keys) else { return .settled(.unmatched) }
        let displaced = parked.add(ParkedReceipts.Entry(received: received, keys: keys, since: now))
        return .parked(displaced: displaced.map { giveUp($0) })
    }

    /// Settles the receipts that have waited long enough.
    package mutating func expire(now: MonotonicTime) -> [SettledReceipt] {
        var settled: [SettledReceipt] = []
        while let entry = parked.expire(now: now) { settled.append(giveUp(entry)) }
        return settled
    }

    // MARK: Finding

    /// The ids that the response may have had, likeliest first.
    private func keys(of receipt: DeliveryReceipt) -> [ReceiptKey] {
        var keys: [ReceiptKey] = []
        for (index, text) in [receipt.messageID, receipt.otherID].enumerated() {
            guard let id = text.flatMap({ CarrierMessageID($0) }) else { continue }
            let same = [(ReceiptMatchForm.exact, id.raw), (.folded, id.folded)]
            let hexadecimal = id.decimalOfHexadecimal.map { [(ReceiptMatchForm.hexadecimal, $0)] }
            let decimal = id.hexadecimalOfDecimal.map { [(ReceiptMatchForm.decimal, $0)] }
            let forms =
                switch form {
                case .same: same
                // An id that is no number has no other form.
                case .hex: hexadecimal ?? same
                case .decimal: decimal ?? same
                case .auto: same + (hexadecimal ?? []) + (decimal ?? [])
                }
            keys += forms.map { ReceiptKey(form: $0.0, text: $0.1, isFirst: index == 0) }
        }
        return keys
    }

    /// Nil where no segment is found, or none that may be taken before the receipt has waited.
    private mutating func settle(
        _ received: ReceivedReceipt, _ keys: [ReceiptKey], at arrival: MonotonicTime, isLastTry: Bool
    ) -> ReceiptOutcome? {
        let hits = hits(keys)
        if let hit = choose(hits, for: received) {
            guard isLastTry || isTrusted(hit.form, keys, recipientAgrees: agrees(hit.index, received)) else {
                return nil
            }
            if hits.allSatisfy({ $0.index == hit.index }) {
                learn(hits.filter(\.isFirst).map(\.form), at: hit.index)
            }
            return outcome(received, at: hit.index, hit.form, arrival: arrival)
        }
        return settleByNumber(received, arrival: arrival)
    }

    private func hits(_ keys: [ReceiptKey]) -> [Hit] {
        var hits: [Hit] = []
        for key in keys {
            guard let index = segments.index(ofKey: key.text) else { continue }
            // An exact hit goes before a folded one.
            if key.form == .folded, let last = hits.last, Way(last.form) == .same, last.isFirst == key.isFirst {
                continue
            }
            hits.append(Hit(index: index, form: form(key, at: index), isFirst: key.isFirst))
        }
        return hits
    }

    /// A key that is the receipt's very id may have met an id that only folds to it.
    private func form(_ key: ReceiptKey, at index: Int) -> ReceiptMatchForm {
        key.form == .exact && !segments.isWritten(key.text, at: index) ? .folded : key.form
    }

    private func choose(_ hits: [Hit], for received: ReceivedReceipt) -> Hit? {
        guard let first = hits.first else { return nil }
        let rivals = hits.filter { $0.isFirst == first.isFirst }
        guard rivals.contains(where: { $0.index != first.index }) else { return first }
        let agreeing = rivals.filter { agrees($0.index, received) }
        if let one = agreeing.first, agreeing.allSatisfy({ $0.index == one.index }) { return one }
        if let usual = learning.usual, let hit = rivals.first(where: { Way($0.form) == usual }) { return hit }
        return rivals.first { !isRepeated(received.receipt.state, at: $0.index) } ?? first
    }

    /// Whether a match of this form may be taken at once: see the type's description.
    private func isTrusted(_ form: ReceiptMatchForm, _ keys: [ReceiptKey], recipientAgrees: Bool) -> Bool {
        guard self.form == .auto, !recipientAgrees, let sure = learning.sure, let way = Way(form), way != sure else {
            return true
        }
        return !keys.contains { $0.isFirst && Way($0.form) == sure }
    }

    private func agrees(_ index: Int, _ received: ReceivedReceipt) -> Bool {
        guard let recipient = segments[index].recipient else { return false }
        return [received.source, received.destination].contains { address in
            RecipientNumber(address).map { $0.agrees(with: recipient) } ?? false
        }
    }

    private mutating func learn(_ forms: [ReceiptMatchForm], at index: Int) {
        // What a receipt itself taught proves nothing.
        guard form == .auto, segments[index].id != nil, let way = forms.first.flatMap({ Way($0) }),
            forms.allSatisfy({ Way($0) == way })
        else { return }
        learning.learn(way)
    }

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

    private mutating func unpark(_ waiting: Int, for id: CarrierMessageID, at index: Int) -> SettledReceipt? {
        guard let entry = parked[waiting] else { return nil }
        let hits = entry.keys.filter { $0.text == id.raw || $0.text == id.folded }
        let isAgreed = agrees(index, entry.received)
        guard let hit = hits.first(where: { isTrusted($0.form, entry.keys, recipientAgrees: isAgreed) }) else {
            return nil
        }
        parked.remove(waiting)
        learn(hits.filter(\.isFirst).map(\.form), at: index)
        return SettledReceipt(
            received: entry.received,
            outcome: outcome(entry.received, at: index, form(hit, at: index), arrival: entry.since))
    }

    /// A segment without id was accepted: the receipts that came before it and name its recipient alone are its own.
    private mutating func unpark(withoutIDFor recipient: RecipientNumber) -> [SettledReceipt] {
        guard let waiting = parked.index(of: recipient), let entry = parked[waiting],
            let segment = segments.index(withoutIDFor: recipient),
            let outcome = settleByNumber(entry.received, arrival: entry.since)
        else { return [] }
        parked.remove(waiting)
        let first = SettledReceipt(received: entry.received, outcome: outcome)
        // It named the segment: others that wait may have the same id.
        guard let id = segments[segment].learntID else { return [first] }
        return [first] + parked.indices(of: id).compactMap { unpark($0, for: id, at: segment) }
    }

    private mutating func giveUp(_ entry: ParkedReceipts.Entry) -> SettledReceipt {
        let outcome = settle(entry.received, entry.keys, at: entry.since, isLastTry: true) ?? settleLost(entry)
        return SettledReceipt(received: entry.received, outcome: outcome ?? .unmatched)
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
