import Messaging
import SMPP

/// The user data header at the front of a message (3GPP TS 23.040 §9.2.3.24), in words.
enum AnnotatedUserDataHeader {
    /// One line for each element.
    static func words(_ header: UserDataHeader) -> [String] {
        header.elements.map(element)
            + (header.isBroken ? ["the elements do not add up to its length: it is passed over"] : [])
    }

    private static func element(_ element: UserDataHeader.Element) -> String {
        let value = element.value
        return switch (element.identifier, value.count) {
        case (0x00, 3): "part \(value[2]) of \(value[1]), reference \(value[0]) (8 bits)"
        case (0x08, 4): "part \(value[3]) of \(value[2]), reference \(word(value[0...])) (16 bits)"
        case (0x04, 2): "ports: to \(value[0]), from \(value[1])"
        case (0x05, 4): "ports: to \(word(value[0...])), from \(word(value[2...]))"
        case (0x24, 1): "national single shift table \(language(value[0]))"
        case (0x25, 1): "national locking shift table \(language(value[0]))"
        default: "element \(hex(element.identifier)), \(value.count) octets"
        }
    }

    private static func language(_ number: UInt8) -> String {
        "\(number)" + (NationalLanguage(rawValue: number).map { " (\($0))" } ?? "")
    }

    private static func word(_ octets: ArraySlice<UInt8>) -> UInt16 {
        octets.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
    }

    private static func hex(_ octet: UInt8) -> String { "0x" + UInt32(octet).hexDigits(2) }
}
