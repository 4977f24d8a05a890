/// Whether two addresses, as two sides wrote them, are one subscriber's number.
package enum NumberAgreement: Hashable, Sendable {
    case agrees
    /// One of them has no number, or so little of one that anybody's would do.
    case unknown
    case differs

    /// - Parameters:
    ///   - one: as a receipt has it: international, national, behind a carrier's own prefix, or masked.
    ///   - other: as the message had it; masked where a journal keeps it so.
    package static func of(_ one: String, _ other: String) -> NumberAgreement {
        // Most carriers write a number as they got it.
        if !one.isEmpty, one == other, one.utf8.allSatisfy({ $0 &- 0x30 < 10 }) { return .agrees }
        guard let one = WrittenNumber(one), let other = WrittenNumber(other) else { return .unknown }
        return one.agreement(with: other)
    }
}

/// A telephone number as somebody wrote it, for comparison only: the digits without punctuation, `+` and leading zeros.
///
///     +79161234567   0079161234567   89161234567   9161234567   D77#79161234567      one number
///     7916*****67    7916XXX4567     *******4567                                     agree with it
///     79261234567    7916*****68                                                     do not
///
/// Rules, each of which is enough:
/// 1. the same digits;
/// 2. one is the end of the other, and has seven digits at least: what stands before is a country's code, or a prefix of the carrier's own;
/// 3. the same without the trunk digit 8 in front of the one, against +7, +3… or +9… in the other;
/// 4. the other has one digit more, within, before the last eight: the mobile digit of Argentina, Brazil and Mexico.
///
/// Of a masked number the digits before and behind the mask must be those of the other, four of them at least.
struct WrittenNumber: Hashable, Sendable {
    /// All digits, or those before the mask. Without leading zeros.
    private var head: [UInt8] = []
    /// The digits behind the mask.
    private var tail: [UInt8] = []
    private var isMasked = false

    /// So many digits are a number that is not a country's short one.
    private static let whole = 7
    /// So many digits of a masked number say whose it is.
    private static let visible = 4
    /// Longer addresses than these of SMPP 3.4 §4.4.1 with all their punctuation are nobody's number.
    private static let longest = 40

    /// Nil for what has no digits, or letters that mask none.
    init?(_ address: String) {
        let octets = address.utf8.span
        guard octets.count <= Self.longest else { return nil }
        head.reserveCapacity(octets.count)
        for offset in octets.indices {
            switch octets[offset] {
            case 0x30...0x39 where isMasked: tail.append(octets[offset])
            // Leading zeros announce a country's code, or a call within the country.
            case 0x30 where head.isEmpty: break
            case 0x30...0x39: head.append(octets[offset])
            case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "X"), UInt8(ascii: "x"), UInt8(ascii: "?"):
                isMasked = true
                tail.removeAll(keepingCapacity: true)
            case 0x20, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."):
                break
            case UInt8(ascii: "D") where head.isEmpty: break
            default: return nil
            }
        }
        guard !head.isEmpty || !tail.isEmpty else { return nil }
    }

    func agreement(with other: WrittenNumber) -> NumberAgreement {
        switch (isMasked, other.isMasked) {
        case (false, false): Self.isOne(head, other.head) ? .agrees : .differs
        case (true, false): agreement(withDigits: other.head)
        case (false, true): other.agreement(withDigits: head)
        case (true, true): agreement(withMasked: other)
        }
    }

    private static func isOne(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        if one == other { return true }
        let (short, long) = one.count <= other.count ? (one, other) : (other, one)
        if short.count >= whole, ends(long, with: short[...]) { return true }
        return isWithTrunkDigit(one, other) || isWithTrunkDigit(other, one) || hasOneMore(long, short)
    }

    /// Whether the first is `8…` as one dials it within a country whose code the second has.
    private static func isWithTrunkDigit(_ national: [UInt8], _ international: [UInt8]) -> Bool {
        guard national.first == 0x38, let code = international.first, code == 0x37 || code == 0x33 || code == 0x39
        else { return false }
        let rest = national.dropFirst().drop { $0 == 0x30 }
        return rest.count >= whole && ends(international, with: rest)
    }

    private static func hasOneMore(_ long: [UInt8], _ short: [UInt8]) -> Bool {
        guard long.count == short.count + 1 else { return false }
        let before = zip(long, short).prefix { $0 == $1 }.count
        let behind = zip(long.reversed(), short.reversed()).prefix { $0 == $1 }.count
        return before >= 2 && behind >= 8 && before + behind >= short.count
    }

    private func agreement(withDigits digits: [UInt8]) -> NumberAgreement {
        // What stands before a whole number is a prefix of the carrier's own.
        if tail.count >= Self.whole { return Self.isOne(Array(tail.drop { $0 == 0x30 }), digits) ? .agrees : .differs }
        guard head.count + tail.count <= digits.count, Self.ends(digits, with: tail[...]) else { return .differs }
        let rest = digits.dropLast(tail.count)
        // Before the mask there may be no country's code, or the trunk digit in its place.
        let heads = [head[...], head.first == 0x38 ? head.dropFirst().drop { $0 == 0x30 } : head[...]]
        let isThere = heads.contains { head in (0...3).contains { rest.dropFirst($0).starts(with: head) } }
        guard isThere else { return .differs }
        return head.count + tail.count >= Self.visible ? .agrees : .unknown
    }

    private func agreement(withMasked other: WrittenNumber) -> NumberAgreement {
        let (heads, tails) = (min(head.count, other.head.count), min(tail.count, other.tail.count))
        guard head.prefix(heads) == other.head.prefix(heads), tail.suffix(tails) == other.tail.suffix(tails) else {
            return .differs
        }
        return heads + tails >= Self.visible ? .agrees : .unknown
    }

    private static func ends(_ digits: [UInt8], with end: ArraySlice<UInt8>) -> Bool {
        digits.count >= end.count && digits.suffix(end.count) == end
    }
}

extension ReceivedReceipt {
    /// Whether it names this recipient.
    ///
    /// Most carriers write the recipient as the source, some as the destination; the other address is the sender's, which may be a
    /// number too. So the destination speaks against a message only where the source is a sender's name.
    ///
    /// - Parameter recipient: the message's; nil where it is not known.
    package func agreement(withRecipient recipient: String?) -> NumberAgreement {
        guard let recipient else { return .unknown }
        let bySource = NumberAgreement.of(source, recipient)
        if bySource == .agrees { return .agrees }
        let byDestination = NumberAgreement.of(destination, recipient)
        if bySource == .differs || byDestination == .agrees { return byDestination == .agrees ? .agrees : .differs }
        let isName = source.utf8.contains { ($0 | 0x20) &- 0x61 < 26 } && WrittenNumber(source) == nil
        return isName ? byDestination : .unknown
    }
}

/// A telephone number by its digits, to find what has no id.
struct RecipientNumber: Hashable, Sendable {
    /// The digits without `+` and leading zeros, as a number.
    let digits: UInt64

    /// Nil for what has no digits, or something else beside them: 15 digits at most (E.164 §6).
    init?(_ address: String) {
        var value: UInt64 = 0
        let octets = address.utf8.span
        for offset in octets.indices {
            let digit = octets[offset] &- 0x30
            guard digit < 10, value < 100_000_000_000_000 else {
                if offset == 0, octets[offset] == 0x2B { continue }
                return nil
            }
            value = value * 10 + UInt64(digit)
        }
        guard value > 0 else { return nil }
        digits = value
    }
}
