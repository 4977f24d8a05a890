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

    /// In the order of the octets; those before the fault where they do not add up.
    package var elements: [Element]
    /// Whether the elements do not add up to the header's length: the whole header is then passed over, and the text stands behind
    /// it all the same.
    package var isBroken = false
    /// Where the text starts: the header's octets with its length octet.
    package var textStart: Int

    /// Reads the header at the start of `octets`; nil where its length goes beyond what is there.
    package static func parse(_ octets: [UInt8]) -> UserDataHeader? {
        guard let length = octets.first, Int(length) < octets.count else { return nil }
        var rest = octets[1..<1 + Int(length)]
        var header = UserDataHeader(elements: [], textStart: 1 + Int(length))
        while let identifier = rest.popFirst() {
            guard let count = rest.popFirst(), rest.count >= Int(count) else {
                header.isBroken = true
                break
            }
            header.elements.append(Element(identifier: identifier, value: Array(rest.prefix(Int(count)))))
            rest = rest.dropFirst(Int(count))
        }
        return header
    }

    /// The numbering of a concatenated text with an 8-bit or 16-bit reference (§9.2.3.24.1, §9.2.3.24.8).
    ///
    /// The last of several counts; one that says "0 of n", "n of 0" or "3 of 2" does not.
    package var numbering: PartNumbering? {
        isBroken ? nil : elements.compactMap(Self.numbering).last { $0.part.isPossible }
    }

    /// The tables that the text's septets mean (§9.2.3.24.15, §9.2.3.24.16). A language that nobody knows has the default ones.
    package var shiftTables: ShiftTables {
        guard !isBroken else { return .standard }
        func language(_ identifier: UInt8) -> NationalLanguage? {
            elements.last { $0.identifier == identifier && $0.value.count == 1 }
                .flatMap { NationalLanguage(rawValue: $0.value[0]) }
        }
        return ShiftTables(single: language(Self.singleShift), locking: language(Self.lockingShift))
    }

    private static func numbering(_ element: Element) -> PartNumbering? {
        let value = element.value
        return switch (element.identifier, value.count) {
        case (eightBit, 3):
            PartNumbering(
                kind: .eightBit, SARInfo(reference: UInt16(value[0]), total: value[1], sequence: value[2]))
        case (sixteenBit, 4):
            PartNumbering(
                kind: .sixteenBit,
                SARInfo(reference: UInt16(value[0]) << 8 | UInt16(value[1]), total: value[2], sequence: value[3]))
        default: nil
        }
    }

    private static let eightBit: UInt8 = 0x00
    private static let sixteenBit: UInt8 = 0x08
    private static let singleShift: UInt8 = 0x24
    private static let lockingShift: UInt8 = 0x25

    /// The octets of the header that numbers a segment and names its tables; none where there is nothing to tell.
    ///
    /// - Parameter numbering: nil for a text of one segment. The method may have no header for it.
    static func octets(_ numbering: SARInfo?, _ method: LongMethod, _ shift: ShiftTables) -> [UInt8] {
        var octets: [UInt8] = []
        if let numbering {
            let low = UInt8(truncatingIfNeeded: numbering.reference)
            let high = UInt8(truncatingIfNeeded: numbering.reference >> 8)
            switch method {
            case .udh8: octets += [eightBit, 3, low, numbering.total, numbering.sequence]
            case .udh16: octets += [sixteenBit, 4, high, low, numbering.total, numbering.sequence]
            case .sar, .payload: break
            }
        }
        if let language = shift.single { octets += [singleShift, 1, language.rawValue] }
        if let language = shift.locking { octets += [lockingShift, 1, language.rawValue] }
        return octets.isEmpty ? [] : [UInt8(octets.count)] + octets
    }
}
