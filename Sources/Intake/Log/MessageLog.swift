import Messaging
import NIOCore
import SMPP

/// What the line of a message says.
struct MessageLine {
    let id: MessageID
    /// The account's name; nil where nobody's is known.
    let account: String?
    let reply: IntakeReply
    let milliseconds: Int64
    /// Where it came from; told where the account is not.
    let peer: SocketAddress?
    let clientGone: Bool
}

/// The lines of one loop's messages: each is written where it stays until its turn is over, then all go at once. No level, no
/// dictionary, no date and no lock of its own: `Tests/Benchmarks` has what that saves.
struct MessageLog {
    private let output: MessageLogOutput
    private var lines = ByteBuffer()
    private var count = 0
    /// What a line begins with, made for this millisecond; and its date and time, made for this second.
    private var start: [UInt8] = []
    private var startMilliseconds = UInt64.max
    private var date = ""
    private var dateSeconds = UInt64.max
    private var id = [UInt8](repeating: 0, count: MessageID.length)

    /// More than this does not wait for the end of the turn, in octets.
    private static let most = 64 << 10

    init(_ output: MessageLogOutput) {
        self.output = output
    }

    /// Writes a line. Returns whether it is the first that waits: then `handOver` is due at the end of this turn.
    ///
    /// - Parameter unixMilliseconds: now.
    mutating func append(_ line: borrowing MessageLine, unixMilliseconds: UInt64) -> Bool {
        if unixMilliseconds != startMilliseconds { begin(unixMilliseconds) }
        lines.writeBytes(start)
        var room = id.mutableSpan
        line.id.write(to: &room, at: 0)
        lines.writeBytes(id)
        lines.writeStaticString(" account=")
        // Letters, digits and dots.
        if let account = line.account { lines.writeString(account) } else { lines.writeStaticString("-") }
        lines.writeStaticString(" status=")
        lines.writeDecimal(line.reply.status)
        lines.writeStaticString(" code=")
        if let code = line.reply.code { lines.writeString(code.rawValue) } else { lines.writeStaticString("ok") }
        lines.writeStaticString(" outcome=")
        lines.writeString(line.reply.outcome.rawValue)
        lines.writeStaticString(" ms=")
        lines.writeDecimal(Int(line.milliseconds))
        if line.account == nil { lines.writeString(" peer=\(line.peer?.ipAddress ?? "-")") }
        if line.clientGone { lines.writeStaticString(" client=gone") }
        switch output.format {
        case .text: appendTextPairs(line.reply)
        case .json: appendJSONMembers(line.reply)
        }
        count += 1
        guard lines.readableBytes < Self.most else {
            handOver()
            return false
        }
        return count == 1
    }

    /// Gives away what has been written.
    mutating func handOver() {
        guard count > 0 else { return }
        output.write(lines, count)
        count = 0
        lines.clear()
    }

    /// Who had the message, what the carrier said, and a number that nobody can call.
    private mutating func appendTextPairs(_ reply: borrowing IntakeReply) {
        if let carrier = reply.carrier {
            lines.writeStaticString(" carrier=")
            let isPlain = carrier.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
            if isPlain { lines.writeString(carrier) } else { lines.writeJSONString(carrier) }
        }
        if let status = Self.commandStatus(reply) {
            lines.writeStaticString(" command_status=")
            lines.writeString(status)
        }
        if let recipient = reply.recipient {
            lines.writeStaticString(" to=")
            lines.writeMasked(recipient)
        }
        lines.writeStaticString("\n")
    }

    private mutating func appendJSONMembers(_ reply: borrowing IntakeReply) {
        lines.writeStaticString("\"")
        if let carrier = reply.carrier {
            lines.writeStaticString(",\"carrier\":")
            lines.writeJSONString(carrier)
        }
        if let status = Self.commandStatus(reply) {
            lines.writeStaticString(",\"command_status\":\"")
            lines.writeString(status)
            lines.writeStaticString("\"")
        }
        if let recipient = reply.recipient {
            lines.writeStaticString(",\"to\":\"")
            lines.writeMasked(recipient)
            lines.writeStaticString("\"")
        }
        lines.writeStaticString("}\n")
    }

    /// What the carrier answered, as its `command_status` (SMPP 3.4 §5.1.3); nil where it did not answer.
    private static func commandStatus(_ reply: borrowing IntakeReply) -> String? {
        if let status = reply.smppStatus { return status.hex }
        return reply.code == nil && reply.carrier != nil ? "0x00000000" : nil
    }

    private mutating func begin(_ milliseconds: UInt64) {
        startMilliseconds = milliseconds
        let seconds = milliseconds / 1000
        if seconds != dateSeconds {
            dateSeconds = seconds
            let time = CivilTime(unixSeconds: Int64(seconds))
            let pairs = [time.month, time.day, time.hour, time.minute, time.second].map(CivilTime.twoDigits)
            date = "\(time.year)-\(pairs[0])-\(pairs[1])T\(pairs[2]):\(pairs[3]):\(pairs[4])."
        }
        // With all three of its digits.
        let fraction = "\(milliseconds % 1000 + 1000)".dropFirst()
        switch output.format {
        case .text: start = Array("\(date)\(fraction)Z info message ".utf8)
        case .json:
            start = Array("{\"time\":\"\(date)\(fraction)Z\",\"level\":\"info\",\"message\":\"message ".utf8)
        }
    }
}

extension ByteBuffer {
    /// Appends a number's digits as `PhoneNumber.mask` shows them.
    fileprivate mutating func writeMasked(_ digits: String) {
        let digits = digits.utf8.span
        let visible = PhoneNumber.visibleDigits(of: digits.count)
        for place in digits.indices {
            let isVisible = place < visible.head || place >= digits.count - visible.tail
            writeInteger(isVisible ? digits[place] : UInt8(ascii: "*"))
        }
    }
}
