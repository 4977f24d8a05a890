import Messaging

extension TextPolicy {
    /// Reads `text:` of a carrier over the defaults.
    mutating func read(_ reader: MappingReader) {
        let alphabets: KeyValuePairs = ["gsm": Alphabet.gsm, "latin1": .latin1, "ascii": .ascii, "utf8": .utf8]
        defaultAlphabet = reader.choice("default_alphabet", alphabets, default: defaultAlphabet)
        readDataCoding(reader)
        long = reader.choice(
            "long", ["udh8": .udh8, "udh16": .udh16, "sar": .sar, "payload": .payload], default: long)
        maxParts = reader.integer("max_parts", in: 1...255, default: maxParts)
        packedGSM = reader.flag("packed", default: packedGSM)
        transliterate = reader.flag("transliterate", default: transliterate)
        replacesAstral = reader.choice("astral", ["keep": false, "replace": true], default: replacesAstral)
        readShiftTables(reader)
        readLimits(reader.section("limits"))
        reader.finish()
    }

    /// Where the key is missing, the SMSC's default alphabet has coding 0 and GSM is used only if it is the default.
    private mutating func readDataCoding(_ reader: MappingReader) {
        let section = reader.section("data_coding")
        let keys: KeyValuePairs = ["gsm": Alphabet.gsm, "latin1": .latin1, "ascii": .ascii, "ucs2": .ucs2]
        var codings: [Alphabet: UInt8] = [:]
        for (key, alphabet) in keys {
            codings[alphabet] = section.optionalInteger(key, in: 0...255).map { UInt8($0) }
        }
        section.finish()
        guard reader.has("data_coding") else {
            dataCoding = [.latin1: 3, .ucs2: 8]
            dataCoding[defaultAlphabet] = 0
            return
        }
        if codings[defaultAlphabet] == nil { codings[defaultAlphabet] = 0 }
        // UCS-2 alone carries every text, so it is always there.
        if codings[.ucs2] == nil { codings[.ucs2] = 8 }
        for (index, (key, alphabet)) in keys.enumerated() {
            guard let coding = codings[alphabet] else { continue }
            for (other, earlier) in keys.prefix(index) where codings[earlier] == coding {
                section.log.problem(
                    "\"\(other)\" and \"\(key)\" have the same data_coding, \(coding); remove the one that this carrier "
                        + "does not mean by it", at: section.place)
            }
        }
        dataCoding = codings
    }

    private mutating func readShiftTables(_ reader: MappingReader) {
        let languages = reader.texts(
            "shift_tables", limit: NationalLanguage.allCases.count, ifEmpty: "names no language; remove the key",
            wanted: "a language with tables: " + NationalLanguage.allCases.map { "\($0)" }.joined(separator: ", ")
        ) { text in
            NationalLanguage.allCases.first { "\($0)" == text }
        }
        shiftTables = languages?.map(\.value) ?? []
    }

    private mutating func readLimits(_ reader: MappingReader) {
        // Not less than 20: an escape pair, a surrogate pair and most grapheme clusters fit.
        if let value = reader.optionalInteger("gsm_single", in: SegmentLimits.least...160) { limits.gsmSingle = value }
        if let value = reader.optionalInteger("gsm_part", in: SegmentLimits.least...153) { limits.gsmPart = value }
        if let value = reader.optionalInteger("ucs2_single", in: SegmentLimits.least...70) { limits.ucs2Single = value }
        if let value = reader.optionalInteger("ucs2_part", in: SegmentLimits.least...67) { limits.ucs2Part = value }
        if let value = reader.optionalInteger("octets_single", in: SegmentLimits.least...140) {
            limits.octetsSingle = value
        }
        if let value = reader.optionalInteger("octets_part", in: SegmentLimits.least...134) {
            limits.octetsPart = value
        }
        reader.finish()
    }
}
