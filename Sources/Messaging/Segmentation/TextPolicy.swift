/// How texts of more than one segment travel.
package enum LongMethod: String, Hashable, Sendable, CaseIterable {
    /// A user data header with an 8-bit reference (3GPP TS 23.040 §9.2.3.24.1).
    case udh8
    /// A user data header with a 16-bit reference (§9.2.3.24.8).
    case udh16
    /// The `sar_` parameters; the SMSC makes the header (SMPP 3.4 §5.3.2.22).
    case sar
    /// The whole text in `message_payload`; the SMSC cuts it (SMPP 3.4 §5.3.2.32).
    case payload

    /// Octets of each segment's user data header, its length octet included.
    var headerLength: Int {
        switch self {
        case .udh8: 6
        case .udh16: 7
        case .sar, .payload: 0
        }
    }

    /// Octets of the header that a handset gets: the SMSC makes one with an 8-bit reference where we make none.
    var airHeaderLength: Int { max(headerLength, 6) }
}

/// What a carrier takes: alphabets and their `data_coding`, and the way of long texts.
package struct TextPolicy: Hashable, Sendable {
    /// The SMSC's default alphabet: `gsm`, `latin1`, `ascii` or `utf8`. Its coding is 0 where `dataCoding` has none.
    package var defaultAlphabet: Alphabet { didSet { codings = Codings(dataCoding, defaultAlphabet) } }
    /// `data_coding` by alphabet (SMPP 3.4 §5.2.19). Alphabets missing here are not used, but for the default alphabet
    /// and for `ucs2` (8), which alone carries every text. 0 means the SMSC's default alphabet and no other.
    package var dataCoding: [Alphabet: UInt8] { didSet { codings = Codings(dataCoding, defaultAlphabet) } }
    /// How texts of more than one segment travel.
    package var long: LongMethod
    /// The most segments a text may take, 1 to 255; with `payload`, those that the SMSC will make of it.
    package var maxParts: Int
    /// Whether the septets of `gsm` are packed, eight into seven octets (3GPP TS 23.038 §6.1.2.1).
    package var packedGSM: Bool
    /// Whether typographic quotes, dashes and spaces become plain where that keeps a text in `gsm`.
    package var transliterate: Bool
    /// Whether a character beyond the basic plane becomes a question mark: not every SMSC takes pairs of UTF-16.
    package var replacesAstral: Bool
    /// The languages whose shift tables may be used; none by default, since not every handset has them.
    package var shiftTables: [NationalLanguage] { didSet { shiftCodes = ShiftCodes.all(shiftTables) } }
    /// How much a segment holds.
    package var limits: SegmentLimits
    /// What follows from `shiftTables`.
    private(set) var shiftCodes: [ShiftCodes]
    /// What follows from the first two, for every message.
    private var codings: Codings

    package init(
        defaultAlphabet: Alphabet = .gsm, dataCoding: [Alphabet: UInt8] = [.gsm: 0, .latin1: 3, .ucs2: 8],
        long: LongMethod = .udh8, maxParts: Int = 10, packedGSM: Bool = false, transliterate: Bool = false,
        replacesAstral: Bool = false, shiftTables: [NationalLanguage] = [], limits: SegmentLimits = .standard
    ) {
        self.defaultAlphabet = defaultAlphabet
        self.dataCoding = dataCoding
        self.long = long
        self.maxParts = maxParts
        self.packedGSM = packedGSM
        self.transliterate = transliterate
        self.replacesAstral = replacesAstral
        self.shiftTables = shiftTables
        shiftCodes = ShiftCodes.all(shiftTables)
        self.limits = limits
        codings = Codings(dataCoding, defaultAlphabet)
    }

    /// The `data_coding` that announces an alphabet; nil where the carrier does not take it.
    func coding(of alphabet: Alphabet) -> UInt8? {
        switch alphabet {
        case .gsm: codings.gsm
        case .latin1: codings.latin1
        case .ascii: codings.ascii
        case .ucs2: codings.ucs2
        case .utf8: codings.utf8
        }
    }

    /// The same for messages of a class, 0 to 3: two of the alphabets have codings that say it (3GPP TS 23.038 §4).
    package func ofClass(_ messageClass: UInt8) -> TextPolicy {
        var policy = self
        // No such coding says UTF-8.
        if defaultAlphabet == .utf8 { policy.defaultAlphabet = .gsm }
        policy.dataCoding = [policy.defaultAlphabet: 0x10 | messageClass, .ucs2: 0x18 | messageClass]
        return policy
    }

    /// `coding(of:)` without the hash of a dictionary.
    private struct Codings: Hashable, Sendable {
        let gsm: UInt8?
        let latin1: UInt8?
        let ascii: UInt8?
        let ucs2: UInt8?
        let utf8: UInt8?

        init(_ dataCoding: [Alphabet: UInt8], _ defaultAlphabet: Alphabet) {
            func coding(_ alphabet: Alphabet) -> UInt8? {
                let coding = dataCoding[alphabet]
                if alphabet == defaultAlphabet { return coding ?? 0 }
                switch alphabet {
                case .ucs2: return coding ?? 8
                case .gsm, .latin1, .ascii, .utf8: return coding == 0 ? nil : coding
                }
            }
            gsm = coding(.gsm)
            latin1 = coding(.latin1)
            ascii = coding(.ascii)
            ucs2 = coding(.ucs2)
            utf8 = coding(.utf8)
        }
    }
}

