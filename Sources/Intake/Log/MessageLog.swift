import Messaging
import NIOCore
import SMPP

/// What the line of a message says, or of what was none: what is not in `description` only a message's has.
struct MessageLine: CustomStringConvertible {
    let id: MessageID
    /// The account's name; nil where nobody's is known.
    let account: String?
    let reply: IntakeReply
    let milliseconds: Int64
    /// Where it came from; told where the account is not.
    let peer: SocketAddress?
    let clientGone: Bool
    /// The node that answered it; nil: this one.
    var node: String?

    var description: String {
        var octets: [UInt8] = []
        octets.append(addingCapacity: room) { write(to: &$0) }
        return String(decoding: octets, as: UTF8.self)
    }

    /// At least as many octets as it takes: names of what it says, numbers, a masked number, and its texts; a carrier's name is quoted where
    /// it must be, in at most six octets for one.
    fileprivate var room: Int {
        512 + (account?.utf8.count ?? 0) + (node?.utf8.count ?? 0) + 6 * (reply.carrier?.utf8.count ?? 0)
    }
}

/// The lines of one loop's messages: each is written where it stays until its turn is over, then all go at once. No level, no
/// dictionary, no date and no lock of its own: `Tests/Benchmarks` has what that saves.
struct MessageLog {
    private let output: MessageLogOutput
    private var lines: [UInt8] = []
    private var count = 0
    /// What a line begins with, made for this millisecond; and its date and time, made for this second.
    private var start = ""
    private var startMilliseconds = UInt64.max
    private var date = ""
    private var dateSeconds = UInt64.max

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
        let format = output.format
        lines.append(addingCapacity: line.room) { lines in
            lines.add(start)
            line.write(to: &lines)
            switch format {
            case .text: line.writeTextPairs(to: &lines)
            case .json: line.writeJSONMembers(to: &lines)
            }
        }
        count += 1
        guard lines.count < Self.most else {
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
        lines.removeAll(keepingCapacity: true)
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
        case .text: start = "\(date)\(fraction)Z info "
        case .json: start = "{\"time\":\"\(date)\(fraction)Z\",\"level\":\"info\",\"message\":\""
        }
    }
}

extension MessageLine {
    fileprivate func write(to line: inout OutputSpan<UInt8>) {
        var id = InlineArray<13, UInt8>(repeating: 0)
        var room = id.mutableSpan
        self.id.write(to: &room, at: 0)
        line.add("message ")
        line.add(id.span)
        line.add(" account=")
        // Letters, digits and dots.
        line.add(account ?? "-")
        line.add(" status=")
        line.add(decimal: reply.status)
        line.add(" code=")
        // Another node's log has its code.
        line.add(reply.code?.rawValue ?? (node == nil ? "ok" : "-"))
        line.add(" outcome=")
        line.add(reply.outcome.rawValue)
        line.add(" ms=")
        line.add(decimal: Int(milliseconds))
        if account == nil {
            line.add(" peer=")
            line.add(peer?.ipAddress ?? "-")
        }
        if clientGone { line.add(" client=gone") }
        if let node {
            line.add(" node=")
            line.add(node)
        }
    }

    /// Who had the message, what the carrier said, and a number that nobody can call.
    fileprivate func writeTextPairs(to line: inout OutputSpan<UInt8>) {
        if let carrier = reply.carrier {
            line.add(" carrier=")
            let isPlain = carrier.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
            if isPlain { line.add(carrier) } else { line.add(json: carrier) }
        }
        if let commandStatus {
            line.add(" command_status=")
            line.add(commandStatus)
        }
        if let recipient = reply.recipient {
            line.add(" to=")
            line.add(masked: recipient)
        }
        line.add("\n")
    }

    fileprivate func writeJSONMembers(to line: inout OutputSpan<UInt8>) {
        line.add("\"")
        if let carrier = reply.carrier {
            line.add(",\"carrier\":")
            line.add(json: carrier)
        }
        if let commandStatus {
            line.add(",\"command_status\":\"")
            line.add(commandStatus)
            line.add("\"")
        }
        if let recipient = reply.recipient {
            line.add(",\"to\":\"")
            line.add(masked: recipient)
            line.add("\"")
        }
        line.add("}\n")
    }

    /// What the carrier answered, as its `command_status` (SMPP 3.4 §5.1.3); nil where it did not answer.
    private var commandStatus: String? {
        if let status = reply.smppStatus { return status.hex }
        return reply.code == nil && reply.carrier != nil ? "0x00000000" : nil
    }
}

extension OutputSpan<UInt8> {
    fileprivate mutating func add(_ octets: Span<UInt8>) {
        for index in octets.indices { append(octets[index]) }
    }

    fileprivate mutating func add(_ text: String) { add(text.utf8.span) }

    /// A number from 0 up.
    fileprivate mutating func add(decimal number: Int) {
        if number >= 10 { add(decimal: number / 10) }
        append(UInt8(truncatingIfNeeded: number % 10) + UInt8(ascii: "0"))
    }

    /// A number's digits as `PhoneNumber.mask` shows them.
    fileprivate mutating func add(masked digits: String) {
        let digits = digits.utf8.span
        let visible = PhoneNumber.visibleDigits(of: digits.count)
        for place in digits.indices {
            let isVisible = place < visible.head || place >= digits.count - visible.tail
            append(isVisible ? digits[place] : UInt8(ascii: "*"))
        }
    }

    /// A text in quotes (RFC 8259 §7).
    fileprivate mutating func add(json text: String) {
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        add(buffer.readableBytesUInt8Span)
    }
}
