/// The header in front of a segment's text (3GPP TS 23.040 §9.2.3.24).
package struct UserDataHeader: Hashable, Sendable {
    /// One information element.
    package struct Element: Hashable, Sendable {
        /// What it is (§9.2.3.24).
        package var identifier: UInt8
        /// Its octets, 0 to 253.
        package var value: [UInt8]

        package init(identifier: UInt8, value: [UInt8]) {
            self.identifier = identifier
            self.value = value
        }
    }

    /// In the order of the octets.
    package var elements: [Element]
    /// Where the text starts: the header's octets with its length octet.
    package var textStart: Int

    /// Reads the header at the start of `octets`; nil where its length or an element's goes beyond what is there.
    package static func parse(_ octets: [UInt8]) -> UserDataHeader? {
        guard let length = octets.first, Int(length) < octets.count else { return nil }
        var rest = octets[1..<1 + Int(length)]
        var elements: [Element] = []
        while !rest.isEmpty {
            guard rest.count >= 2 else { return nil }
            let identifier = rest.removeFirst()
            let count = Int(rest.removeFirst())
            guard rest.count >= count else { return nil }
            elements.append(Element(identifier: identifier, value: Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return UserDataHeader(elements: elements, textStart: 1 + Int(length))
    }

    /// The numbering of a concatenated text with an 8-bit or 16-bit reference (§9.2.3.24.1, §9.2.3.24.8).
    ///
    /// The last of several counts; one that says "0 of n", "n of 0" or "3 of 2" does not.
    package var concatenation: SARInfo? {
        elements.compactMap(Self.numbering).last { $0.sequence > 0 && $0.sequence <= $0.total }
    }

    private static func numbering(_ element: Element) -> SARInfo? {
        let value = element.value
        return switch (element.identifier, value.count) {
        case (eightBit, 3): SARInfo(reference: UInt16(value[0]), total: value[1], sequence: value[2])
        case (sixteenBit, 4):
            SARInfo(reference: UInt16(value[0]) << 8 | UInt16(value[1]), total: value[2], sequence: value[3])
        default: nil
        }
    }

    private static let eightBit: UInt8 = 0x00
    private static let sixteenBit: UInt8 = 0x08

    /// The octets of the header that numbers a segment; none where the method has no header of ours.
    static func concatenation(_ numbering: SARInfo, _ method: LongMethod) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: numbering.reference)
        let high = UInt8(truncatingIfNeeded: numbering.reference >> 8)
        return switch method {
        case .udh8: [5, eightBit, 3, low, numbering.total, numbering.sequence]
        case .udh16: [6, sixteenBit, 4, high, low, numbering.total, numbering.sequence]
        case .sar, .payload: []
        }
    }
}