/// How much text a segment holds where a carrier differs from the standard; nil is the standard value.
package struct SegmentLimits: Hashable, Sendable {
    /// Septets of a whole message in `gsm` or `ascii`; 160.
    package var gsmSingle: Int?
    /// Septets of one of several segments; 153, or 152 with `udh16`.
    package var gsmPart: Int?
    /// UTF-16 units of a whole message; 70.
    package var ucs2Single: Int?
    /// UTF-16 units of one of several segments; 67, or 66 with `udh16`.
    package var ucs2Part: Int?
    /// Octets of a whole message in `latin1` or `utf8`; 140.
    package var octetsSingle: Int?
    /// Octets of one of several segments; 134, or 133 with `udh16`.
    package var octetsPart: Int?

    package init(
        gsmSingle: Int? = nil, gsmPart: Int? = nil, ucs2Single: Int? = nil, ucs2Part: Int? = nil,
        octetsSingle: Int? = nil, octetsPart: Int? = nil
    ) {
        self.gsmSingle = gsmSingle
        self.gsmPart = gsmPart
        self.ucs2Single = ucs2Single
        self.ucs2Part = ucs2Part
        self.octetsSingle = octetsSingle
        self.octetsPart = octetsPart
    }

    /// 140 octets on the air, less the header of one of several segments (3GPP TS 23.040 §9.2.3.24.1).
    package static let standard = SegmentLimits()
    /// No limit is lower.
    package static let least = 20

    /// Units of `alphabet` in a message of one segment. Never more than `short_message` holds (SMPP 3.4 §5.2.22).
    func single(_ alphabet: Alphabet) -> Int {
        switch alphabet {
        case .gsm, .ascii: min(gsmSingle ?? 160, Self.shortMessageOctets)
        case .latin1, .utf8: min(octetsSingle ?? 140, Self.shortMessageOctets)
        case .ucs2: min(ucs2Single ?? 70, Self.shortMessageOctets / 2)
        }
    }

    /// Units of `alphabet` in one of several segments, at least a pair of them.
    func part(_ alphabet: Alphabet, _ method: LongMethod) -> Int {
        let room = Self.shortMessageOctets - method.headerLength
        let less = method == .udh16 ? 1 : 0
        return switch alphabet {
        case .gsm, .ascii: max(2, min(gsmPart ?? 153 - less, room))
        case .latin1: max(2, min(octetsPart ?? 134 - less, room))
        // The longest scalar must fit.
        case .utf8: max(4, min(octetsPart ?? 134 - less, room))
        case .ucs2: max(2, min(ucs2Part ?? 67 - less, room / 2))
        }
    }

    /// Septets in a message of one segment whose header names shift tables (3GPP TS 23.040 §9.2.3.24).
    func single(_ shift: ShiftTables) -> Int {
        let header = shift.headerLength
        return header == 0 ? single(.gsm) : max(2, single(.gsm) - Self.septets(1 + header))
    }

    /// The same in one of several segments.
    func part(_ shift: ShiftTables, _ method: LongMethod) -> Int {
        let header = method.airHeaderLength
        return max(2, part(.gsm, method) - (Self.septets(header + shift.headerLength) - Self.septets(header)))
    }

    /// The room that a header takes: the text begins on a septet boundary behind it.
    private static func septets(_ octets: Int) -> Int { (8 * octets + 6) / 7 }

    /// The most that `short_message` holds.
    private static let shortMessageOctets = 254
}
