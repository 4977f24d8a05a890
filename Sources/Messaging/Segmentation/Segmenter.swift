/// Turns a text into what the PDUs of a carrier carry.
package enum Segmenter {
    /// The text as the one message that it fits into, as `segment` writes it; nil where it takes several.
    package static func whole(
        _ text: String, policy: TextPolicy
    ) throws(TextProblem) -> (octets: [UInt8], dataCoding: UInt8)? {
        let encoded = try encode(sendable(text, policy), policy)
        guard encoded.shift == .standard else { return nil }
        return wholeOctets(encoded, policy).map { ($0, encoded.dataCoding) }
    }

    private static func encode(_ text: String, _ policy: TextPolicy) throws(TextProblem) -> EncodedText {
        guard text.unicodeScalars.contains(where: { !$0.isSpace }) else { throw .empty }
        return EncodedText.cheapest(of: text, policy)
    }

    /// The text that the policy lets out.
    private static func sendable(_ text: String, _ policy: TextPolicy) -> String {
        policy.replacesAstral ? TextCleaning.withoutAstral(text) : text
    }

    private static func packs(_ encoded: EncodedText, _ policy: TextPolicy) -> Bool {
        policy.packedGSM && encoded.alphabet == .gsm
    }

    /// The text, behind the header that names its tables, where it fits into one message.
    private static func wholeOctets(_ encoded: EncodedText, _ policy: TextPolicy) -> [UInt8]? {
        guard encoded.units <= encoded.single(policy) else { return nil }
        let header =
            encoded.shift == .standard ? [] : UserDataHeader.octets(nil, policy.long, encoded.shift)
        guard packs(encoded, policy) else { return header.isEmpty ? encoded.octets : header + encoded.octets }
        let limit = PackedSeptets.segmentOctets - header.count
        return header + PackedSeptets.pack(encoded.octets[...], headerLength: header.count, limit: limit)
    }

    /// Writes `text` in the cheapest alphabet that carries it and that the carrier takes, cut where it must be.
    ///
    /// Cheapest is the fewest segments; between equals, the carrier's default alphabet, then septets before octets.
    /// UCS-2 is left for what nothing else carries. No cut goes inside an escape pair or a surrogate pair, nor inside a
    /// grapheme cluster that fits into one segment.
    ///
    /// - Parameter reference: called once, when the text takes several segments that must share a number.
    package static func segment(
        _ text: String, policy: TextPolicy, reference: () -> UInt16
    ) throws(TextProblem) -> SegmentedText {
        let text = sendable(text, policy)
        let encoded = try encode(text, policy)
        let packs = packs(encoded, policy)
        if let octets = wholeOctets(encoded, policy) {
            return SegmentedText(
                alphabet: encoded.alphabet, dataCoding: encoded.dataCoding,
                segments: [Segment(octets: octets, hasUDH: encoded.shift != .standard)], needsReference: false)
        }
        let maximum = min(max(1, policy.maxParts), Int(UInt8.max))
        let atLeast = encoded.segmentCount(policy)
        if atLeast > maximum { throw .tooLong(parts: atLeast, max: maximum) }
        let segments: [Segment]
        switch policy.long {
        case .payload:
            let octets = packs ? PackedSeptets.pack(encoded.octets[...]) : encoded.octets
            segments = [Segment(octets: octets, isPayload: true)]
        case .udh8, .udh16, .sar:
            let parts = encoded.cut(text, capacity: encoded.part(policy))
            if parts.count > maximum { throw .tooLong(parts: parts.count, max: maximum) }
            let number = reference()
            segments = parts.enumerated().map { index, part in
                let numbering = SARInfo(
                    reference: number, total: UInt8(truncatingIfNeeded: parts.count),
                    sequence: UInt8(truncatingIfNeeded: index + 1))
                let header = UserDataHeader.octets(numbering, policy.long, encoded.shift)
                return segment(encoded.octets[part], packs, policy.long, header, numbering)
            }
        }
        return SegmentedText(
            alphabet: encoded.alphabet, dataCoding: encoded.dataCoding, segments: segments,
            needsReference: policy.long != .payload)
    }

    /// One of several segments.
    private static func segment(
        _ text: ArraySlice<UInt8>, _ packs: Bool, _ method: LongMethod, _ header: [UInt8], _ numbering: SARInfo
    ) -> Segment {
        let limit = PackedSeptets.segmentOctets - max(header.count, method.airHeaderLength)
        let text = packs ? PackedSeptets.pack(text, headerLength: header.count, limit: limit)[...] : text
        guard !header.isEmpty else { return Segment(octets: Array(text), sar: numbering) }
        return Segment(octets: header + text, hasUDH: true)
    }
}
