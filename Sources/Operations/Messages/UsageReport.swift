package import Journal
import Messaging

/// Sums for billing: messages of a time, by account, carrier or day. Repeats that were answered from the ledger are counted apart: nothing
/// was sent for them.
package struct UsageReport {
    /// What a line is about.
    package enum Key: String, Sendable, CaseIterable {
        case account, carrier, day
    }

    /// One line.
    package struct Sums: Hashable, Sendable {
        package var messages = 0
        package var accepted = 0
        package var refused = 0
        package var partial = 0
        package var unknown = 0
        package var notSent = 0
        /// Without an outcome: under way, or the bridge ended before.
        package var open = 0
        package var segments = 0
        package var segmentsAccepted = 0
        package var segmentsDelivered = 0
        package var repeats = 0

        package init() {}

        fileprivate mutating func add(_ life: MessageLife) {
            guard life.outcome?.replayOf == nil else {
                repeats += 1
                return
            }
            messages += 1
            switch life.outcome?.outcome {
            case "accepted": accepted += 1
            case "refused": refused += 1
            case "partial": partial += 1
            case "not-sent": notSent += 1
            case nil: open += 1
            default: unknown += 1
            }
            let usage = MessageUsage(life)
            segments += usage.segments
            segmentsAccepted += usage.accepted
            segmentsDelivered += usage.delivered
        }

        /// In the order of `names`.
        package var values: [Int] {
            [
                messages, accepted, refused, partial, unknown, notSent, open, segments, segmentsAccepted,
                segmentsDelivered, repeats,
            ]
        }

        package static let names = [
            "messages", "accepted", "refused", "partial", "unknown", "not_sent", "open", "segments",
            "segments_accepted", "segments_delivered", "repeats",
        ]
    }

    private let key: Key
    private let times: LocalTimes
    private var sums: [String: Sums] = [:]
    package private(set) var total = Sums()

    package init(by key: Key, times: LocalTimes) {
        self.key = key
        self.times = times
    }

    package mutating func add(_ life: MessageLife) {
        let name =
            switch key {
            case .account: life.message.account
            case .carrier: life.outcome?.carrier ?? "-"
            case .day: times.day(life.message.id.unixMilliseconds)
            }
        sums[name, default: Sums()].add(life)
        total.add(life)
    }

    /// By name.
    package var lines: [(name: String, sums: Sums)] { sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    /// As CSV, the total last.
    package var csv: [String] {
        let lines = lines + [("total", total)]
        return [MessagesCSV.row([key.rawValue] + Sums.names)]
            + lines.map { MessagesCSV.row([$0.name] + $0.sums.values.map(String.init)) }
    }

    /// As a table for a terminal, the total last.
    package var table: [String] {
        let rows =
            [[key.rawValue.uppercased()] + Sums.names.map { $0.uppercased().replacing("_", with: " ") }]
            + (lines + [("TOTAL", total)]).map { [$0.name] + $0.sums.values.map(String.init) }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let room = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + room : room + cell
            }.joined(separator: "  ")
        }
    }
}
