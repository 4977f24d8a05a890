/// Which of the segments that a receipt's id may mean is its own: the rules, and nothing else.
///
/// ```
///   no segment fits ───────────────▶ none: it waits for the response with its id
///   the number is equal ───┬─▶ written as usual, or only `same` is found: take
///                          └─▶ wait; at last take it, `same` before others
///   the number is no proof ─┬─▶ written as usual (configured, or learnt): wait; at last take it
///                           ├─▶ one fits, in a way that others have proven: wait; at last take it
///                           ├─▶ one fits: it is evidence of its way, and not taken
///                           └─▶ several fit: ambiguous
/// ```
///
/// Of a carrier whose receipts show numbers, one without is evidence at most: it may be of anybody's message.
///
/// *Fits*: the id is the response's, written in one of the ways, and the receipt's number does not contradict the message's.
/// *Waits*: for the answers that were under way when the receipt was read; *at last*: they are in.
///
/// One id may be that of several segments of one number: of all parts of a message, or of two messages. As many receipts with a final
/// state as there are such segments are of one each: those of the newest message first, part by part; what comes then is a duplicate.
struct ReceiptChoice: Sendable {
    /// A segment that fits.
    struct Candidate: Hashable, Sendable {
        var index: Int
        var form: ReceiptMatchForm
        var agreement: NumberAgreement
        /// `MessageID.rawValue` of the message, and the segment's index in it.
        var tag: UInt64
        var segment: Int
        /// Whom it went to, where all digits of that are known.
        var recipient: RecipientNumber?
        /// What its receipts have said: 0 = no final state; 1 = this one; 2 = others.
        var told: Int

        /// Less goes first.
        fileprivate var order: (Int, UInt64, Int) { (told, .max - tag, segment) }

        /// Whether both went to one number, for certain.
        fileprivate func hasRecipient(of other: Candidate) -> Bool {
            tag == other.tag || agreement == .equal || (recipient != nil && recipient == other.recipient)
        }
    }

    enum Verdict: Hashable, Sendable {
        /// - Parameter teaches: nothing else fits, so that the way of writing may be learnt.
        case take(Candidate, teaches: Bool)
        /// There is one, if no answer that is under way gives another.
        case wait
        /// It is evidence of a way of writing, and may be taken when that is known.
        case evidence(Candidate)
        case unmatched(UnmatchedReason)
    }

    typealias Way = ReceiptIDLearning.Way

    /// The best of each way, in the order of `Way`, and whether others of the way fit as well.
    private var best: [(candidate: Candidate, isAmbiguous: Bool)] = []
    /// The id is that of a message to another number.
    private var hasOtherNumber = false

    /// A segment that a key has found, with what the number says.
    mutating func add(_ candidate: Candidate) {
        guard candidate.agreement != .contrary else {
            hasOtherNumber = true
            return
        }
        guard let place = best.firstIndex(where: { Way($0.candidate.form) == Way(candidate.form) }) else {
            best.append((candidate, false))
            return
        }
        let other = best[place].candidate
        guard other.index != candidate.index else { return }
        // The number goes before the writing of the id, and that before what the segments have had.
        if candidate.agreement != other.agreement {
            if candidate.agreement > other.agreement { best[place] = (candidate, false) }
        } else if candidate.form != other.form {
            if other.form == .folded { best[place] = (candidate, false) }
        } else {
            let isAmbiguous = best[place].isAmbiguous || !candidate.hasRecipient(of: other)
            best[place] = (candidate.order < other.order ? candidate : other, isAmbiguous)
        }
    }

    /// - Parameters:
    ///   - known: what is known of the carrier's ways.
    ///   - hasKey: whether the id can be one of the usual way at all.
    ///   - isOnlyWay: whether it cannot be one of any way but `same`.
    ///   - isFinal: all answers are in that were under way when the receipt was read.
    func verdict(known: Known, hasKey: Bool, isOnlyWay: Bool, isFinal: Bool) -> Verdict {
        guard let first = best.first else { return .unmatched(hasOtherNumber ? .otherNumber : .unknownID) }
        // Where two ways of reading the id meet, neither is learnt.
        let teaches = best.count == 1 && !first.isAmbiguous
        let highest = best.map(\.candidate.agreement).max() ?? .unknown
        let usualWay = known.isConfigured ? Way(first.candidate.form) : known.usual
        let usual = best.first { Way($0.candidate.form) == usualWay && $0.candidate.agreement == highest }
        let isBelieved = highest > .unknown || !known.needsNumber
        if let usual, isBelieved, hasKey || known.isConfigured {
            let isSure = highest == .equal || !known.comparesNumbers
            guard isSure && !usual.isAmbiguous || isFinal else { return .wait }
            return usual.isAmbiguous ? .unmatched(.ambiguous) : .take(usual.candidate, teaches: teaches)
        }
        let isAlone = best.allSatisfy { $0.candidate.index == first.candidate.index }
        if isAlone, highest == .equal, Way(first.candidate.form) == .same, usualWay == nil || !hasKey {
            return .take(first.candidate, teaches: teaches)
        }
        guard isFinal else { return .wait }
        guard highest == .equal else {
            guard isAlone, !best.contains(where: \.isAmbiguous) else { return .unmatched(.ambiguous) }
            if isOnlyWay || isBelieved && best.contains(where: { known.isProven(Way($0.candidate.form)) }) {
                return .take(first.candidate, teaches: teaches)
            }
            return teaches ? .evidence(first.candidate) : .unmatched(.ambiguous)
        }
        let rivals = best.filter { $0.candidate.agreement == highest }
        guard let chosen = rivals.first(where: { Way($0.candidate.form) == .same }) ?? rivals.first,
            !chosen.isAmbiguous,
            Way(chosen.candidate.form) == .same
                || rivals.allSatisfy({ $0.candidate.index == chosen.candidate.index })
        else { return .unmatched(.ambiguous) }
        return .take(chosen.candidate, teaches: teaches)
    }

    /// Whether only segments of this message fit.
    func isOnly(_ tag: UInt64) -> Bool { best.allSatisfy { $0.candidate.tag == tag && !$0.isAmbiguous } }

    /// What is known of how a carrier's receipts write ids.
    struct Known: Hashable, Sendable {
        /// The way that all have; nil = nobody knows.
        var usual: Way?
        /// Those that have been seen often enough to be no guess: a bit for each, by its number.
        var proven: UInt8 = 0
        /// No other way is thinkable.
        var isConfigured = false
        var comparesNumbers = true
        /// Its receipts show numbers: one that does not is not believed.
        var needsNumber = false

        fileprivate func isProven(_ way: Way?) -> Bool { way.map { proven & 1 << $0.rawValue != 0 } ?? false }
    }
}
