import Intake
import NIOCore

/// A form from outside: whatever is accepted says what a slow and simple decoder says, and a decoder that has read other
/// forms before says what a new one does.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    let charset = start[0] & 1 == 0 ? FormCharset.utf8 : .windows1251
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let result = decode(bytes, charset)
    var used = FormBody()
    _ = try? used.decode(ByteBuffer(bytes: bytes.reversed()), charset: charset)
    _ = try? used.decode(ByteBuffer(string: "login=a&password=b&from=c&to=d&text=e"), charset: charset)
    precondition(decode(bytes, charset, with: &used) == result)
    guard case .success(let form) = result else { return 0 }
    let fields = pairs(bytes)
    precondition(fields["to"] != nil && fields["text"] != nil)
    if charset == .utf8 {
        precondition(fields["to"] == Array(form.to.utf8))
        precondition(fields["text"] == Array(form.text.utf8))
        precondition((fields["from"] ?? []) == Array(form.from.utf8))
    }
    precondition(form.text.utf8.count <= 65_536 && form.from.utf8.count <= 64)
    switch form.credentials {
    case .key(let key): precondition(!key.isEmpty && key.count <= 256)
    case .password(let login, let password): precondition(!login.isEmpty && !password.isEmpty)
    case .chatToken: preconditionFailure("the plain form has none")
    }
    return 0
}

func decode(_ bytes: [UInt8], _ charset: FormCharset) -> Result<SMSForm, FormProblem> {
    var decoder = FormBody()
    return decode(bytes, charset, with: &decoder)
}

func decode(_ bytes: [UInt8], _ charset: FormCharset, with decoder: inout FormBody) -> Result<SMSForm, FormProblem> {
    do throws(FormProblem) {
        return .success(try decoder.decode(ByteBuffer(bytes: bytes), charset: charset))
    } catch {
        return .failure(error)
    }
}

/// The fields by name, unescaped; only for forms that are in order.
func pairs(_ body: [UInt8]) -> [String: [UInt8]] {
    var fields: [String: [UInt8]] = [:]
    for pair in body.split(separator: UInt8(ascii: "&")) {
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: unescape(parts[0], plus: false), as: UTF8.self)
        fields[name] = parts.count > 1 ? unescape(parts[1], plus: true) : []
    }
    return fields
}

func unescape(_ bytes: ArraySlice<UInt8>, plus: Bool) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        let digits = rest.prefix(2)
        if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
            result.append(value)
            rest = rest.dropFirst(2)
        } else {
            result.append(plus && byte == UInt8(ascii: "+") ? 0x20 : byte)
        }
    }
    return result
}
