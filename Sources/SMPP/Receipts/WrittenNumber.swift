/// Whether an address of a receipt is the number that a message went to.
package enum NumberAgreement: Int, Hashable, Sendable, Comparable {
    /// It is another one.
    case contrary
    /// Nothing is to be seen of it, or nobody knows the other one.
    case unknown
    /// It may be: one of them is masked, or it is written as at home. It proves nothing by itself: an id must be written as the carrier
    /// is known to.
    case partial
    /// They have the same digits.
    case equal

    package static func < (one: NumberAgreement, other: NumberAgreement) -> Bool { one.rawValue < other.rawValue }

    /// Nil where the address names no number.
    ///
    /// - Parameters:
    ///   - address: as a receipt has it.
    ///   - recipient: as the message had it, or as `SentNumber` reads it.
    ///   - key: of the address, where the recipient may be masked.
    package static func of(_ address: String, _ recipient: String, key: UInt64? = nil) -> NumberAgreement? {
        // Most carriers write a number as they got it.
        if !address.isEmpty, address == recipient, address.utf8.allSatisfy({ $0 &- 0x30 < 10 }) { return .equal }
        guard let written = WrittenNumber(address) else { return nil }
        return SentNumber(recipient).map { written.agreement(with: $0, key) } ?? .unknown
    }
}

/// A telephone number as a receipt has it, for comparison with the one that a message went to, which is international.
///
///     +79161234567   0079161234567   81079161234567                                  are equal to 79161234567
///     89161234567    9161234567      7916*****67      *******4567     D77#79161234567    may be
///     1234567        379161234567    79261234567      7916*****68                    are others
///
/// These may be it:
/// 1. its end, where the rest is a country's code, with a trunk digit or without;
/// 2. the same but for one digit within: the mobile digit of Argentina, Brazil and Mexico;
/// 3. a masked one whose digits are those of the other;
/// 4. either behind a prefix of the carrier's own that ends with `#`.
///
/// 11 digits that begin with 1 or 7 are a whole number, whatever other number ends so.
struct WrittenNumber: Hashable, Sendable {
    /// All digits, or those before the mask. Without leading zeros.
    private var head: [UInt8] = []
    /// The digits behind the mask.
    private var tail: [UInt8] = []
    private var isMasked = false
    /// Behind one zero stands a number as one dials it at home; behind two, or a `+`, an international one.
    private var zeros = 0

    /// So many digits are a number that is not a country's short one.
    private static let whole = 7
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
            case UInt8(ascii: "+"): if head.isEmpty { zeros = 2 }
            case 0x20, UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."): break
            case UInt8(ascii: "D") where head.isEmpty: break
            default: return nil
            }
        }
        guard !head.isEmpty || !tail.isEmpty else { return nil }
        // 810 and 011 lead abroad where 00 does not.
        for (before, prefix) in [(0, [0x38, 0x31, 0x30]), (1, [0x31, 0x31])] as [(Int, [UInt8])]
        where zeros == before && head.count >= 12 && head.starts(with: prefix) {
            head.removeFirst(prefix.count)
            zeros = 2
        }
    }

    private init(digits: [UInt8]) {
        head = Array(digits.drop { $0 == 0x30 })
        zeros = digits.count - head.count
    }

    /// The digits of a number that is written whole, as an integer.
    var digits: UInt64? {
        guard !isMasked, zeros != 1, head.count <= 15 else { return nil }
        return head.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }

    /// - Parameter key: of these digits, where the other number may be masked.
    func agreement(with sent: SentNumber, _ key: UInt64?) -> NumberAgreement {
        if isMasked { return isMask(of: sent) ? .partial : .contrary }
        guard Self.fits(head[...], sent.digits[...]) else { return isHomeForm(of: sent) ? .partial : .contrary }
        guard sent.isMasked else { return zeros == 1 ? .partial : .equal }
        guard let known = sent.key, let key else { return .partial }
        return key == known ? .equal : .contrary
    }

    private func isHomeForm(of sent: SentNumber) -> Bool {
        let first = head.first
        guard zeros < 2, zeros == 1 || head.count != 11 || first != 0x31 && first != 0x37 else { return false }
        // Behind the 0 a 6 may belong to it (Hungary).
        let trunk: UInt8 = zeros == 1 ? 0x36 : 0x38
        if sent.ends(withNational: head[...]) { return true }
        if first == trunk {
            let rest = head.dropFirst().drop { $0 == 0x30 }
            if sent.ends(withNational: rest), zeros == 1 || sent.hasTrunkDigit(before: rest.count) { return true }
        }
        return Self.hasOneMore(head, sent.digits) || Self.hasOneMore(sent.digits, head)
    }

    private static func hasOneMore(_ long: [UInt8], _ short: [UInt8]) -> Bool {
        guard long.count == short.count + 1, long.first == 0x35, long.count > 9 else { return false }
        let before = zip(long, short).prefix { $0 == $1 }.count
        let behind = zip(long.reversed(), short.reversed()).prefix { $0 == $1 }.count
        return [0x32, 0x34, 0x35].contains(long[1]) && before >= 2 && behind >= 8 && before + behind >= short.count
    }

    private func isMask(of sent: SentNumber) -> Bool {
        if tail.count >= Self.whole { return WrittenNumber(digits: tail).agreement(with: sent, nil) != .contrary }
        guard head.count + tail.count <= sent.digits.count,
            Self.fits(tail[...], sent.digits.suffix(tail.count))
        else { return false }
        let rest = sent.digits.dropLast(tail.count)
        // Before the mask there may be no country's code, or the trunk digit in its place.
        let heads = [head[...], head.first == 0x38 ? head.dropFirst().drop { $0 == 0x30 } : head[...]]
        return heads.contains { head in
            (0...3).contains { count in
                (count == 0 || SentNumber.isCode(rest.prefix(count)))
                    && Self.fits(head, rest.dropFirst(count).prefix(head.count))
            }
        }
    }

    /// Whether digits are those of a number, where it shows them.
    static func fits(_ digits: ArraySlice<UInt8>, _ number: ArraySlice<UInt8>) -> Bool {
        digits.count == number.count && zip(digits, number).allSatisfy { $0 == $1 || $1 == SentNumber.hidden }
    }
}

