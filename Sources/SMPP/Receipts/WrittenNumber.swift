/// Whether two addresses, as two sides wrote them, are one subscriber's number; the more certain, the greater.
package enum NumberAgreement: Int, Hashable, Sendable, Comparable {
    case differs
    /// One of them has no number, or so little of one that anybody's would do.
    case unknown
    /// They may well be: one is the other's end, or masked, or written as at home. Another country's number may look so too.
    case agrees
    /// They have the same digits.
    case equal

    package static func < (one: NumberAgreement, other: NumberAgreement) -> Bool { one.rawValue < other.rawValue }

    /// - Parameters:
    ///   - one: as a receipt has it: international, national, behind a carrier's own prefix, or masked.
    ///   - other: as the message had it; masked where a journal keeps it so.
    package static func of(_ one: String, _ other: String) -> NumberAgreement {
        // Most carriers write a number as they got it.
        if !one.isEmpty, one == other, one.utf8.allSatisfy({ $0 &- 0x30 < 10 }) { return .equal }
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
/// Equal are the same digits. These agree:
/// 1. one is the end of the other, and has seven digits at least: what stands before is a country's code, or a prefix of the carrier's own;
/// 2. the same without the trunk digit 8 in front of the one, against +7, +3xx or +9xx in the other;
/// 3. the other has one digit more, within, before the last eight: the mobile digit of Argentina, Brazil and Mexico.
///
/// Of a masked number the digits before and behind the mask must be those of the other, four of them at least.
struct WrittenNumber: Hashable, Sendable {
    /// All digits, or those before the mask. Without leading zeros.
    private var head: [UInt8] = []
    /// The digits behind the mask.
    private var tail: [UInt8] = []
    private var isMasked = false
    /// Behind one zero stands a number as one dials it at home; behind two an international one.
    private var zeros = 0

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
            case 0x30 where head.isEmpty: zeros += 1
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
        case (false, false):
            if head == other.head {
                zeros == 1 || other.zeros == 1 ? .agrees : .equal
            } else {
                Self.isOne(head, other.head) ? .agrees : .differs
            }
        case (true, false): agreement(withDigits: other.head)
        case (false, true): other.agreement(withDigits: head)
        case (true, true): agreement(withMasked: other)
        }
    }

    private static func isOne(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        let (short, long) = one.count <= other.count ? (one, other) : (other, one)
        if short.count >= whole, ends(long, with: short[...]) { return true }
        return isWithTrunkDigit(one, other) || isWithTrunkDigit(other, one) || hasOneMore(long, short)
    }

    /// Whether the first is `8…` as one dials it within a country whose code the second has.
    private static func isWithTrunkDigit(_ national: [UInt8], _ international: [UInt8]) -> Bool {
        let rest = national.dropFirst().drop { $0 == 0x30 }
        guard national.first == 0x38, rest.count >= whole, ends(international, with: rest) else { return false }
        let code = international.dropLast(rest.count)
        return code == [0x37] || (code.count == 3 && (code.first == 0x33 || code.first == 0x39))
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

/// Whom a message came from, as one integer: enough to know the sender again in its receipt.
package struct SenderKey: Hashable, Sendable {
    /// A number's digits; of a name a hash with the highest bit; 0 for none.
    private let value: UInt64

    /// Nobody knows from whom.
    package static let unknown = SenderKey(value: .max)

    private static let nameBit: UInt64 = 1 << 63

    private init(value: UInt64) {
        self.value = value
    }

    /// - Parameter source: the source address that the message went with; empty for none. A name's case does not matter.
    package init(_ source: String) {
        if source.isEmpty {
            value = 0
        } else if let number = RecipientNumber(source) {
            value = number.digits
        } else {
            let octets = source.utf8.span
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for offset in octets.indices { hash = (hash ^ UInt64(octets[offset] | 0x20)) &* 0x100_0000_01B3 }
            value = hash >> 1 | Self.nameBit
        }
    }

    /// Whether an address of a receipt is this sender's; never where it is not known.
    func isIn(_ address: String) -> Bool {
        if self == .unknown { return false }
        if value == 0 || value & Self.nameBit != 0 { return SenderKey(address) == self }
        return NumberAgreement.of(address, String(value)) >= .agrees
    }
}

extension ReceivedReceipt {
    /// Whether it is of a message of this sender to this recipient.
    ///
    /// Carriers write the recipient as the source of a receipt, and the sender, or what they make of it, as its destination. Some swap
    /// them: then the source must be our sender, as anybody else's message may have gone to that recipient. A source that says nothing
    /// is contradicted by a destination which is neither the sender nor the recipient.
    ///
    /// - Parameter recipient: the message's; nil where it is not known.
    package func agreement(withRecipient recipient: String?, sender: SenderKey) -> NumberAgreement {
        guard let recipient else { return .unknown }
        let bySource = NumberAgreement.of(source, recipient)
        if bySource == .equal { return .equal }
        if sender.isIn(source) {
            let swapped = NumberAgreement.of(destination, recipient)
            return bySource == .unknown ? swapped : max(bySource, swapped)
        }
        guard bySource == .unknown, sender != .unknown, !sender.isIn(destination) else { return bySource }
        return min(NumberAgreement.of(destination, recipient), .unknown)
    }
}
