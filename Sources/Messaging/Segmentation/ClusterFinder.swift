/// Moves cuts of UTF-16BE octets out of grapheme clusters.
///
/// It looks at the text only where characters may join at a cut, and goes through it forward, once: what it costs grows as the text
/// does, whatever clusters the text is made of.
struct ClusterFinder {
    private let text: String
    /// The last cluster that was looked at, in octets of UTF-16; at first an empty one at the start.
    private var cluster = 0..<0
    /// The cluster's end in the text, in octets of UTF-8.
    private var utf8Octets = 0
    /// The same place as the text's own index, where a cluster was walked over; nil after a jump.
    private var index: String.Index?

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
        jump(octets, towards: end)
        while cluster.upperBound < end { walk() }
        guard cluster.upperBound > end, cluster.lowerBound > start, cluster.count / 2 <= capacity else { return end }
        return cluster.lowerBound
    }

    /// Goes to the last place before `end` that is surely between two clusters, if there is one behind the last cluster.
    private mutating func jump(_ octets: [UInt8], towards end: Int) {
        var place = end - 2
        while place > cluster.upperBound {
            if Self.standsAlone(octets, place - 2), Self.standsAlone(octets, place) { break }
            place -= 2
        }
        guard place > cluster.upperBound else { return }
        let bytes = text.utf8Span.span
        var units = cluster.upperBound
        while units < place { units += UTF8Scalars.next(in: bytes, at: &utf8Octets) > 0xFFFF ? 4 : 2 }
        cluster = place..<place
        index = nil
    }

    /// Walks over the next cluster.
    private mutating func walk() {
        let start = index ?? text.utf8.index(text.startIndex, offsetBy: utf8Octets)
        let next = text.index(after: start)
        let bytes = text.utf8Span.span
        let end = utf8Octets + text.utf8.distance(from: start, to: next)
        var units = cluster.upperBound
        while utf8Octets < end { units += UTF8Scalars.next(in: bytes, at: &utf8Octets) > 0xFFFF ? 4 : 2 }
        cluster = cluster.upperBound..<units
        index = next
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
