/// What a `data_coding` announces (SMPP 3.4 §5.2.19).
package enum ReceivedAlphabet: Hashable, Sendable {
    case gsm(ShiftTables)
    case ascii, latin1, ucs2, utf8
    /// A text in a character set that somebody else must read.
    case charset(Charset)
    /// Data that is no text.
    case octets(dataCoding: UInt8)
    /// Nobody knows what it is.
    case unknown(dataCoding: UInt8)

    /// By the carrier's own numbers, by SMPP 3.4 §5.2.19, and by the groups of 3GPP TS 23.038 §4.
    package init(dataCoding: UInt8, shift: ShiftTables = .standard, policy: TextPolicy = TextPolicy()) {
        if dataCoding == 0 {
            self.init(policy.defaultAlphabet, shift)
        } else if let own = Alphabet.allCases.first(where: { policy.dataCoding[$0] == dataCoding }) {
            self.init(own, shift)
        } else {
            self.init(standard: dataCoding, shift)
        }
    }

    private init(_ alphabet: Alphabet, _ shift: ShiftTables) {
        switch alphabet {
        case .gsm: self = .gsm(shift)
        case .latin1: self = .latin1
        case .ascii: self = .ascii
        case .ucs2: self = .ucs2
        case .utf8: self = .utf8
        }
    }

    private init(standard dataCoding: UInt8, _ shift: ShiftTables) {
        self =
            switch dataCoding {
            case 0x01: .ascii
            case 0x02, 0x04: .octets(dataCoding: dataCoding)
            case 0x03: .latin1
            case 0x05: .charset(.jis)
            case 0x06: .charset(.cyrillic)
            case 0x07: .charset(.hebrew)
            case 0x08: .ucs2
            case 0x0A: .charset(.iso2022JP)
            case 0x0D: .charset(.kanji)
            case 0x0E: .charset(.korean)
            // With a message class, deleted by itself, or both.
            case 0x10...0x1F, 0x40...0x5F:
                switch dataCoding & 0x0C {
                case 0x00: .gsm(shift)
                case 0x04: .octets(dataCoding: dataCoding)
                case 0x08: .ucs2
                default: .unknown(dataCoding: dataCoding)
                }
            case 0xC0...0xDF: .gsm(shift)
            case 0xE0...0xEF: .ucs2
            case 0xF0...0xFF: dataCoding & 0x04 == 0 ? .gsm(shift) : .octets(dataCoding: dataCoding)
            // Pictograms, reserved, or compressed.
            default: .unknown(dataCoding: dataCoding)
            }
    }

    /// Reads what `storedName` gave; nil for anything else.
    init?(storedName: some StringProtocol) {
        let words = storedName.split(separator: ".", omittingEmptySubsequences: false)
        guard let word = words.first, words.count <= 3 else { return nil }
        let numbers = words.dropFirst().map { UInt8($0) }
        switch (word, numbers.count) {
        case ("gsm", 0): self = .gsm(.standard)
        case ("gsm", 2):
            func language(_ number: UInt8?) -> NationalLanguage? { number.flatMap(NationalLanguage.init) }
            self = .gsm(ShiftTables(single: language(numbers[0]), locking: language(numbers[1])))
        case ("ascii", 0): self = .ascii
        case ("latin1", 0): self = .latin1
        case ("ucs2", 0): self = .ucs2
        case ("utf8", 0): self = .utf8
        case ("octets", 1):
            guard let coding = numbers[0] else { return nil }
            self = .octets(dataCoding: coding)
        case ("unknown", 1):
            guard let coding = numbers[0] else { return nil }
            self = .unknown(dataCoding: coding)
        case (_, 0):
            guard let charset = Charset(rawValue: String(word)) else { return nil }
            self = .charset(charset)
        default: return nil
        }
    }

    /// As one word of ASCII, without a colon.
    var storedName: String {
        switch self {
        case .gsm(.standard): "gsm"
        case .gsm(let shift): "gsm.\(shift.single?.rawValue ?? 0).\(shift.locking?.rawValue ?? 0)"
        case .octets(let coding): "octets.\(coding)"
        case .unknown(let coding): "unknown.\(coding)"
        case .ascii, .latin1, .ucs2, .utf8, .charset: name
        }
    }

    /// What people call it.
    package var name: String {
        switch self {
        case .gsm: "gsm"
        case .ascii: "ascii"
        case .latin1: "latin1"
        case .ucs2: "ucs2"
        case .utf8: "utf8"
        case .charset(let charset): charset.rawValue
        case .octets: "octets"
        case .unknown(let coding): "unknown-\(coding)"
        }
    }

    /// What octets of it say, one septet an octet; nil for what is no text, or cannot be read.
    func text(_ octets: [UInt8], _ read: CharsetReader) -> String? {
        switch self {
        case .gsm(let shift): TextDecoding.text(octets, alphabet: .gsm, shift: shift)
        case .ascii: TextDecoding.text(octets, alphabet: .ascii)
        case .latin1: TextDecoding.text(octets, alphabet: .latin1)
        case .ucs2: TextDecoding.text(octets, alphabet: .ucs2)
        case .utf8: TextDecoding.text(octets, alphabet: .utf8)
        case .charset(let charset): read(charset, octets)
        case .octets, .unknown: nil
        }
    }
}
