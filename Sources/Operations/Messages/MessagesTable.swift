package import Journal
import Messaging
import SMPP

/// The journal's messages as lines for a terminal.
package struct MessagesTable {
    private let times: LocalTimes
    /// Whether numbers are shown whole.
    private let isFull: Bool

    package init(times: LocalTimes, isFull: Bool) {
        self.times = times
        self.isFull = isFull
    }

    /// It names the zone.
    package var header: String {
        Self.line(
            "ID", "TIME (\(times.name))", "ACCOUNT", "TO", "FROM", "OUTCOME", "CARRIER", "PARTS", "RECEIPT")
    }

    package var inboundHeader: String {
        Self.line("ID", "TIME (\(times.name))", "", "FROM", "TO", "", "CARRIER", "PARTS", "")
    }

    /// One line of a message that was sent, repeated or not sent.
    package func line(_ life: MessageLife) -> String {
        let message = life.message
        let outcome = life.outcome
        let segments = outcome?.segments ?? []
        let accepted = segments.count { if case .accepted = $0 { true } else { false } }
        var word = outcome?.outcome ?? "under way"
        if outcome?.replayOf != nil { word += " (again)" }
        if let code = outcome?.code, outcome?.outcome != "accepted" { word += " \(code)" }
        return Self.line(
            message.id.description, times.text(message.id.unixMilliseconds), message.account,
            shown(message.recipient), message.sender, word, outcome?.carrier ?? "-",
            segments.isEmpty ? "-" : "\(accepted)/\(segments.count)", receipts(life))
    }

    /// One line of an inbound message.
    package func line(_ record: InboundRecord) -> String {
        Self.line(
            record.id.description, times.text(record.at), "", shown(record.from), record.to, "", record.carrier,
            "\(record.received)/\(record.segments)", "")
    }

    /// Everything of one message.
    package func lines(_ life: MessageLife) -> [String] {
        let message = life.message
        var lines: [String] = []
        func add(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append(Self.padded(name, 12) + value)
        }
        add("id", message.id.description)
        add("at", times.stamp(message.id.unixMilliseconds))
        add("account", message.account)
        let isInbound = life.outcome?.outcome == "inbound"
        add("from", isInbound ? shown(message.sender) : message.sender)
        add("to", isInbound ? message.recipient : shown(message.recipient))
        add("text", message.text.map(Self.oneLine))
        add("outcome", life.outcome?.outcome ?? "under way, or the bridge ended before it was answered")
        if let outcome = life.outcome {
            if outcome.httpStatus > 0 { add("http", "\(outcome.httpStatus)") }
            add("code", outcome.code)
            add("carrier", outcome.carrier)
            add("answered", times.stamp(outcome.at))
            add("repeats", outcome.replayOf?.description)
            if !isInbound { add("delivered", life.isDelivered ? "the client took the answer" : "nobody knows") }
            for (index, segment) in outcome.segments.enumerated() {
                add("segment \(index + 1)", Self.words(segment))
            }
        }
        for late in life.late {
            let words = late.status == 0 ? "accepted after all, \(late.carrierID)" : "refused after all"
            add("late", "\(times.stamp(late.at)) segment \(late.segment + 1) \(words)")
        }
        for receipt in life.receipts {
            var words = "\(times.stamp(receipt.at)) segment \((receipt.segment ?? 0) + 1) \(receipt.state)"
            if let error = receipt.error { words += " error \(Self.oneLine(error))" }
            if let delay = receipt.delay { words += " after \(delay) ms" }
            if receipt.isDuplicate { words += " (again)" }
            add("receipt", words)
        }
        return lines
    }

    private func shown(_ number: String) -> String {
        let number = Self.oneLine(number)
        return isFull ? number : PhoneNumber.mask(number)
    }

    /// The last state of each segment, or `-`.
    private func receipts(_ life: MessageLife) -> String {
        var states: [Int: String] = [:]
        for receipt in life.receipts where !receipt.isDuplicate { states[receipt.segment ?? 0] = receipt.state }
        let words = Set(states.values).sorted()
        guard !words.isEmpty else { return "-" }
        return words.joined(separator: ",")
    }

    private static func words(_ segment: SegmentRecord) -> String {
        switch segment {
        case .accepted(let id): "accepted \(oneLine(id))"
        case .refused(let status):
            "refused \(CommandStatus(rawValue: status).hex) \(CommandStatus(rawValue: status).name)"
        case .unknown(let reason): "unknown \(reason)"
        case .notSent: "not sent"
        }
    }

    /// What came from outside does not move the cursor.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    /// Of the outcome the longest: "refused destination_not_allowed", "unknown (again) partial_unknown".
    private static let widths = [14, 22, 14, 16, 14, 33, 12, 6]

    private static func line(_ cells: String...) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            text += index < widths.count ? padded(oneLine(cell), widths[index]) : oneLine(cell)
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
