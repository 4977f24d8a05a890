/// A whole text in one alphabet, and where it can be cut.
struct EncodedText {
    let alphabet: Alphabet
    let dataCoding: UInt8
    /// The text, unpacked and without any header.
    let octets: [UInt8]
    /// The tables of `gsm`.
    let shift: ShiftTables
    /// How much of the segments' room it takes, in the alphabet's units.
    let units: Int

    /// The order among alphabets that need equally many segments, after the carrier's default alphabet.
    private static let order: [Alphabet] = [.gsm, .ascii, .latin1]

    /// The text in the alphabet that needs the fewest segments; in UCS-2 where no other carries it.
    static func cheapest(of text: String, _ policy: TextPolicy) -> EncodedText {
        var octets: [UInt8] = []
        var best = EncodedText(text, policy.defaultAlphabet, policy, &octets)
        var fewest = best.map { $0.segmentCount(policy) } ?? .max
        if fewest == 1, let best { return best }
        // No scalar takes less than a unit: what cannot need fewer segments is not tried.
        let scalars = best?.scalarsAtLeast ?? 0
        for alphabet in order where alphabet != policy.defaultAlphabet {
            guard segmentCount(scalars, alphabet, policy) < fewest,
                let other = EncodedText(text, alphabet, policy, &octets)
            else { continue }
            let count = other.segmentCount(policy)
            if count < fewest { (best, fewest) = (other, count) }
        }
        if !policy.shiftCodes.isEmpty, best?.alphabet != .gsm {
            for codes in policy.shiftCodes {
                guard let other = EncodedText(text, codes, policy, &octets) else { continue }
                let count = other.segmentCount(policy)
                if count < fewest { (best, fewest) = (other, count) }
            }
        }
        return best ?? EncodedText(inUCS2: text, policy, &octets)
    }

    /// By national tables; nil where they do not carry the text, or the carrier's way of long texts has no header for them.
    private init?(_ text: String, _ codes: ShiftCodes, _ policy: TextPolicy, _ octets: inout [UInt8]) {
        guard let dataCoding = policy.coding(of: .gsm) else { return nil }
        octets.removeAll(keepingCapacity: true)
        guard codes.encode(text, into: &octets) else { return nil }
        self.init(.gsm, dataCoding, octets, shift: codes.tables)
        switch policy.long {
        case .udh8, .udh16: break
        case .sar, .payload: if segmentCount(policy) > 1 { return nil }
        }
    }

    /// Nil where the carrier does not take the alphabet or the alphabet does not carry the text.
    ///
    /// - Parameter octets: room that a failed attempt may have left.
    private init?(_ text: String, _ alphabet: Alphabet, _ policy: TextPolicy, _ octets: inout [UInt8]) {
        guard let dataCoding = policy.coding(of: alphabet) else { return nil }
        octets.removeAll(keepingCapacity: true)
        guard alphabet.encode(text, transliterate: policy.transliterate, into: &octets) else { return nil }
        self.init(alphabet, dataCoding, octets)
    }

    private init(inUCS2 text: String, _ policy: TextPolicy, _ octets: inout [UInt8]) {
        octets.removeAll(keepingCapacity: true)
        _ = Alphabet.ucs2.encode(text, transliterate: false, into: &octets)
        self.init(.ucs2, policy.coding(of: .ucs2) ?? 8, octets)
    }

    private init(
        _ alphabet: Alphabet, _ dataCoding: UInt8, _ octets: [UInt8], shift: ShiftTables = .standard
    ) {
        self.shift = shift
        self.alphabet = alphabet
        self.dataCoding = dataCoding
        self.octets = octets
        units =
            switch alphabet {
            case .gsm, .latin1, .utf8: octets.count
            case .ascii: octets.reduce(0) { $0 + Self.asciiUnits($1) }
            case .ucs2: octets.count / 2
            }
    }

    /// How many scalars the text has, or fewer.
    private var scalarsAtLeast: Int {
        switch alphabet {
        case .gsm: octets.count { $0 != GSMAlphabet.escape }
        case .latin1, .ascii: octets.count
        case .ucs2, .utf8: octets.count / 4
        }
    }

