/// What the head of a request decides: how it is answered, and whether its form is wanted at all.
package struct RequestTerms: Sendable, Hashable {
    /// The bounds and the address that a head is held against.
    package struct Rules: Sendable, Hashable {
        /// The path of the form.
        package var path: String
        /// The path of PlanFix's chats; nil = there is none.
        package var chatPath: String?
        /// Bytes of a body.
        package var maxBodyBytes: Int
        /// Bytes of the request line's target and all header fields.
        package var maxHeaderBytes: Int
        /// Whether the requests are another node's: each says what it is by `X-Passed-On`.
        package var ofNode = false

        /// The rules of one server.
        package init(path: String, chatPath: String? = nil, maxBodyBytes: Int, maxHeaderBytes: Int) {
            self.path = path
            self.chatPath = chatPath
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
    /// It is about no message: whether the listener is well (`GET /healthz`), or a node's word that a reply was taken.
    package var isAside = false
    /// What another node says of it; nil: it is the client's own.
    package var passedOn: PassedOn?
    /// It is for the path of PlanFix's chats: its form and its reply are theirs.
    package var isChat = false
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
    package init(_ head: RequestHead, rules: Rules) {
        keepAlive = head.isOld ? head.saysKeepAlive && !head.saysClose : !head.saysClose
        announcesKeepAlive = head.isOld && keepAlive
        omitsBody = head.method == .head
        isAside = head.isHealthPath
        isChat = head.isChatPath
        wantsJSON = head.wantsJSON && !isAside
        expectsContinue = head.expectsContinue && !head.isOld

        switch head.framing {
        case .length(let length): if head.tellsLength { contentLength = length }
        case .chunked: break
        case nil: refuse(.badRequest, close: true)
        }
        if !isAside {
            if !head.isOurPath, !head.isChatPath { refuse(.notFound, close: false) }
            if head.method != .post { refuse(.methodNotAllowed, close: false) }
            switch head.form {
            case .charset(let charset): self.charset = charset
            case .unsupported: refuse(.unsupportedMediaType, close: false)
            case nil: break
            }
        }
        if rules.ofNode, !isAside { readPassedOn(head) }
        if head.hasContentEncoding { refuse(.unsupportedMediaType, close: false) }
        if let contentLength, contentLength > rules.maxBodyBytes { refuse(.bodyTooLarge, close: true) }
        // What asks for leave to send a body that is not wanted gets its answer instead, and may send it all the same.
        if refusal != nil, expectsContinue { mustClose = true }
        // What follows these is another protocol, or may be (RFC 9110 §7.8, §9.3.6).
        if head.method == .connect || head.hasUpgrade { keepAlive = false }
        if mustClose { keepAlive = false }
    }

    private mutating func readPassedOn(_ head: RequestHead) {
        switch head.passedOn {
        case nil: refuse(.badRequest, close: true)
        case .form: passedOn = head.passedOn
        case .delivered:
            passedOn = head.passedOn
            isAside = refusal == nil
        }
    }

    /// Who sent the form, where another node says so.
    var client: SourceAddress? {
        if case .form(let client, _) = passedOn { client } else { nil }
    }

    /// The first refusal stands.
    private mutating func refuse(_ code: ReplyCode, close: Bool) {
        refusal = refusal ?? code
        mustClose = mustClose || close
    }
}
