/// The head of a response: its status line and the fields that a load test needs (RFC 9112 §4, §5).
struct ReplyHead {
    private(set) var reply = ReplyReader.Reply()
    /// The body's length by `Content-Length`; nil: none was given.
    private(set) var length: Int?
    private(set) var isChunked = false

    /// Reads the first `end` of the bytes, which end with the empty line; nil where that is no head.
    init?(_ bytes: Span<UInt8>, end: Int) {
        guard let status = Self.status(bytes) else { return nil }
        reply.status = status
        var start = Self.nextLine(bytes, 0)
        while start < end - 2 {
            let next = Self.nextLine(bytes, start)
            guard readField(bytes.extracting(start..<max(start, next - 2))) else { return nil }
            start = next
        }
    }

    /// `HTTP/1.x SSS`.
    private static func status(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= 12, bytes[0] == UInt8(ascii: "H"), bytes[4] == UInt8(ascii: "/"),
            bytes[5] == UInt8(ascii: "1"), bytes[8] == 0x20
        else { return nil }
        var status = 0
        for place in 9..<12 {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            status = status * 10 + Int(bytes[place] - 0x30)
        }
        return status >= 100 ? status : nil
    }

    private static func nextLine(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var place = start
        while place < bytes.count, bytes[place] != 0x0A { place += 1 }
        return place + 1
    }

    /// False where the field makes the body's end unclear.
    private mutating func readField(_ line: Span<UInt8>) -> Bool {
        guard line.count > 2 else { return true }
        // The first letter rules nearly every field out.
        switch line[0] | 0x20 {
        case UInt8(ascii: "c"):
            if let value = Self.value(line, of: "content-length") {
                guard let length = Self.decimal(line.extracting(value)) else { return false }
                self.length = length
            } else if let value = Self.value(line, of: "connection") {
                reply.closes = Self.begins(line.extracting(value), with: "close")
            }
        case UInt8(ascii: "t"):
            if let value = Self.value(line, of: "transfer-encoding") {
                guard Self.begins(line.extracting(value), with: "chunked") else { return false }
                isChunked = true
            }
        case UInt8(ascii: "x"):
            if let value = Self.value(line, of: "x-outcome") {
                reply.outcome = Self.outcome(line.extracting(value))
            } else if let value = Self.value(line, of: "x-segments") {
                readSegments(line.extracting(value))
            } else if Self.value(line, of: "x-replayed") != nil {
                reply.isReplayed = true
            }
        default: break
        }
        return true
    }

    private mutating func readSegments(_ value: Span<UInt8>) {
        var slash = 0
        while slash < value.count, value[slash] != UInt8(ascii: "/") { slash += 1 }
        guard slash < value.count, let accepted = Self.decimal(value.extracting(0..<slash)),
            let all = Self.decimal(value.extracting((slash + 1)..<value.count))
        else { return }
        (reply.acceptedSegments, reply.segments) = (accepted, all)
    }

    private static func outcome(_ value: Span<UInt8>) -> LoadOutcome? {
        for outcome in [LoadOutcome.accepted, .refused, .notSent, .unknown, .partial]
        where value.count == outcome.name.utf8.count && begins(value, with: outcome.name) {
            return outcome
        }
        return nil
    }

    // MARK: Bytes

    /// Where the value of the field `name`, in lower case, stands in its line; nil where it is another field.
    private static func value(_ line: Span<UInt8>, of name: String) -> Range<Int>? {
        let count = name.utf8.count
        guard line.count > count, line[count] == UInt8(ascii: ":"), begins(line, with: name) else {
            return nil
        }
        var start = count + 1
        var end = line.count
        while start < end, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Whether the bytes begin with a word in lower case, whatever their case.
    private static func begins(_ bytes: Span<UInt8>, with word: String) -> Bool {
        let word = word.utf8.span
        guard bytes.count >= word.count else { return false }
        for place in word.indices {
            let byte = bytes[place]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != word[place] { return false }
        }
        return true
    }

    private static func decimal(_ bytes: Span<UInt8>) -> Int? {
        guard (1...15).contains(bytes.count) else { return nil }
        var value = 0
        for place in bytes.indices {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            value = value * 10 + Int(bytes[place] - 0x30)
        }
        return value
    }
}
