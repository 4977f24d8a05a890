package import NIOHTTP1

/// What the head of a request decides: how it is answered, and whether its form is wanted at all.
package struct RequestTerms: Sendable, Hashable {
    /// The bounds and the address that a head is held against.
    package struct Rules: Sendable, Hashable {
        /// The one path that exists.
        package var path: String
        /// Bytes of a body.
        package var maxBodyBytes: Int
        /// Bytes of the request line's target and all header fields.
        package var maxHeaderBytes: Int

        /// The rules of one server.
        package init(path: String, maxBodyBytes: Int, maxHeaderBytes: Int) {
            self.path = path
            self.maxBodyBytes = maxBodyBytes
            self.maxHeaderBytes = maxHeaderBytes
        }
    }

    /// The connection may serve another request.
    package var keepAlive = true
    /// The reply must say `Connection: keep-alive` (HTTP/1.0).
    package var announcesKeepAlive = false
    /// The reply's body is JSON.
    package var wantsJSON = false
    /// The client waits for `100 Continue` before it sends the body.
    package var expectsContinue = false
    /// The reply has no body (HEAD).
    package var omitsBody = false
    /// The charset of the form.
    package var charset = FormCharset.utf8
    /// The body's size, where it is told.
    package var contentLength: Int?
    /// Why the form is not wanted; the body is still read where its size is within bounds.
    package var refusal: ReplyCode?
    /// The body's end cannot be found, or must not be waited for: answer at once and close.
    package var mustClose = false

    /// The terms of a request about which nothing is known, for replies to what could not be parsed.
    package static let unparsed: RequestTerms = {
        var terms = RequestTerms()
        terms.keepAlive = false
        terms.mustClose = true
        return terms
    }()

    private init() {}

    /// The terms of a request.
    package init(_ head: HTTPRequestHead, rules: Rules) {
        var fields = HeaderFields()
        for (name, value) in head.headers { fields.read(name, value) }

        let isOld = head.version.minor == 0
        keepAlive = isOld ? fields.saysKeepAlive && !fields.saysClose : !fields.saysClose
        announcesKeepAlive = isOld && keepAlive
        omitsBody = head.method == .HEAD
        wantsJSON = fields.wantsJSON
        expectsContinue = fields.expectsContinue && !isOld

        if let problem = framing(fields, isOld: isOld) {
            refuse(problem, close: true)
        } else if fields.bytes + head.uri.utf8.count > rules.maxHeaderBytes {
            refuse(.headersTooLarge, close: true)
        } else if !Self.matches(head.uri, path: rules.path) {
            refuse(.notFound, close: false)
        } else if head.method != .POST {
            refuse(.methodNotAllowed, close: false)
        } else if let type = fields.contentType {
            if let charset = ContentType.formCharset(type) {
                self.charset = charset
            } else {
                refuse(.unsupportedMediaType, close: false)
            }
        }
        if fields.hasContentEncoding { refuse(.unsupportedMediaType, close: false) }
        if let contentLength, contentLength > rules.maxBodyBytes { refuse(.bodyTooLarge, close: true) }
        // What asks for leave to send a body that is not wanted gets its answer instead, and may send it all the same.
        if refusal != nil, expectsContinue { mustClose = true }
        // The parser stops after these: it expects another protocol (RFC 9110 §7.8, §9.3.6).
        if head.method == .CONNECT || fields.hasUpgrade { keepAlive = false }
        if mustClose { keepAlive = false }
    }

    /// The first refusal stands.
    private mutating func refuse(_ code: ReplyCode, close: Bool) {
        refusal = refusal ?? code
        mustClose = mustClose || close
    }

    /// Checks what a proxy in front of us could read differently (RFC 9112 §3.2, §6.1, §6.3), and takes the body's size.
    private mutating func framing(_ fields: HeaderFields, isOld: Bool) -> ReplyCode? {
        if fields.hostCount > 1 || (fields.hostCount == 0 && !isOld) { return .badRequest }
        if fields.repeatsContentType || fields.transferEncodingCount > 1 || fields.contentLengthCount > 1 {
            return .badRequest
        }
        if fields.transferEncodingCount == 1 {
            return fields.isChunked && !isOld && fields.contentLengthCount == 0 ? nil : .badRequest
        }
        if let text = fields.contentLength {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
                return .badRequest
            }
            contentLength = length
        }
        return nil
    }

    /// Whether a request target (origin form or absolute form, RFC 9112 §3.2) is our path. A query does not matter.
    private static func matches(_ target: String, path: String) -> Bool {
        if target == path || target == "*" { return true }
        var rest = target[...]
        if !rest.utf8.starts(with: "/".utf8) {
            guard let scheme = rest.firstRange(of: "://") else { return false }
            let name = rest[..<scheme.lowerBound].lowercased()
            guard name == "http" || name == "https" else { return false }
            rest = rest[scheme.upperBound...]
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
            rest = rest[slash...]
        }
        if let query = rest.utf8.firstIndex(of: UInt8(ascii: "?")) { rest = rest[..<query] }
        return rest == path
    }
}

/// The header fields that matter, found in one pass over all of them.
private struct HeaderFields {
    var bytes = 0
    var hostCount = 0
    var contentLengthCount = 0
    var contentLength: String?
    var transferEncodingCount = 0
    var isChunked = false
    var contentType: String?
    var repeatsContentType = false
    var hasContentEncoding = false
    var hasUpgrade = false
    var saysClose = false
    var saysKeepAlive = false
    var expectsContinue = false
    var wantsJSON = false

    mutating func read(_ name: String, _ value: String) {
        let length = name.utf8.count
        bytes += length + value.utf8.count
        switch length {
        case 4 where name.equalsIgnoringCase("host"): hostCount += 1
        case 6 where name.equalsIgnoringCase("accept"): wantsJSON = wantsJSON || ContentType.wantsJSON(accept: value)
        case 6 where name.equalsIgnoringCase("expect"):
            expectsContinue = expectsContinue || value.equalsIgnoringCase("100-continue")
        case 7 where name.equalsIgnoringCase("upgrade"): hasUpgrade = true
        case 10 where name.equalsIgnoringCase("connection"): readConnection(value)
        case 12 where name.equalsIgnoringCase("content-type"):
            repeatsContentType = contentType != nil
            contentType = value
        case 14 where name.equalsIgnoringCase("content-length"):
            contentLengthCount += 1
            contentLength = value
        case 16 where name.equalsIgnoringCase("content-encoding"):
            hasContentEncoding = hasContentEncoding || !value.equalsIgnoringCase("identity")
        case 17 where name.equalsIgnoringCase("transfer-encoding"):
            transferEncodingCount += 1
            isChunked = value.equalsIgnoringCase("chunked")
        default: break  // a field that does not matter here
        }
    }

    private mutating func readConnection(_ value: String) {
        for token in value.split(separator: ",") {
            let token = token.trimmingHTTPSpace()
            if token.equalsIgnoringCase("close") { saysClose = true }
            if token.equalsIgnoringCase("keep-alive") { saysKeepAlive = true }
        }
    }
}
