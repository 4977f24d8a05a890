import Foundation
package import Journal
import Messaging

/// The journal's messages as CSV (RFC 4180), for billing: a line a message, oldest first.
package struct MessagesCSV {
    private let times: LocalTimes
    /// Whether numbers are shown whole.
    private let isFull: Bool

    package init(times: LocalTimes, isFull: Bool) {
        self.times = times
        self.isFull = isFull
    }

    package static let header =
        "id,time,account,to,from,outcome,http,code,carrier,segments,accepted,delivered,repeat_of"

    /// A message; `time` has its zone's offset, `delivered` counts segments by their receipts.
    package func line(_ life: MessageLife) -> String {
        let (message, outcome) = (life.message, life.outcome)
        let usage = MessageUsage(life)
        return Self.row([
            message.id.description, times.stamp(message.id.unixMilliseconds), message.account,
            isFull ? message.recipient : PhoneNumber.mask(message.recipient), message.sender,
            outcome?.outcome ?? "under-way", outcome.map { "\($0.httpStatus)" } ?? "", outcome?.code ?? "",
            outcome?.carrier ?? "", "\(usage.segments)", "\(usage.accepted)", "\(usage.delivered)",
            outcome?.replayOf?.description ?? "",
        ])
    }

    /// Fields, quoted where they must be. What a spreadsheet would take for a formula begins with an apostrophe.
    package static func row(_ fields: [String]) -> String {
        fields.map { field in
            let isFormula = field.first.map { "=+-@\t".contains($0) } ?? false
            let text = isFormula ? "'" + field : field
            guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }
}
