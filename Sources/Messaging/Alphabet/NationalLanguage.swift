/// A language with tables of its own beside the 7-bit default alphabet (3GPP TS 23.038 §6.2.1.2.4): its raw value.
package enum NationalLanguage: UInt8, Hashable, Sendable, CaseIterable {
    case turkish = 1
    case spanish, portuguese, bengali, gujarati, hindi, kannada, malayalam, oriya, punjabi, tamil, telugu, urdu

    /// UTF-16 by septet, 0 where there is no character, in place of the default alphabet (Annex A.3); nil where the language has
    /// none.
    var lockingTable: [UInt16]? {
        switch self {
        case .turkish: EuropeanShiftTables.turkishLocking
        case .spanish: nil
        case .portuguese: EuropeanShiftTables.portugueseLocking
        case .bengali: IndicShiftTables.bengaliLocking
        case .gujarati: IndicShiftTables.gujaratiLocking
        case .hindi: IndicShiftTables.hindiLocking
        case .kannada: IndicShiftTables.kannadaLocking
        case .malayalam: IndicShiftTables.malayalamLocking
        case .oriya: IndicShiftTables.oriyaLocking
        case .punjabi: IndicShiftTables.punjabiLocking
        case .tamil: IndicShiftTables.tamilLocking
        case .telugu: IndicShiftTables.teluguLocking
        case .urdu: IndicShiftTables.urduLocking
        }
    }

    /// The same in place of the extension table (Annex A.2).
    var singleTable: [UInt16] {
        switch self {
        case .turkish: EuropeanShiftTables.turkishSingle
        case .spanish: EuropeanShiftTables.spanishSingle
        case .portuguese: EuropeanShiftTables.portugueseSingle
        case .bengali: IndicShiftTables.bengaliSingle
        case .gujarati: IndicShiftTables.gujaratiSingle
        case .hindi: IndicShiftTables.hindiSingle
        case .kannada: IndicShiftTables.kannadaSingle
        case .malayalam: IndicShiftTables.malayalamSingle
        case .oriya: IndicShiftTables.oriyaSingle
        case .punjabi: IndicShiftTables.punjabiSingle
        case .tamil: IndicShiftTables.tamilSingle
        case .telugu: IndicShiftTables.teluguSingle
        case .urdu: IndicShiftTables.urduSingle
        }
    }
}

/// Which tables the septets of a text mean; the header of each of its segments names them (3GPP TS 23.040 §9.2.3.24.15,
/// §9.2.3.24.16).
package struct ShiftTables: Hashable, Sendable {
    /// Behind an escape; nil: the default extension table.
    package var single: NationalLanguage?
    /// Without one; nil: the default alphabet.
    package var locking: NationalLanguage?

    package init(single: NationalLanguage? = nil, locking: NationalLanguage? = nil) {
        self.single = single
        self.locking = locking
    }

    package static let standard = ShiftTables()

    /// Octets of the information elements that name them.
    var headerLength: Int { (single == nil ? 0 : 3) + (locking == nil ? 0 : 3) }

    /// The character of a septet; nil where the table has none.
    func character(_ septet: UInt8, isEscaped: Bool) -> Unicode.Scalar? {
        guard septet < 0x80 else { return nil }
        if isEscaped {
            guard let single else {
                return GSMAlphabet.extendedCharacters.first { $0.septet == septet }?.character
            }
            return Self.scalar(single.singleTable[Int(septet)])
        }
        guard let table = locking?.lockingTable else { return GSMAlphabet.characters[Int(septet)] }
        return Self.scalar(table[Int(septet)])
    }

    private static func scalar(_ unit: UInt16) -> Unicode.Scalar? { unit == 0 ? nil : Unicode.Scalar(unit) }
}

/// How characters are written by the tables of a national language: a septet, or with 0x100 an escape and a septet.
struct ShiftCodes: Hashable, Sendable {
    let tables: ShiftTables
    private let codes: [Unicode.Scalar: UInt16]

    init(_ tables: ShiftTables) {
        self.tables = tables
        var codes: [Unicode.Scalar: UInt16] = [:]
        // The shorter code wins.
        for (bit, isEscaped) in [(UInt16(0x100), true), (0, false)] {
            for septet in UInt8(0)..<0x80 where septet != GSMAlphabet.escape {
                guard let character = tables.character(septet, isEscaped: isEscaped) else { continue }
                codes[character] = bit | UInt16(septet)
            }
        }
        self.codes = codes
    }

    /// What a carrier that takes these languages may be given, the shortest headers first.
    static func all(_ languages: [NationalLanguage]) -> [ShiftCodes] {
        let singles = languages.map { ShiftTables(single: $0) }
        let withTable = languages.filter { $0.lockingTable != nil }
        let lockings = withTable.map { ShiftTables(locking: $0) }
        return (singles + lockings + withTable.map { ShiftTables(single: $0, locking: $0) }).map(ShiftCodes.init)
    }

    /// Appends the text's septets, one octet each; false, with some appended, at the first scalar without a code.
    func encode(_ text: String, into octets: inout [UInt8]) -> Bool {
        octets.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard let code = codes[scalar] else { return false }
            if code >= 0x100 { octets.append(GSMAlphabet.escape) }
            octets.append(UInt8(truncatingIfNeeded: code & 0x7F))
        }
        return true
    }

    static func == (left: ShiftCodes, right: ShiftCodes) -> Bool { left.tables == right.tables }
    func hash(into hasher: inout Hasher) { hasher.combine(tables) }
}
