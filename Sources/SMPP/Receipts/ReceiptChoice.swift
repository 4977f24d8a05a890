/// Which of the segments that a receipt's id may mean is its own: the rules, and nothing else.
///
/// ```
///   no segment fits ───────────────▶ none: it waits for the response with its id
///   written as the carrier is known to ─┬─▶ take what fits so
///   to write (configured, or learnt)    └─▶ nothing fits so: wait; at last what fits otherwise and is proven
///   nothing is known ──┬─▶ only `same`, and the number agrees: take
///                      ├─▶ `same` without a number: wait; at last take it
///                      ├─▶ another way, a guess, and the number has the same digits: wait; at last take it
///                      ├─▶ a guess, and the number agrees in part: it is evidence of the way, and not taken
///                      └─▶ a guess without a number, or several: wait; at last ambiguous
/// ```
///
/// *Fits*: the id is the response's, written in one of the ways, and the receipt's number is not another than the message's. The same
/// digits go before a number that agrees in part, and that before none.
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
        guard candidate.agreement != .differs else {
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
    ///   - isFinal: all answers are in that were under way when the receipt was read.
    func verdict(known: Known, hasKey: Bool, isFinal: Bool) -> Verdict {
        guard let first = best.first else { return .unmatched(hasOtherNumber ? .otherNumber : .unknownID) }
        let isAlone = best.allSatisfy { $0.candidate.index == first.candidate.index }
        // Where two ways of reading the id meet, neither is learnt.
        let teaches = best.count == 1
        let highest = best.map(\.candidate.agreement).max() ?? .unknown
        let usualWay = known.usual ?? (known.isConfigured ? Way(first.candidate.form) : nil)
        if let usualWay, hasKey || known.isConfigured {
            if let usual = best.first(where: { Way($0.candidate.form) == usualWay }),
                usual.candidate.agreement >= .agrees || highest == .unknown
            {
                let isSure = usual.candidate.agreement == .equal || !known.comparesNumbers
                guard isSure && !usual.isAmbiguous || isFinal else { return .wait }
                return usual.isAmbiguous ? .unmatched(.ambiguous) : .take(usual.candidate, teaches: teaches)
            }
        } else if isAlone, highest == .equal, Way(first.candidate.form) == .same {
            return .take(first.candidate, teaches: teaches)
        }
        guard isFinal else { return .wait }
        let rivals = best.filter { $0.candidate.agreement == highest }
        guard let chosen = rivals.first(where: { Way($0.candidate.form) == .same }) ?? rivals.first,
            !chosen.isAmbiguous,
            Way(chosen.candidate.form) == .same
                || rivals.allSatisfy({ $0.candidate.index == chosen.candidate.index })
        else { return .unmatched(.ambiguous) }
        // Any way but the usual one is a guess, until it has been seen often enough.
        let isLikely = known.usual == nil && Way(chosen.candidate.form) == .same
        switch highest {
        case .equal: return .take(chosen.candidate, teaches: teaches)
        case .agrees where isLikely || known.isProven(Way(chosen.candidate.form)):
            return .take(chosen.candidate, teaches: teaches)
        case .agrees: return teaches ? .evidence(chosen.candidate) : .unmatched(.ambiguous)
        case .unknown, .differs:
            return isLikely && isAlone ? .take(chosen.candidate, teaches: teaches) : .unmatched(.ambiguous)
        }
    }

    /// What is known of how a carrier's receipts write ids.
    struct Known: Hashable, Sendable {
        /// The way that nearly all have; nil = nobody knows.
        var usual: Way?
        /// Whether the others have been seen often enough to be no guess.
        var hasHexadecimal = false
        var hasDecimal = false
        /// No other way is thinkable.
        var isConfigured = false
        var comparesNumbers = true

        fileprivate func isProven(_ way: Way?) -> Bool {
            switch way {
            case .hexadecimal: hasHexadecimal
            case .decimal: hasDecimal
            case .same, nil: false
            }
        }
    }
}
