package import Foundation
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

/// What is counted of one message.
package struct MessageUsage: Hashable, Sendable {
    /// Segments that were made for its carrier.
    package var segments = 0
    /// Those that the carrier accepted, at once or after all.
    package var accepted = 0
    /// Those whose last receipt says that they were delivered.
    package var delivered = 0

    package init(_ life: MessageLife) {
        var accepted: Set<Int> = []
        for (index, segment) in (life.outcome?.segments ?? []).enumerated() {
            if case .accepted = segment { accepted.insert(index) }
        }
        for late in life.late where late.status == 0 { accepted.insert(late.segment) }
        var states: [Int: String] = [:]
        for receipt in life.receipts where !receipt.isDuplicate { states[receipt.segment ?? 0] = receipt.state }
        segments = life.outcome?.segments.count ?? 0
        self.accepted = accepted.count
        delivered = states.values.count { $0 == "delivered" }
    }
}

/// Times of day as people of one zone write and read them.
package struct LocalTimes: Sendable {
    package let zone: TimeZone

    package init(zone: TimeZone) {
        self.zone = zone
    }

    /// For headings: `Europe/Moscow`.
    package var name: String { zone.identifier }

    /// `2026-01-31 12:00:00`.
    package func text(_ milliseconds: UInt64) -> String {
        String(stamp(milliseconds).prefix(19)).replacing("T", with: " ")
    }

    /// `2026-01-31T12:00:00+03:00`.
    package func stamp(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
    }

    /// The day of a moment: `2026-01-31`.
    package func day(_ milliseconds: UInt64) -> String { String(stamp(milliseconds).prefix(10)) }

    /// A moment in milliseconds since 1970: a day or a time of this zone (`2026-01-31`, `2026-01-31T12:00`, with seconds too), or
    /// with a zone of its own (`2026-01-31T12:00:00Z`, `…+03:00`); nil = it is none of them.
    package func moment(_ text: String) -> UInt64? {
        let whole =
            switch text.utf8.count {
            case 10: text + "T00:00:00"
            case 16: text + ":00"
            default: text
            }
        let local = Date.ISO8601FormatStyle(timeZone: zone).year().month().day().time(includingFractionalSeconds: false)
        if whole.utf8.count == 19, let date = try? Date(whole, strategy: local) { return Self.milliseconds(date) }
        for style in [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)] {
            if let date = try? Date(whole, strategy: style) { return Self.milliseconds(date) }
        }
        return nil
    }

    /// A month of this zone, `2026-11`: from its first moment up to the next one's; nil = it is none.
    package func month(_ text: String) -> Range<UInt64>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2, let year = Int(parts[0]),
            let month = Int(parts[1]), (1...12).contains(month)
        else { return nil }
        let next = month == 12 ? (year + 1, 1) : (year, month + 1)
        func first(_ year: Int, _ month: Int) -> UInt64? {
            let digits = "\(month)"
            return moment("\(year)-" + (digits.utf8.count == 1 ? "0" : "") + digits + "-01")
        }
        guard let from = first(year, month), let to = first(next.0, next.1), from < to else { return nil }
        return from..<to
    }

    private static func milliseconds(_ date: Date) -> UInt64? {
        date.timeIntervalSince1970 >= 0 ? UInt64(date.timeIntervalSince1970 * 1000) : nil
    }
}
