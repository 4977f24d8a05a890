import Intake
import NIOCore
import SMPP
import Testing

@Suite struct FormBodyTests {
    private func decode(_ text: String, _ charset: FormCharset = .utf8) throws(FormProblem) -> SMSForm {
        var body = FormBody()
        return try body.decode(ByteBuffer(string: text), charset: charset)
    }

    private func problem(_ text: String, _ charset: FormCharset = .utf8) -> FormProblem? {
        do throws(FormProblem) {
            _ = try decode(text, charset)
            return nil
        } catch {
            return error
        }
    }

    @Test func bothWaysToSignIn() throws {
        let form = try decode("login=acme&password=p%26w&from=ACME&to=%2B7916&text=a+b")
        #expect(form.credentials == .password(login: "acme", password: Array("p&w".utf8)))
        #expect(form.from == "ACME")
        #expect(form.to == "+7916")
        #expect(form.text == "a b")
        #expect(try decode("username=acme&password=p&to=1&text=t").credentials == form.credentialsOf("acme", "p"))
        #expect(try decode("key=k&to=1&text=t").credentials == .key([0x6B]))
    }

    @Test func emptyFieldsOfTheOtherWayDoNotCount() throws {
        #expect(try decode("login=&password=&key=k&to=1&text=t").credentials == .key([0x6B]))
        #expect(problem("login=&password=p&key=&to=1&text=t") == .missing(.login))
        #expect(problem("login=a&password=&key=&to=1&text=t") == .missing(.password))
    }

    @Test func namesAreDecodedToo() throws {
        #expect(try decode("%6Bey=k&t%6f=1&%74ext=t").to == "1")
        #expect(problem("%00key=k&to=1&text=t") == .missing(.login))
        #expect(problem("ke%=k&to=1&text=t") == .encoding(nil))
        #expect(problem("Key=k&to=1&text=t") == .missing(.login))
    }

    @Test func unknownFieldsAndEmptyPairsAreIgnored() throws {
        #expect(try decode("&&x=%zz&key=k&to=1&verylongname%20of+a+field=%FF&text=t&&=&y").text == "t")
    }

    @Test func whatIsMissingIsNamed() {
        #expect(problem("") == .missing(.login))
        #expect(problem("login=a&to=1&text=t") == .missing(.password))
        #expect(problem("key=k&text=t") == .missing(.to))
        #expect(problem("key=k&to=1") == .missing(.text))
        #expect(problem("key=k&to=&text=") == nil)
        #expect(problem("key=k&to&text") == nil)
    }

    @Test func duplicates() {
        #expect(problem("key=k&to=1&text=t&to=1") == .duplicate(.to))
        #expect(problem("login=a&username=a&password=p&to=1&text=t") == .duplicate(.login))
        #expect(problem("login=a&key=k&to=1&text=t") == .loginAndKey)
        #expect(problem("password=a&key=k&to=1&text=t") == .loginAndKey)
        #expect(problem("key=&key=k&to=1&text=t") == .duplicate(.key))
        #expect(problem("password=&password=k&login=a&to=1&text=t") == .duplicate(.password))
    }

    @Test(arguments: ["%", "%1", "%g1", "%1g", "a%", "%C3", "%C3(", "%ED%A0%80", "%C0%80", "%F5%80%80%80", "%FF"])
    func brokenText(_ value: String) {
        #expect(problem("key=k&to=1&text=\(value)") == .encoding(.text))
        #expect(problem("key=k&to=1&text=\(value)&x=1") == .encoding(.text))
    }

    @Test func controlCharacters() {
        for byte in 0..<0x20 {
            let digits = String(byte, radix: 16)
            let escaped = "%" + (digits.count == 1 ? "0" : "") + digits
            let isAllowed = [0x09, 0x0A, 0x0C, 0x0D].contains(byte)
            #expect((problem("key=k&to=1&from=a\(escaped)b&text=t") == nil) == isAllowed, "\(escaped)")
            // A text may have any of them.
            #expect(problem("key=k&to=1&text=a\(escaped)b%7F") == nil, "\(escaped)")
        }
        #expect(problem("key=k&to=1%7F&text=t") == .encoding(.to))
        #expect(problem("key=k&to=1&from=%0B&text=t") == .encoding(.from))
        #expect(problem("key=k%00&to=1&text=t") == .encoding(.key))
    }

