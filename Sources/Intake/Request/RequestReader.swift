package import NIOCore

/// The bytes of one connection on their way to requests: holds what has come, and gives the parts of requests one by one.
/// A plain value; a body's bytes are slices of what was received.
package struct RequestReader: Sendable {
    /// A part of a request. After a head whose terms say `mustClose` nothing more may be asked for.
    package enum Part: Sendable {
        case head(RequestTerms)
        /// Some bytes of the body.
        case body(ByteBuffer)
        case end
        /// A head and its body that came in one piece, to the end.
        case whole(RequestTerms, ByteBuffer)
    }

    private var parser: RequestParser
    private var buffer = ByteBuffer()
    private var owesEnd = false

    /// - Parameter maxFields: header and trailer fields of a request.
    package init(maxFields: Int) {
        parser = RequestParser(maxFields: maxFields)
    }

    /// A request has begun, and its head is not whole.
    package var isInHead: Bool { parser.isInHead }

    /// Nothing is left of what has come, not even its memory, and no part is owed.
    var isEmpty: Bool { buffer.capacity == 0 && !owesEnd }

    /// Bytes of memory in use for what has come.
    var heldBytes: Int { buffer.capacity }

    /// Takes bytes in. They wait until they are asked for: the caller bounds them by asking before it reads more.
    package mutating func receive(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// Forgets what has come.
    package mutating func discard() {
        buffer = ByteBuffer()
    }

    /// The next part; nil: more bytes must come.
    /// - Throws: what makes it no request; then nothing more may be asked for.
    package mutating func next(_ rules: RequestTerms.Rules) throws(RequestProblem) -> Part? {
        if owesEnd {
            owesEnd = false
            return .end
        }
        if buffer.readableBytes == 0 {
            // An idle connection keeps no memory of its last read.
            buffer = ByteBuffer()
            return nil
        }
        if parser.isInData { return nextData() }
        let bytes = buffer
        let milestone = try parser.scan(bytes.readableBytesUInt8Span, rules: rules)
        buffer.moveReaderIndex(forwardBy: parser.consume())
        switch milestone {
        case .needsBytes: return nil
        case .headEnded:
            let terms = RequestTerms(parser.head, rules: rules)
            if let body = takeWholeBody(terms) { return .whole(terms, body) }
            owesEnd = parser.isBetween
            return .head(terms)
        case .messageEnded: return .end
        case .data: return nextData()
        }
    }

    /// The body, if all of it is here and nobody has to be answered before it is read. In pieces a request costs 700
    /// instructions more.
    private mutating func takeWholeBody(_ terms: RequestTerms) -> ByteBuffer? {
        guard terms.contentLength != nil, !terms.mustClose, !terms.expectsContinue, parser.isInData,
            let body = buffer.readSlice(length: parser.remaining)
        else { return nil }
        owesEnd = !parser.tookData(body.readableBytes)
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return body
    }

    /// What has come of the body, or of its chunk.
    private mutating func nextData() -> Part? {
        let count = min(buffer.readableBytes, parser.remaining)
        guard count > 0, let slice = buffer.readSlice(length: count) else { return nil }
        owesEnd = parser.tookData(count)
        return .body(slice)
    }
}
