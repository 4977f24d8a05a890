import NIOCore

/// Reads HTTP/1.1 responses (RFC 9112) from a connection's bytes, whatever pieces they come in: the status, the few
/// fields that a load test needs, and where the message ends. The body itself is dropped.
///
/// Lenient where a measuring client may be: it takes what any server of the form sends and judges nothing.
struct ReplyReader {
    /// One response.
    struct Reply: Equatable {
        var status = 0
        /// `X-Outcome`, where it has one that is known.
        var outcome: LoadOutcome?
        /// `X-Segments: 2/3`.
        var acceptedSegments = 0
        var segments = 0
        /// Whether the server will close the connection.
        var closes = false
        /// `X-Replayed: true`: answered from the ledger, nothing was sent.
        var isReplayed = false
    }

    enum Step: Equatable {
        case needsBytes
        case reply(Reply)
        /// It is no response: nothing after it can be read.
        case broken
    }

    private enum Stage {
        case head
        /// So many bytes of the body are to come.
        case body(Int)
        case chunkSize
        case chunk(Int)
        case trailers
        /// The body ends with the connection.
        case untilClose
    }

    /// Bytes of a head that is taken, and of a chunk's size line.
    static let maximumHead = 16_384
    private static let maximumChunkLine = 256

    private var buffer = ByteBuffer()
    private var stage = Stage.head
    private var reply = Reply()

    /// Takes bytes and gives the next response, if it is whole. Called again with nothing it reads on in what is left.
    mutating func read(_ bytes: inout ByteBuffer) -> Step {
        if buffer.readableBytes == 0 {
            swap(&buffer, &bytes)
            bytes.clear()
        } else {
            buffer.writeBuffer(&bytes)
        }
        while true {
            switch stage {
            case .head:
                guard let end = headEnd() else {
                    return buffer.readableBytes > Self.maximumHead ? .broken : .needsBytes
                }
                guard readHead(end) else { return .broken }
            case .body(let left):
                let count = min(left, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: count)
                guard count == left else {
                    stage = .body(left - count)
                    return .needsBytes
                }
                return finish()
            case .chunkSize:
                guard let line = line(atMost: Self.maximumChunkLine) else {
                    return isLineTooLong ? .broken : .needsBytes
                }
                guard let size = Self.hexadecimal(line) else { return .broken }
                stage = size == 0 ? .trailers : .chunk(size + 2)
            case .chunk(let left):
                let count = min(left, buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: count)
                guard count == left else {
                    stage = .chunk(left - count)
                    return .needsBytes
                }
                stage = .chunkSize
            case .trailers:
                guard let line = line(atMost: Self.maximumHead) else { return isLineTooLong ? .broken : .needsBytes }
                if line.readableBytes == 0 { return finish() }
            case .untilClose:
                buffer.clear()
                return .needsBytes
            }
        }
    }

    /// The connection ended: a response that ends with it is whole now.
    mutating func end() -> Reply? {
        guard case .untilClose = stage else { return nil }
        stage = .head
        return reply
    }

    private mutating func finish() -> Step {
        stage = .head
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return .reply(reply)
    }

    // MARK: The head

    /// How many bytes the head has, its empty line included.
    private func headEnd() -> Int? {
        let bytes = buffer.readableBytesUInt8Span
        var place = 3
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\n"):
                if bytes[place - 1] == 0x0D, bytes[place - 2] == 0x0A, bytes[place - 3] == 0x0D { return place + 1 }
                place += 2
            case UInt8(ascii: "\r"): place += 1
            default: place += 4
            }
        }
        return nil
    }

    private mutating func readHead(_ end: Int) -> Bool {
        guard let head = ReplyHead(buffer.readableBytesUInt8Span, end: end) else { return false }
        reply = head.reply
        buffer.moveReaderIndex(forwardBy: end)
        stage = Self.stage(behind: head)
        return true
    }

    private static func stage(behind head: ReplyHead) -> Stage {
        // An interim response (100 Continue) has no body and another response follows.
        if head.reply.status < 200 { return .head }
        if head.reply.status == 204 || head.reply.status == 304 { return .body(0) }
        if head.isChunked { return .chunkSize }
        return head.length.map { .body($0) } ?? .untilClose
    }

    // MARK: Lines of chunks

    /// The next line without its end; nil where it is not whole.
    private mutating func line(atMost limit: Int) -> ByteBuffer? {
        guard let place = lineEnd(limit) else { return nil }
        let line = buffer.readSlice(length: place)
        buffer.moveReaderIndex(forwardBy: 1)
        guard var line, line.readableBytesView.last == 0x0D else { return line }
        return line.readSlice(length: place - 1)
    }

    /// How many bytes stand before the next LF.
    private func lineEnd(_ limit: Int) -> Int? {
        let bytes = buffer.readableBytesUInt8Span
        var place = 0
        while place < min(bytes.count, limit) {
            if bytes[place] == 0x0A { return place }
            place += 1
        }
        return nil
    }

    private var isLineTooLong: Bool { buffer.readableBytes >= Self.maximumChunkLine }

    /// The size of a chunk, before its extensions.
    private static func hexadecimal(_ line: ByteBuffer) -> Int? {
        var size = 0
        var digits = 0
        for byte in line.readableBytesView {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { break }
            digits += 1
            guard digits <= 12 else { return nil }
            size = size << 4 | digit
        }
        return digits > 0 ? size : nil
    }
}