    @Test func bounds() throws {
        for (name, bytes) in [("login", 128), ("password", 256), ("key", 256), ("from", 64), ("to", 256)] {
            let rest = FormField.allCases.map(\.rawValue).filter { $0 != name && $0 != "key" }.map { "\($0)=x" }
            let more = name == "key" ? "to=1&text=t" : rest.joined(separator: "&")
            let fits = "\(name)=\(String(repeating: "x", count: bytes))&\(more)"
            #expect(problem(fits) == nil, "\(name)")
            #expect(
                problem("\(name)=x" + fits.dropFirst(name.count + 1)) == .tooLong(FormField(rawValue: name) ?? .text))
        }
        #expect(FormProblem.tooLong(.to).code == .fieldTooLong)
        #expect(FormProblem.tooLong(.to).field == "to")
    }

    @Test func windows1251() throws {
        let form = try decode("key=k&to=1&text=%CF%F0%E8%E2%E5%F2+%B9%88%A8%B8%FF", .windows1251)
        #expect(form.text == "Привет №€Ёёя")
        #expect(problem("key=k&to=1&text=%98", .windows1251) == .encoding(.text))
        #expect(try decode("key=k&to=1&text=%A0", .windows1251).text == "\u{A0}")
    }

    @Test func emojiAndRawBytes() throws {
        #expect(try decode("key=k&to=1&text=%F0%9F%98%80").text == "😀")
        #expect(try decode("key=k&to=1&text=Привет=1").text == "Привет=1")
    }

    /// A decoder that is simple, slow and written another way.
    private static func reference(_ body: [UInt8]) -> [String: [[UInt8]?]] {
        func unescape(_ bytes: ArraySlice<UInt8>, plus: Bool) -> [UInt8]? {
            var result: [UInt8] = []
            var rest = bytes
            while let byte = rest.popFirst() {
                guard byte == 0x25 else {
                    result.append(plus && byte == 0x2B ? 0x20 : byte)
                    continue
                }
                let digits = rest.prefix(2)
                guard digits.count == 2,
                    digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }),
                    let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                result.append(value)
                rest = rest.dropFirst(2)
            }
            return result
        }
        var fields: [String: [[UInt8]?]] = [:]
        for pair in body.split(separator: 0x26) {
            let equals = pair.firstIndex(of: 0x3D) ?? pair.endIndex
            guard let name = unescape(pair[..<equals], plus: false) else { return ["?": [nil]] }
            let text = String(decoding: name, as: UTF8.self)
            let value = unescape(equals < pair.endIndex ? pair[(equals + 1)...] : [], plus: true)
            fields[text == "username" ? "login" : text, default: []].append(value)
        }
        return fields
    }

    @Test func agreesWithTheReference() throws {
        var random = SplitMix64(seed: 42)
        let words = [
            "key", "to", "text", "from", "=", "=", "&", "&", "%", "%4", "%41", "%d0%9f", "+", "x", "П", "%00", "%FF",
            "k",
        ]
        var decoder = FormBody()
        var good = 0
        for _ in 0..<20_000 {
            let noise = (0..<Int.random(in: 0..<8, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            let text = "key=k&to=1&text=" + noise.joined()
            let fields = Self.reference(Array(text.utf8))
            do throws(FormProblem) {
                let form = try decoder.decode(ByteBuffer(string: text), charset: .utf8)
                #expect(fields["text"] == [Array(form.text.utf8)])
                #expect((fields["from"] ?? [[]]) == [Array(form.from.utf8)])
                good += 1
            } catch {
                switch error {
                case .encoding(let field):
                    let broken = fields.values.joined().contains { value in
                        guard let value else { return true }
                        return String(validating: value, as: UTF8.self) == nil || value.contains(0)
                    }
                    #expect(broken || field == nil, "\(text)")
                case .duplicate, .missing, .tooLong, .loginAndKey: break
                }
            }
        }
        #expect(good > 2_000)
    }

    @Test func anyBytesAreAnswered() {
        var random = SplitMix64(seed: 7)
        var decoder = FormBody()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for charset in [FormCharset.utf8, .windows1251] {
                let form = try? decoder.decode(ByteBuffer(bytes: bytes), charset: charset)
                #expect(form == nil)
            }
        }
    }
}

extension SMSForm {
    fileprivate func credentialsOf(_ login: String, _ password: String) -> Credentials {
        .password(login: login, password: Array(password.utf8))
    }
}
