/// How a receipt writes the message id of `submit_sm_resp`.
package enum ReceiptIDForm: String, Hashable, Sendable, CaseIterable {
    /// As the response did; case and leading zeros may differ.
    case same
    /// The response's is decimal, the receipt's hexadecimal.
    case hex
    /// The response's is hexadecimal, the receipt's decimal.
    case decimal
    /// Learnt from what comes.
    case auto
}

/// A carrier's message id in the forms by which it can be found again (SMPP 3.4 §5.2.23).
///
/// Responses and receipts of one carrier may differ in case, leading zeros, the dashes of a UUID, and base.
package struct CarrierMessageID: Hashable, Sendable {
    /// As the carrier wrote it, without blanks around it.
    package let raw: String
    /// Lower case, without leading zeros, `0x` and the dashes of a UUID; at least one character.
    package let folded: String

    /// Octets that are kept of an id, in a response as in a receipt: the standard has 64 (§5.2.23), and some carriers give more.
    package static let longest = 255
    /// Longest id whose base can be changed, in digits.
    static let maxDigits = 64

    /// Nil for no id: an empty one or `-`.
    package init?(_ text: String) {
        if Self.isFolded(text.utf8.span) {
            raw = text
            folded = text
            return
        }
        let octets = Array(text.utf8)
        guard let first = octets.firstIndex(where: { $0 > 0x20 }), let last = octets.lastIndex(where: { $0 > 0x20 }),
            octets[first...last] != [0x2D]
        else { return nil }
        raw = last - first + 1 == octets.count ? text : String(decoding: octets[first...last], as: UTF8.self)
        folded = Self.folded(raw, octets[first...last])
    }

    /// The id read as hexadecimal and written as decimal; nil where it is not hexadecimal or too long.
    package var decimalOfHexadecimal: String? { converted(from: 16, to: 10) }

    /// The id read as decimal and written as hexadecimal, lower case; nil where it is not decimal or too long.
    package var hexadecimalOfDecimal: String? { converted(from: 10, to: 16) }

    /// Whether an id is surely its own folded form, as most are: looked at in place, since every message has one.
    private static func isFolded(_ octets: Span<UInt8>) -> Bool {
        // A zero may be a leading one; 36 octets may be a UUID.
        guard octets.count > 0, octets.count != 36, octets[0] != 0x30, octets.count > 1 || octets[0] != 0x2D else {
            return false
        }
        // Without branches, many octets at once.
        var others: UInt8 = 0
        for offset in octets.indices {
            let octet = octets[offset]
            others |= (octet <= 0x20 ? 1 : 0) | (octet &- 0x41 < 26 ? 1 : 0)
        }
        return others == 0
    }

    private static func folded(_ raw: String, _ octets: ArraySlice<UInt8>) -> String {
        // Most ids are plain numbers.
        if octets[octets.startIndex] != 0x30, octets.allSatisfy({ (0x30...0x39).contains($0) }) { return raw }
        var rest = octets
        if rest.count > 2, rest.starts(with: [0x30, 0x78]) || rest.starts(with: [0x30, 0x58]),
            rest.dropFirst(2).allSatisfy({ digit($0, radix: 16) != nil })
        {
            rest = rest.dropFirst(2)
        }
        if isUUID(rest) { rest = rest.filter { $0 != 0x2D }[...] }
        while rest.count > 1, rest.first == 0x30 { rest = rest.dropFirst() }
        return String(decoding: rest.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// 8-4-4-4-12 hexadecimal digits (RFC 9562 §4).
    private static func isUUID(_ octets: ArraySlice<UInt8>) -> Bool {
        guard octets.count == 36 else { return false }
        return octets.enumerated().allSatisfy { offset, octet in
            switch offset {
            case 8, 13, 18, 23: octet == 0x2D
            default: digit(octet, radix: 16) != nil
            }
        }
    }

    private static func digit(_ octet: UInt8, radix: UInt8) -> UInt8? {
        let value: UInt8
        switch octet {
        case 0x30...0x39: value = octet - 0x30
        case 0x61...0x66: value = octet - 0x57
        case 0x41...0x46: value = octet - 0x37
        default: return nil
        }
        return value < radix ? value : nil
    }

    private func converted(from: UInt8, to: UInt8) -> String? {
        // `UInt64` would read a sign.
        if let first = folded.utf8.first, first >= 0x30, let value = UInt64(folded, radix: Int(from)) {
            return String(value, radix: Int(to))
        }
        guard folded.utf8.count <= Self.maxDigits else { return nil }
        // Any length: 32 bits a limb, the least significant first.
        var limbs: [UInt32] = []
        for octet in folded.utf8 {
            guard let digit = Self.digit(octet, radix: from) else { return nil }
            var carry = UInt64(digit)
            for index in limbs.indices {
                carry += UInt64(limbs[index]) * UInt64(from)
                limbs[index] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        return Self.digits(of: limbs, radix: to)
    }

    private static func digits(of value: [UInt32], radix: UInt8) -> String {
        var limbs = value
        var digits: [UInt8] = []
        while !limbs.isEmpty {
            var remainder: UInt64 = 0
            for index in limbs.indices.reversed() {
                remainder = remainder << 32 | UInt64(limbs[index])
                limbs[index] = UInt32(remainder / UInt64(radix))
                remainder %= UInt64(radix)
            }
            while limbs.last == 0 { limbs.removeLast() }
            digits.append(UInt8(remainder) + (remainder < 10 ? 0x30 : 0x57))
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }
}

extension DeliveryReceipt {
    /// What `ForgottenSegment.id` may be of the segment that it means, likeliest first.
    package func foldedIDs(_ form: ReceiptIDForm) -> [String] {
        [messageID, otherID].compactMap(\.self).compactMap { CarrierMessageID($0) }.flatMap { id in
            switch form {
            case .same: [id.folded]
            case .hex: [id.decimalOfHexadecimal ?? id.folded]
            case .decimal: [id.hexadecimalOfDecimal ?? id.folded]
            case .auto: [id.folded, id.decimalOfHexadecimal, id.hexadecimalOfDecimal].compactMap(\.self)
            }
        }
    }
}
