/// A form as PlanFix posts it: names and values in order, encoded as `application/x-www-form-urlencoded`.
struct Form: Sendable, ExpressibleByDictionaryLiteral {
    var fields: [(name: String, value: String)]

    init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The usual form, with the account's login.
    static func message(
        to: String = "79161234567", text: String = "Hello", from: String = "ACME",
        login: String = TestAccount.login, password: String = TestAccount.password
    ) -> Form {
        ["login": login, "password": password, "from": from, "to": to, "text": text]
    }

    /// The usual form, with an API key.
    static func keyed(_ key: String, to: String = "79161234567", text: String = "Hello") -> Form {
        ["key": key, "to": to, "text": text]
    }

    /// This form with one field's value replaced, added, or (nil) left out.
    func with(_ name: String, _ value: String?) -> Form {
        var form = self
        form.fields.removeAll { $0.name == name }
        if let value {
            form.fields.append((name: name, value: value))
        }
        return form
    }

    /// The body's octets: everything but letters and digits is percent-encoded, a space is `+`.
    var encoded: String {
        fields.map { Form.encode($0.name) + "=" + Form.encode($0.value) }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "):
                result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
