/// Which of the segments that a receipt's id may mean is its own: the rules, and nothing else.
///
/// ```
///   no segment fits ──────────────────────────────▶ none: it waits for the response with its id
///   the way of writing is configured, or sure ──┬─▶ take the segment that fits by it
///                                               └─▶ none fits by it: wait; at last what fits by another way and names the number
///   nothing is known ──┬─▶ only `same`, and the number agrees: take
///                      ├─▶ `same` and another way, and both numbers agree: wait; at last `same`
///                      ├─▶ one other way, or no number: wait; at last take it
///                      └─▶ several: wait; at last ambiguous
/// ```
///
/// *Fits*: the id is the response's, written in one of the ways, and the receipt's number is not another than the message's.
/// *Waits*: for the answers that were under way when the receipt was read; *at last*: they are in.
struct ReceiptChoice: Sendable {
    /// A segment that fits.
    struct Candidate: Hashable, Sendable {
        var index: Int
        var form: ReceiptMatchForm
        /// Whether the receipt names the segment's number; false = nobody knows.
        var namesNumber: Bool
        /// Whom it went to, where that is known.
        var recipient: String?
    }

    enum Verdict: Hashable, Sendable {
        /// - Parameter teaches: nothing else fits, so that the way of writing may be learnt.
        case take(Candidate, teaches: Bool)
        /// There is one, if no answer that is under way gives another.
        case wait
        case unmatched(UnmatchedReason)
    }

    typealias Way = ReceiptIDLearning.Way

    /// At most the best of each way, in the order of `Way`.
    private var best: [Candidate] = []
    /// A way by which several fit alike.
    private var isAmbiguous = false
    /// The id is that of a message to another number.
    private var hasOtherNumber = false

    /// A segment that a key has found, with what the number says.
    mutating func add(_ candidate: Candidate, _ agreement: NumberAgreement) {
        guard agreement != .differs else {
            hasOtherNumber = true
            return
        }
        guard let place = best.firstIndex(where: { Way($0.form) == Way(candidate.form) }) else {
            best.append(candidate)
            return
        }
        guard best[place].index != candidate.index else { return }
        let isSameRank = isSameRank(candidate, best[place])
        if isSameRank, candidate.recipient != best[place].recipient { isAmbiguous = true }
        guard goesBefore(candidate, best[place]) else { return }
        if !isSameRank { isAmbiguous = false }
        best[place] = candidate
    }

    /// The number goes before the writing of the id, and that before time: of one number, an id that is given again means the newer
    /// message.
    private func goesBefore(_ one: Candidate, _ other: Candidate) -> Bool {
        if one.namesNumber != other.namesNumber { return one.namesNumber }
        if (one.form == .folded) != (other.form == .folded) { return other.form == .folded }
        return one.index > other.index
    }

    private func isSameRank(_ one: Candidate, _ other: Candidate) -> Bool {
        one.namesNumber == other.namesNumber && one.form == other.form && !one.namesNumber
    }

    /// - Parameters:
    ///   - known: the way that the carrier has, by its configuration or for sure; nil = not known.
    ///   - hasKey: whether the id can be one of that way at all.
    ///   - isConfigured: no other way is thinkable.
    ///   - isFinal: all answers are in that were under way when the receipt was read.
    func verdict(known: Way?, hasKey: Bool, isConfigured: Bool, isFinal: Bool) -> Verdict {
        guard !best.isEmpty else { return .unmatched(hasOtherNumber ? .otherNumber : .unknownID) }
        guard !isAmbiguous else { return isFinal ? .unmatched(.ambiguous) : .wait }
        if isConfigured { return .take(best[0], teaches: false) }
        let named = best.filter(\.namesNumber)
        if let known, hasKey {
            if let usual = best.first(where: { Way($0.form) == known }), usual.namesNumber || named.isEmpty {
                return .take(usual, teaches: best.count == 1)
            }
            guard isFinal else { return .wait }
            return one(of: named).map { .take($0, teaches: best.count == 1) } ?? .unmatched(.ambiguous)
        }
        if let same = named.first(where: { Way($0.form) == .same }) {
            if isOne(named) { return .take(same, teaches: best.count == 1) }
            return isFinal ? .take(same, teaches: false) : .wait
        }
        guard isFinal else { return .wait }
        let rivals = named.isEmpty ? best : named
        return isOne(rivals) ? .take(rivals[0], teaches: best.count == 1) : .unmatched(.ambiguous)
    }

    /// `same` goes before others.
    private func one(of candidates: [Candidate]) -> Candidate? {
        candidates.first { Way($0.form) == .same } ?? (isOne(candidates) ? candidates.first : nil)
    }

    private func isOne(_ candidates: [Candidate]) -> Bool {
        candidates.allSatisfy { $0.index == candidates[0].index }
    }
}