    /// The SMSC turns ASCII into septets, two of them for `{` and its like.
    private static func asciiUnits(_ octet: UInt8) -> Int {
        GSMAlphabet.code(of: Unicode.Scalar(octet))?.isExtended == true ? 2 : 1
    }

    /// How many segments the text takes, or one or two fewer than where clusters must be kept whole.
    func segmentCount(_ policy: TextPolicy) -> Int {
        if shift == .standard { return Self.segmentCount(units, alphabet, policy) }
        return Self.segmentCount(units, single: single(policy), part: part(policy))
    }

    /// Units of a message of one segment.
    func single(_ policy: TextPolicy) -> Int {
        shift == .standard ? policy.limits.single(alphabet) : policy.limits.single(shift)
    }

    /// Units of one of several segments.
    func part(_ policy: TextPolicy) -> Int {
        shift == .standard ? policy.limits.part(alphabet, policy.long) : policy.limits.part(shift, policy.long)
    }

    private static func segmentCount(_ units: Int, _ alphabet: Alphabet, _ policy: TextPolicy) -> Int {
        segmentCount(
            units, single: policy.limits.single(alphabet), part: policy.limits.part(alphabet, policy.long))
    }

    private static func segmentCount(_ units: Int, single: Int, part: Int) -> Int {
        units <= single ? 1 : max(2, (units + part - 1) / part)
    }

    /// The parts of `octets`, each of at most `capacity` units, 2 or more.
    ///
    /// A scalar is never cut. A grapheme cluster is cut only where it is longer than a part.
    func cut(_ text: String, capacity: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        var clusters = ClusterFinder(text)
        var octetClusters = OctetClusters(text)
        while let end = end(ofPartAt: start, capacity: capacity) {
            let cut =
                switch alphabet {
                // No characters join here but a line end's.
                case .gsm, .latin1, .ascii: octets[end - 1] == 0x0D && octets[end] == 0x0A ? end - 1 : end
                case .utf8: octetClusters.cut(at: end, after: start, capacity: capacity)
                case .ucs2: clusters.cut(octets, at: end, after: start, capacity: capacity)
                }
            parts.append(start..<cut)
            start = cut
        }
        parts.append(start..<octets.count)
        return parts
    }

    /// The end of the longest part that fits, between two scalars; nil where all the rest fits.
    private func end(ofPartAt start: Int, capacity: Int) -> Int? {
        switch alphabet {
        case .gsm:
            guard octets.count - start > capacity else { return nil }
            let end = start + capacity
            return octets[end - 1] == GSMAlphabet.escape ? end - 1 : end
        case .latin1:
            return octets.count - start > capacity ? start + capacity : nil
        case .utf8:
            guard octets.count - start > capacity else { return nil }
            var end = start + capacity
            while UTF8.isContinuation(octets[end]) { end -= 1 }
            return end
        case .ascii:
            var left = capacity
            return octets[start...].firstIndex {
                left -= Self.asciiUnits($0)
                return left < 0
            }
        case .ucs2:
            guard octets.count - start > 2 * capacity else { return nil }
            let end = start + 2 * capacity
            return UTF16.isTrailSurrogate(UInt16(octets[end]) << 8) ? end - 2 : end
        }
    }
}

/// Moves cuts of UTF-8 octets out of grapheme clusters. It goes through the text forward, once.
private struct OctetClusters {
    private let text: String
    private var index: String.Index
    /// The octets of the cluster that was looked at last.
    private var cluster = 0..<0

    init(_ text: String) {
        self.text = text
        index = text.startIndex
    }

    /// The start of the cluster around `end`; `end` itself where it is between clusters, or where the cluster starts the part or is
    /// longer than one.
    ///
    /// - Parameter end: not smaller than in the last call.
    mutating func cut(at end: Int, after start: Int, capacity: Int) -> Int {
        while cluster.upperBound < end, index < text.endIndex {
            let next = text.index(after: index)
            cluster = cluster.upperBound..<cluster.upperBound + text.utf8.distance(from: index, to: next)
            index = next
        }
        guard cluster.upperBound > end, cluster.lowerBound > start, cluster.count <= capacity else { return end }
        return cluster.lowerBound
    }
}
