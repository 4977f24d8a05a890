import SMPP

/// The user data header at the front of a message (3GPP TS 23.040 §9.2.3.24), in words.
struct AnnotatedUserDataHeader {
    /// Its octets, the length octet included.
    var length: Int
    /// One line for each element.
    var words: [String] = []

    /// Nil where the message is shorter than its header claims.
    init?(_ octets: [UInt8]) {
        guard let count = octets.first, Int(count) < octets.count else { return nil }
        length = Int(count) + 1
        var rest = octets[1..<length]
        while rest.count >= 2 {
            let id = rest.removeFirst()
            let size = Int(rest.removeFirst())
            guard size <= rest.count else {
                words.append("element \(Self.hex(id)) claims \(size) octets where \(rest.count) are left")
                return
            }
            words.append(Self.element(id, Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        if !rest.isEmpty { words.append("an octet is left over") }
    }

    private static func element(_ id: UInt8, _ value: [UInt8]) -> String {
        switch (id, value.count) {
        case (0x00, 3): "part \(value[2]) of \(value[1]), reference \(value[0]) (8 bits)"
        case (0x08, 4): "part \(value[3]) of \(value[2]), reference \(word(value[0...])) (16 bits)"
        case (0x04, 2): "ports: to \(value[0]), from \(value[1])"
        case (0x05, 4): "ports: to \(word(value[0...])), from \(word(value[2...]))"
        case (0x24, 1): "national single shift table \(value[0])"
        case (0x25, 1): "national locking shift table \(value[0])"
        default: "element \(hex(id)), \(value.count) octets"
        }
    }

    private static func word(_ octets: ArraySlice<UInt8>) -> UInt16 {
        octets.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
    }

    private static func hex(_ octet: UInt8) -> String { "0x" + UInt32(octet).hexDigits(2) }
}
