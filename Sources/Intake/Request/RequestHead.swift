/// The header fields that matter; all others are passed over.
enum HeaderField {
    case host
    case accept
    case expect
    case upgrade
    case connection
    case contentType
    case contentLength
    case contentEncoding
    case transferEncoding
    case passedOn

    /// The field of a name (RFC 9110 §5.1, without regard to case); nil for a field that does not matter.
    init?(_ name: Span<UInt8>) {
        switch name.count {
        case 4 where name.equalsIgnoringCase("host"): self = .host
        case 6 where name.equalsIgnoringCase("accept"): self = .accept
        case 6 where name.equalsIgnoringCase("expect"): self = .expect
        case 7 where name.equalsIgnoringCase("upgrade"): self = .upgrade
        case 10 where name.equalsIgnoringCase("connection"): self = .connection
        case 11 where name.equalsIgnoringCase("x-passed-on"): self = .passedOn
        case 12 where name.equalsIgnoringCase("content-type"): self = .contentType
        case 14 where name.equalsIgnoringCase("content-length"): self = .contentLength
        case 16 where name.equalsIgnoringCase("content-encoding"): self = .contentEncoding
        case 17 where name.equalsIgnoringCase("transfer-encoding"): self = .transferEncoding
        default: return nil  // any other name
        }
    }
}

/// What a request's head says, as far as it matters. Collected line by line; nothing of the bytes is kept.
package struct RequestHead: Sendable, Hashable {
    /// Where the body ends (RFC 9112 §6.3).
    enum Framing: Sendable, Hashable {
        case length(Int)
        case chunked
    }

    /// The form that the content type announces.
    enum Form: Sendable, Hashable {
        case charset(FormCharset)
        case unsupported
    }

    var method = RequestMethod.other
    /// HTTP/1.0.
    var isOld = false
    /// The target is the form's path.
    var isOurPath = false
    /// The target is the path of PlanFix's chats.
    var isChatPath = false
    /// The request is GET or HEAD of `/healthz`, and that is not the form's path.
    var isHealthPath = false
    var hostCount = 0
    private var contentLengthCount = 0
    /// The last `Content-Length`; nil when it is no number.
    private var contentLength: Int?
    private var transferEncodingCount = 0
    private var isChunked = false
    private var contentTypeCount = 0
    /// Nil: no content type.
    private(set) var form: Form?
    private(set) var hasContentEncoding = false
    private(set) var hasUpgrade = false
    private(set) var saysClose = false
    private(set) var saysKeepAlive = false
    private(set) var expectsContinue = false
    private(set) var wantsJSON = false
    /// What a node says; of a request that has it once, and only worth anything over a node's connection.
    private(set) var passedOn: PassedOn?
    private var passedOnCount = 0

    /// Takes a field's value, without the padding in front of it.
    mutating func read(_ field: HeaderField, _ value: Span<UInt8>) {
        switch field {
        case .host: hostCount += 1
        case .accept: wantsJSON = wantsJSON || Self.wantsJSON(value)
        case .expect: expectsContinue = expectsContinue || value.equalsIgnoringCase("100-continue")
        case .upgrade: hasUpgrade = true
        case .connection: readConnection(value)
        case .contentType:
            contentTypeCount += 1
            form = Self.form(value)
        case .contentLength:
            contentLengthCount += 1
            contentLength = Self.number(value)
        case .contentEncoding: hasContentEncoding = hasContentEncoding || !value.equalsIgnoringCase("identity")
        case .transferEncoding:
            transferEncodingCount += 1
            isChunked = value.equalsIgnoringCase("chunked")
        case .passedOn:
            passedOnCount += 1
            passedOn = passedOnCount == 1 ? PassedOn(value) : nil
        }
    }

    /// Where the body ends; nil when that, or where the request goes, could be read differently by a proxy in front of us
    /// (RFC 9112 §§3.2, 6.1, 6.3): no host or two, two lengths even when they agree, a length beside a transfer coding,
    /// another coding than `chunked`, two content types.
    var framing: Framing? {
        if hostCount > 1 || (hostCount == 0 && !isOld) { return nil }
        if contentTypeCount > 1 || contentLengthCount > 1 || transferEncodingCount > 1 { return nil }
        if transferEncodingCount == 1 { return isChunked && !isOld && contentLengthCount == 0 ? .chunked : nil }
        return contentLengthCount == 0 ? .length(0) : contentLength.map { .length($0) }
    }

    /// The body's size is told.
    var tellsLength: Bool { contentLengthCount > 0 }

    /// A decimal number without sign or space around it (RFC 9110 §8.6); nil for anything else and for what no `Int` holds.
    private static func number(_ value: Span<UInt8>) -> Int? {
        guard value.count > 0 else { return nil }
        var number = 0
        for index in 0..<value.count {
            guard HTTPByte.isDigit(value[index]) else { return nil }
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(value[index] & 0x0F))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }

    private static func form(_ value: Span<UInt8>) -> Form {
        if value.equals("application/x-www-form-urlencoded") { return .charset(.utf8) }
        return ContentType.formCharset(value.text).map { .charset($0) } ?? .unsupported
    }

    /// `Accept`: values that do not name JSON ask for nothing in particular and need no text.
    private static func wantsJSON(_ value: Span<UInt8>) -> Bool {
        guard value.count >= 16 else { return false }
        for start in 0...value.count - 16
        where value.extracting(start..<start + 16).equalsIgnoringCase("application/json") {
            return ContentType.wantsJSON(accept: value.text)
        }
        return false
    }

    /// The connection options (RFC 9110 §7.6.1).
    private mutating func readConnection(_ value: Span<UInt8>) {
        var start = 0
        while start < value.count {
            let end = value.firstIndex(of: UInt8(ascii: ","), from: start)
            let option = value.extracting(value.trimmingHTTPSpace(start..<end))
            if option.equalsIgnoringCase("close") { saysClose = true }
            if option.equalsIgnoringCase("keep-alive") { saysKeepAlive = true }
            start = end + 1
        }
    }
}