/// The number that a message went to: international digits; or masked, where a journal keeps it so, and then with a key behind a tilde
/// by which the number is known again: `7916*****67~00c0ffee00c0ffee`.
struct SentNumber: Hashable, Sendable {
    /// Digits, and `hidden` for each that is masked.
    private(set) var digits: [UInt8] = []
    private(set) var isMasked = false
    private(set) var key: UInt64?

    static let hidden = UInt8(ascii: "*")

    /// Nil for what is no number.
    init?(_ text: String) {
        digits.reserveCapacity(text.utf8.count)
        for octet in text.utf8 {
            switch octet {
            case 0x30...0x39: digits.append(octet)
            case Self.hidden:
                isMasked = true
                digits.append(octet)
            case UInt8(ascii: "+") where digits.isEmpty: break
            case UInt8(ascii: "~"):
                key = Self.key(in: text)
                return
            default: return nil
            }
        }
        if digits.isEmpty { return nil }
    }

    /// What stands behind the tilde.
    static func key(in text: String) -> UInt64? {
        text.utf8.firstIndex(of: UInt8(ascii: "~")).flatMap { UInt64(text[text.index(after: $0)...], radix: 16) }
    }

    /// Whether these digits are what stands behind the country's code, at least seven.
    fileprivate func ends(withNational national: ArraySlice<UInt8>) -> Bool {
        national.count >= 7 && Self.isCode(digits.dropLast(national.count))
            && WrittenNumber.fits(national, digits.suffix(national.count))
    }

    /// Whether one dials an 8 before so many digits of it at home: +7, and some of +37 and +99.
    fileprivate func hasTrunkDigit(before count: Int) -> Bool {
        let code = digits.dropLast(count)
        return code == [0x37] || (code.count == 3 && (code.first == 0x33 || code.first == 0x39))
    }

    private static let codesOfTwo: Set<Int> = Set(
        [20, 27, 36, 39, 40, 41, 81, 82, 84, 86, 98] + Array(30...34) + Array(43...49) + Array(51...58)
            + Array(60...66) + Array(90...95))

    /// Whether these digits have the form of a country's code (E.164).
    static func isCode(_ code: ArraySlice<UInt8>) -> Bool {
        guard let first = code.first, first >= 0x31, code.allSatisfy({ $0 != hidden }) else { return false }
        if first == 0x31 || first == 0x37 { return code.count == 1 }
        guard code.count > 1 else { return false }
        let two = code.prefix(2).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return code.count == (codesOfTwo.contains(two) ? 2 : 3)
    }
}

/// A telephone number as one integer, to find what has no id.
struct RecipientNumber: Hashable, Sendable {
    /// The digits without `+` and leading zeros, as a number; of a masked one its key with the highest bit.
    let value: UInt64

    private static let keyBit: UInt64 = 1 << 63

    /// - Parameter key: see `SentNumber`.
    init(key: UInt64) {
        value = key | Self.keyBit
    }

    /// Nil for what has no digits, or something else beside them, but a masked one with its key: 15 digits at most (E.164 §6).
    init?(_ address: String) {
        var value: UInt64 = 0
        let octets = address.utf8.span
        for offset in octets.indices {
            let digit = octets[offset] &- 0x30
            guard digit < 10, value < 100_000_000_000_000 else {
                if offset == 0, octets[offset] == 0x2B { continue }
                guard octets[offset] == SentNumber.hidden, let key = SentNumber.key(in: address) else { return nil }
                self.value = key | Self.keyBit
                return
            }
            value = value * 10 + UInt64(digit)
        }
        guard value > 0 else { return nil }
        self.value = value
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
            value = number.value
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
        return (NumberAgreement.of(address, String(value)) ?? .contrary) != .contrary
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
        let bySource = NumberAgreement.of(source, recipient, key: sourceKey)
        if bySource == .equal { return .equal }
        let byDestination = NumberAgreement.of(destination, recipient, key: destinationKey) ?? .unknown
        if sender.isIn(source) { return max(bySource ?? .contrary, byDestination) }
        guard bySource == nil, sender != .unknown, !sender.isIn(destination) else { return bySource ?? .unknown }
        return min(byDestination, .partial)
    }

    /// The numbers that it names, by which what has no id is found.
    var numbers: [RecipientNumber] {
        [
            RecipientNumber(source), sourceKey.map { RecipientNumber(key: $0) }, RecipientNumber(destination),
            destinationKey.map { RecipientNumber(key: $0) },
        ].compactMap(\.self)
    }

    /// Notes the keys of its numbers.
    ///
    /// - Parameter hash: of a number's digits as an integer.
    package mutating func setKeys(_ hash: (UInt64) -> UInt64) {
        sourceKey = WrittenNumber(source)?.digits.map(hash)
        destinationKey = WrittenNumber(destination)?.digits.map(hash)
    }
}
