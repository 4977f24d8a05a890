/// `application/x-www-form-urlencoded` (WHATWG URL §5) in UTF-8, for what is not a message's way: there Intake reads forms itself.
package enum FormCoding {
    package static let contentType = "application/x-www-form-urlencoded"

    /// The most fields that are read.
    package static let maximumFields = 32

    /// The fields in their order.
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\($0.name.formEncoded)=\($0.value.formEncoded)" }.joined(separator: "&")
    }

    /// The fields of a query or a form, by name, of a repeated name the first; nil where they are badly encoded or too many.
    package static func decode(_ text: Substring) -> [String: String]? {
        var decoded: [String: String] = [:]
        let fields = text.split(separator: "&")
        guard fields.count <= maximumFields else { return nil }
        for field in fields {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = value(pair[0]), let value = value(pair.count == 2 ? pair[1] : "") else { return nil }
            if decoded[name] == nil { decoded[name] = value }
        }
        return decoded
    }

    /// `+` is a space, `%XX` an octet; the result must be UTF-8.
    private static func value(_ text: Substring) -> String? {
        var octets: [UInt8] = []
        var rest = text.utf8.makeIterator()
        while let octet = rest.next() {
            switch octet {
            case UInt8(ascii: "+"):
                octets.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                octets.append(high << 4 | low)
            default:
                octets.append(octet)
            }
        }
        return String(validating: octets, as: UTF8.self)
    }

    private static func digit(_ octet: UInt8) -> UInt8? {
        Character(Unicode.Scalar(octet)).hexDigitValue.map(UInt8.init)
    }
}

extension String {
    /// As a name or a value of a form: letters, digits and `*-._` stay, a space becomes `+`, every other octet of the UTF-8 is
    /// percent-encoded.
    package var formEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var octets: [UInt8] = []
        octets.reserveCapacity(utf8.count)
        for octet in utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                octets.append(octet)
            case UInt8(ascii: " "): octets.append(UInt8(ascii: "+"))
            default: octets += [UInt8(ascii: "%"), digits[Int(octet >> 4)], digits[Int(octet & 15)]]
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
