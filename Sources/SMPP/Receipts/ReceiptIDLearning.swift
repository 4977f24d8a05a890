/// Which of the three ways a carrier's receipts write ids, learnt from matches that leave no doubt.
struct ReceiptIDLearning: Hashable, Sendable {
    /// A way of writing: `ReceiptIDForm` without `auto`.
    enum Way: UInt8, Hashable, Sendable, CaseIterable {
        case same, hexadecimal, decimal

        init?(_ form: ReceiptMatchForm) {
            switch form {
            case .exact, .folded: self = .same
            case .hexadecimal: self = .hexadecimal
            case .decimal: self = .decimal
            case .number: return nil
            }
        }

        var word: Phrase {
            switch self {
            case .same: Phrase(en: "the same", ru: "те же")
            case .hexadecimal: Phrase(en: "hexadecimal", ru: "шестнадцатеричные")
            case .decimal: Phrase(en: "decimal", ru: "десятичные")
            }
        }
    }

    /// So many receipts of one way prove that the carrier has it.
    private static let enough = 16
    /// So many proofs of one way alone make it sure.
    private static let enoughProofs = 32
    /// So many proofs it takes where another way was seen before; beyond so many receipts each counts half.
    private static let most = 1_000
    /// Receipts that showed a number are remembered up to so many.
    private static let mostShown = 48

    private var counts = Way.allCases.map { _ in 0 }
    private var latest: Way?
    /// Proofs of the latest way since another one was seen.
    private var proofs = 0
    private var needed = enoughProofs
    /// Receipts that showed a number less those that did not.
    private var shown = 0

    /// - Parameter proof: 0 where the receipt would not have taught another way if it had that one; 2 where its number is equal.
    mutating func learn(_ way: Way, proof: Int) {
        counts[Int(way.rawValue)] += 1
        if total > Self.most { counts = counts.map { $0 / 2 } }
        if way != latest {
            if latest != nil { needed = Self.most }
            (latest, proofs) = (way, 0)
        }
        proofs += proof
    }

    /// A receipt had a number, or had none.
    mutating func see(_ agreement: NumberAgreement) {
        shown = agreement > .unknown ? min(shown + 1, Self.mostShown) : max(shown - 1, -Self.enough)
    }

    /// An earlier process learnt. What receipts show of numbers is the next one's to say.
    mutating func restore(_ way: Way) {
        learn(way, proof: 2)
        if sure != nil { shown = -Self.enough }
    }

    /// Whether receipts show numbers, so that one without is not believed.
    var needsNumber: Bool { shown > -Self.enough }

    private func count(_ way: Way) -> Int { counts[Int(way.rawValue)] }

    private var total: Int { counts.reduce(0, +) }

    /// Whether the carrier certainly has it, beside others perhaps.
    private func isProven(_ way: Way) -> Bool { count(way) >= Self.enough }

    /// A bit for each such way, by its number.
    var proven: UInt8 { Way.allCases.reduce(0) { isProven($1) ? $0 | 1 << $1.rawValue : $0 } }

    /// The way that the next receipt will have, as far as one can know: no other was seen.
    var sure: Way? { proofs >= needed ? latest : nil }

    /// Whether receipts that nothing decides may wait for what others teach.
    var isOpen: Bool { sure == nil || needsNumber && shown <= 0 }

    /// For people.
    var words: Phrase {
        guard let latest else { return Phrase(en: "not known yet", ru: "пока не известно") }
        if count(latest) == total {
            return latest.word
                + Phrase(en: ", learnt from \(total) receipt\(total == 1 ? "" : "s")", ru: ", по отчётам: \(total)")
        }
        let shares = Way.allCases.filter { count($0) > 0 }.map { $0.word + Phrase(" \(count($0))") }
        return shares.dropFirst().reduce(Phrase(en: "mixed: ", ru: "разные: ") + (shares.first ?? "")) {
            $0 + ", " + $1
        }
    }
}
