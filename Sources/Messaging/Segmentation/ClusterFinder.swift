/// Moves cuts of UTF-16BE octets out of grapheme clusters.
///
/// It looks at the text only where characters may join at a cut, and walks through it once.
struct ClusterFinder {
    private let text: String
    /// How far the text is walked: octets of UTF-16 and of UTF-8 that stand for the same scalars.
    private var utf16Octets = 0
    private var utf8Octets = 0

    init(_ text: String) {
        self.text = text
    }

    /// The start of the cluster around `end`; `end` itself where it is between clusters, or where the cluster starts
    /// the part or is longer than one.
    ///
    /// - Parameters:
    ///   - octets: the text as UTF-16BE.
    ///   - end: between two scalars, and not smaller than in the last call.
    ///   - start: where the part starts.
    ///   - capacity: the units of a part.
    mutating func cut(_ octets: [UInt8], at end: Int, after start: Int, capacity: Int) -> Int {
        if Self.standsAlone(octets, end - 2), Self.standsAlone(octets, end) { return end }
        walk(to: end)
        var index = text.utf8.index(text.startIndex, offsetBy: utf8Octets)
        var first = end
        while index.samePosition(in: text) == nil {
            index = text.unicodeScalars.index(before: index)
            first -= text.unicodeScalars[index].value > 0xFFFF ? 4 : 2
            if first <= start { return end }
        }
        if first == end { return end }
        let units = text[index..<text.index(after: index)].utf16.count
        return units <= capacity ? first : end
    }

    private mutating func walk(to end: Int) {
        let bytes = text.utf8Span.span
        while utf16Octets < end {
            utf16Octets += UTF8Scalars.next(in: bytes, at: &utf8Octets) > 0xFFFF ? 4 : 2
        }
    }

    /// Whether the unit is of those that never join with another of them: ASCII and Latin-1 but for line ends and
    /// controls, and the letters of Cyrillic (Unicode Standard Annex 29, Table 2: all are "Any").
    private static func standsAlone(_ octets: [UInt8], _ offset: Int) -> Bool {
        switch UInt16(octets[offset]) << 8 | UInt16(octets[offset + 1]) {
        case 0x20...0x7E, 0xA1...0xA8, 0xAA...0xAC, 0xAF...0xFF, 0x0400...0x0482, 0x048A...0x052F: true
        default: false
        }
    }
}
