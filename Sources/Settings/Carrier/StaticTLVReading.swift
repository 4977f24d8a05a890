import SMPP

/// Reads `tlvs:` of a carrier: optional parameters that stand on each `submit_sm`.
enum StaticTLVReading {
    private static let limit = 16
    private static let longest = 254
    /// What the bridge itself writes.
    private static let taken: Set<TLVTag> = [
        .sarMessageReference, .sarTotalSegments, .sarSegmentSequence, .messagePayload,
    ]

    /// - Parameter sendsReference: whether the bridge writes `user_message_reference` too.
    static func tlvs(_ reader: MappingReader, sendsReference: Bool) -> [TLV] {
        let nodes = reader.list("tlvs", limit: limit, ifEmpty: "is empty; remove the key") ?? []
        var tlvs: [TLV] = []
        for node in nodes {
            let entry = MappingReader(
                node, path: "\(reader.path).tlvs", place: node.place, log: reader.log, called: "an optional parameter")
            defer { entry.finish() }
            if !entry.has("tag") { entry.missing("tag", hint: "for example 0x1400") }
            guard let tag = entry.optionalInteger("tag", in: 1...0xFFFF).map({ TLVTag(rawValue: UInt16($0)) }),
                let value = value(entry)
            else { continue }
            let problem: String? =
                if taken.contains(tag) { "is the bridge's own" } else if sendsReference, tag == .userMessageReference {
                    "is the bridge's own with \"receipts.reference\": leave one of them out"
                } else if tlvs.contains(where: { $0.tag == tag }) { "stands twice in \"tlvs\"" } else { nil }
            if let problem { reader.log.problem("\(tag.rawValue.hex) \(problem)", at: entry.place(of: "tag")) }
            tlvs.append(TLV(tag, value))
        }
        return tlvs
    }

    private static func value(_ entry: MappingReader) -> [UInt8]? {
        let given = ["hex", "text", "cstring"].filter { entry.has($0) }
        guard given.count == 1, let key = given.first, let node = entry.value(key) else {
            entry.log.problem("an optional parameter has one of hex, text and cstring", at: entry.place)
            for key in given { _ = entry.value(key) }
            return nil
        }
        let wanted =
            key == "hex"
            ? "pairs of hexadecimal digits, up to \(longest) octets" : "up to \(longest) Latin-1 characters"
        return entry.scalar(node, named: key, wanted: wanted) { text -> [UInt8]? in
            if key == "hex" { return octets(text) }
            guard MappingReader.octetFault(text, limit: longest) == nil else { return nil }
            return text.latin1Octets + (key == "cstring" ? [0] : [])
        }
    }

    private static func octets(_ hex: String) -> [UInt8]? {
        let digits = hex.filter { $0 != " " }.map { $0.hexDigitValue.map { UInt8($0) } }
        guard digits.count.isMultiple(of: 2), digits.count <= 2 * longest else { return nil }
        var octets: [UInt8] = []
        for offset in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[offset], let low = digits[offset + 1] else { return nil }
            octets.append(high << 4 | low)
        }
        return octets
    }
}

extension UInt16 {
    fileprivate var hex: String { "0x" + UInt32(self).hexDigits(4) }
}
