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

    /// So many receipts of one way, and nearly none of another, make it sure.
    private static let enough = 16
    /// A way is sure while at most one receipt in so many is of another.
    private static let rareShare = 20
    /// Beyond so many each counts half: a carrier that changes its way is believed in the end.
    private static let most = 1_000

    private var same = 0
    private var hexadecimal = 0
    private var decimal = 0

    mutating func learn(_ way: Way) {
        switch way {
        case .same: same += 1
        case .hexadecimal: hexadecimal += 1
        case .decimal: decimal += 1
        }
        if total > Self.most { (same, hexadecimal, decimal) = (same / 2, hexadecimal / 2, decimal / 2) }
    }

    private func count(_ way: Way) -> Int {
        switch way {
        case .same: same
        case .hexadecimal: hexadecimal
        case .decimal: decimal
        }
    }

    private var total: Int { same + hexadecimal + decimal }

    /// The way of most receipts so far.
    private var usual: Way? {
        let most = max(same, hexadecimal, decimal)
        return most == 0 ? nil : Way.allCases.first { count($0) == most }
    }

    /// Whether the carrier certainly has it, beside others perhaps.
    private func isProven(_ way: Way) -> Bool { count(way) >= Self.enough }

    /// A bit for each such way, by its number.
    var proven: UInt8 { Way.allCases.reduce(0) { isProven($1) ? $0 | 1 << $1.rawValue : $0 } }

    /// The way that the next receipt will have, as far as one can know.
    var sure: Way? {
        guard let usual, count(usual) >= Self.enough, (total - count(usual)) * Self.rareShare <= total else {
            return nil
        }
        return usual
    }

    /// For people.
    var words: Phrase {
        guard let usual else { return Phrase(en: "not known yet", ru: "пока не известно") }
        if count(usual) == total {
            return usual.word
                + Phrase(en: ", learnt from \(total) receipt\(total == 1 ? "" : "s")", ru: ", по отчётам: \(total)")
        }
        let shares = Way.allCases.filter { count($0) > 0 }.map { $0.word + Phrase(" \(count($0))") }
        return shares.dropFirst().reduce(Phrase(en: "mixed: ", ru: "разные: ") + (shares.first ?? "")) {
            $0 + ", " + $1
        }
    }
}
