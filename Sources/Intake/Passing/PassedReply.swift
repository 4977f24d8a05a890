import Messaging
import NIOCore

/// Another node's reply: all of it, but for what concerns only the connection between the nodes.
struct PassedReply: Sendable {
    /// 100 to 999.
    fileprivate(set) var status = 0
    /// By `X-Outcome`; what says nothing of it leaves it unknown.
    fileprivate(set) var outcome = Outcome.unknown
    /// By `X-Message-Id`; nil where there is none.
    fileprivate(set) var id: MessageID?
    /// Nothing more is answered on that connection.
    fileprivate(set) var closes = false
    /// The status line and the fields, each with its line's end.
    fileprivate var head = ByteBuffer()
    fileprivate var body = ByteBuffer()

    /// Appends it as the reply to our own client.
    func write(closes: Bool, announcesKeepAlive: Bool, into buffer: inout ByteBuffer) {
        buffer.writeImmutableBuffer(head)
        if closes {
            buffer.writeStaticString("Connection: close\r\n")
        } else if announcesKeepAlive {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
        buffer.writeImmutableBuffer(body)
    }
}

/// The bytes of a connection to another node on their way to replies: HTTP/1.1 with `Content-Length`, as nodes write it. NIOHTTP1's
/// decoder drops the reason phrase, which is all that some clients show.
struct PassedReplyReader {
    /// What came is no reply that a node gives.
    enum Problem: Error {
        case malformed, tooLarge
    }

    /// Octets of a head, and of a body.
    static let maximumHead = 16_384
    static let maximumBody = 65_536

    private var buffer = ByteBuffer()
    /// A reply whose body has not come whole, and the body's length.
    private var begun: (reply: PassedReply, length: Int)?

    mutating func receive(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole reply; nil: more bytes must come.
    mutating func next() throws(Problem) -> PassedReply? {
        if begun == nil {
            guard let end = headEnd else {
                guard buffer.readableBytes <= Self.maximumHead else { throw .tooLarge }
                return nil
            }
            begun = try Self.head(buffer.readSlice(length: end) ?? ByteBuffer())
        }
        guard let (head, length) = begun, let body = buffer.readSlice(length: length) else { return nil }
        var reply = head
        reply.body = body
        begun = nil
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return reply
    }

    /// How many octets the head has, its empty line included.
    private var headEnd: Int? {
        let bytes = buffer.readableBytesUInt8Span
        var place = 3
        while place < bytes.count {
            if bytes[place] == 0x0A, bytes[place - 1] == 0x0D, bytes[place - 2] == 0x0A, bytes[place - 3] == 0x0D {
                return place + 1
            }
            place += 1
        }
        return nil
    }

    private static func head(_ bytes: ByteBuffer) throws(Problem) -> (reply: PassedReply, length: Int) {
        var lines = bytes.readableBytesView.split(separator: HTTPByte.lineFeed)[...]
        var reply = PassedReply()
        guard let first = lines.popFirst(), let status = status(first) else { throw .malformed }
        reply.status = status
        reply.head.writeBytes(first)
        reply.head.writeStaticString("\n")
        var length: Int?
        for line in lines where line.count > 1 {
            guard line.last == HTTPByte.carriageReturn, let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw .malformed
            }
            let value = String(decoding: line[(colon + 1)...].dropLast(), as: UTF8.self).trimmingHTTPSpace()
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "connection":
                reply.closes = value.lowercased() == "close"
                continue
            case "content-length":
                guard length == nil, let count = Int(value), count >= 0 else { throw .malformed }
                length = count
            case "transfer-encoding": throw .malformed
            case "x-outcome": reply.outcome = Outcome(rawValue: String(value)) ?? .unknown
            case "x-message-id": reply.id = MessageID(parsing: String(value))
            default: break  // goes to the client as it is
            }
            reply.head.writeBytes(line)
            reply.head.writeStaticString("\n")
        }
        guard let length else { throw .malformed }
        guard length <= maximumBody else { throw .tooLarge }
        return (reply, length)
    }

    /// Of `HTTP/1.1 200 Accepted` and CR.
    private static func status(_ line: ByteBufferView) -> Int? {
        let start = Array("HTTP/1.1 ".utf8)
        guard line.starts(with: start), line.last == HTTPByte.carriageReturn else { return nil }
        let rest = line.dropFirst(start.count)
        guard rest.dropFirst(3).first == HTTPByte.space,
            let status = Int(String(decoding: rest.prefix(3), as: UTF8.self)), (100...999).contains(status)
        else { return nil }
        return status
    }
}
