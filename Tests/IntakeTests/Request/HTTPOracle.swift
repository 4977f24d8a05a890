import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Intake

/// The intake's reading of HTTP before it had a parser of its own: NIOHTTP1's decoder, and rules over its strings. The
/// tests and the fuzzer hold `RequestReader` against it.
struct HTTPOracle {
    /// A request as NIOHTTP1 reads it.
    struct Request {
        var head: HTTPRequestHead
        var body: [UInt8] = []
        var isWhole = false
    }

    /// The requests in `bytes`, as far as NIOHTTP1 accepts them.
    static func requests(in bytes: [UInt8], maxHeaderBytes: Int = 16_384, maxFields: Int = 100) -> [Request] {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = maxHeaderBytes
        limits.maxHeaderListSize = maxHeaderBytes
        limits.maxHeaderFieldCount = maxFields
        let channel = EmbeddedChannel(
            handler: ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        // What stands before an error is asked for all the same.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        var requests: [Request] = []
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): requests.append(Request(head: head))
            case .body(let body): requests[requests.count - 1].body += Array(body.readableBytesView)
            case .end: requests[requests.count - 1].isWhole = true
            }
        }
        return requests
    }
}

/// `RequestTerms` from NIOHTTP1's strings.
struct OracleTerms {
    var keepAlive = true
    var announcesKeepAlive = false
    var wantsJSON = false
    var expectsContinue = false
    var omitsBody = false
    var charset = FormCharset.utf8
    var contentLength: Int?
    var refusal: ReplyCode?
    var mustClose = false
    var isHealth = false

    /// Whether `terms` are the same.
    func agree(with terms: RequestTerms) -> Bool {
        keepAlive == terms.keepAlive && announcesKeepAlive == terms.announcesKeepAlive && wantsJSON == terms.wantsJSON
            && expectsContinue == terms.expectsContinue && omitsBody == terms.omitsBody && charset == terms.charset
            && contentLength == terms.contentLength && refusal == terms.refusal && mustClose == terms.mustClose
            && isHealth == terms.isAside
    }

    init(_ head: HTTPRequestHead, rules: RequestTerms.Rules) {
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
        } else if head.method == .GET || head.method == .HEAD, Self.matches(head.uri, path: "/healthz"), head.uri != "*"
        {
            isHealth = true
            wantsJSON = false
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
            // The authority ends at the first of these (RFC 3986 §3.2).
            guard let end = rest.utf8.firstIndex(where: { "/?#".utf8.contains($0) }) else { return false }
            rest = rest[end...]
        }
        if let query = rest.utf8.firstIndex(of: UInt8(ascii: "?")) { rest = rest[..<query] }
        return rest == path || rest == path + "/"
    }
}

/// The header fields that matter, found in one pass over all of them.
private struct HeaderFields {
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

extension StringProtocol {
    /// Whether it is `lowercase`, which is ASCII in lower case, without regard to case.
    func equalsIgnoringCase(_ lowercase: String) -> Bool {
        utf8.count == lowercase.utf8.count
            && zip(utf8, lowercase.utf8).allSatisfy { byte, wanted in
                byte == wanted || ((0x41...0x5A).contains(byte) && byte | 0x20 == wanted)
            }
    }
}
