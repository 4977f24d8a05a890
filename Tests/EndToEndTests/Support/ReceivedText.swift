/// What a phone makes of a message's octets: the tests' own reading, apart from the program's.
struct ReceivedText {
    /// Concatenation by a user data header (3GPP TS 23.040 §9.2.3.24.1 and .8).
    struct Concatenation: Equatable {
        var reference: Int
        var total: Int
        var number: Int
    }

    let text: String
    var concatenation: Concatenation?

    /// - Parameter hex: the octets, two digits each.
    init(hex: String, esmClass: UInt8, dataCoding: UInt8) {
        var octets = stride(from: 0, to: hex.utf8.count, by: 2).compactMap { offset in
            UInt8(hex.dropFirst(offset).prefix(2), radix: 16)
        }[...]
        if esmClass & 0x40 != 0, let length = octets.first {
            let header = Array(octets.dropFirst().prefix(Int(length)))
            octets = octets.dropFirst(Int(length) + 1)
            if header.count == 5, header[0] == 0 {
                concatenation = Concatenation(
                    reference: Int(header[2]), total: Int(header[3]), number: Int(header[4]))
            } else if header.count == 6, header[0] == 8 {
                concatenation = Concatenation(
                    reference: Int(header[2]) << 8 | Int(header[3]), total: Int(header[4]), number: Int(header[5]))
            }
        }
        switch dataCoding {
        case 0: text = Self.gsm(octets)
        case 3: text = String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
        case 8: text = Self.utf16(octets)
        default: text = "data_coding \(dataCoding)"
        }
    }

    private static func utf16(_ octets: ArraySlice<UInt8>) -> String {
        guard octets.count.isMultiple(of: 2) else { return "an odd number of octets" }
        let octets = Array(octets)
        let units = stride(from: 0, to: octets.count, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
        // A half of a surrogate pair would become U+FFFD: a text cut there is not what was sent.
        return String(decoding: units, as: UTF16.self)
    }

    /// 3GPP TS 23.038 §6.2.1.
    private static let table = Array(
        """
        @£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1B}ÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
        ¿abcdefghijklmnopqrstuvwxyzäöñüà
        """.unicodeScalars)

    /// 3GPP TS 23.038 §6.2.1.1.
    private static let extensions: [UInt8: Unicode.Scalar] = [
        0x0A: "\u{0C}", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|",
        0x65: "€",
    ]

    private static func gsm(_ octets: ArraySlice<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        var escaped = false
        for octet in octets {
            if escaped {
                result.append(extensions[octet] ?? "\u{FFFD}")
                escaped = false
            } else if octet == 0x1B {
                escaped = true
            } else {
                result.append(octet < 0x80 ? table[Int(octet)] : "\u{FFFD}")
            }
        }
        // A pair cut in two is not what was sent.
        return String(result) + (escaped ? "\u{FFFD}" : "")
    }
}
