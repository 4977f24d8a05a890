/// A second of a run, as the progress line and the report's plots tell it.
package struct LoadSecond: Hashable, Sendable, Codable {
    /// Seconds since the start, at the end of this row.
    package var at: Double
    /// Seconds that the row covers.
    package var length: Double
    /// Messages a second that the profile wanted at its end; nil in a closed loop.
    package var wanted: Double?
    package var sent: Int
    package var accepted: Int
    package var errors: Int
    /// Response times of the answers of this row, milliseconds; nil without answers.
    package var p50: Double?
    package var p99: Double?
    package var max: Double?
    /// Sent and unanswered at its end.
    package var underWay: Int
    /// Due and waiting for a connection at its end.
    package var waiting: Int

    package init(
        at: Double, length: Double, wanted: Double?, sent: Int, accepted: Int, errors: Int, p50: Double?, p99: Double?,
        max: Double?, underWay: Int, waiting: Int
    ) {
        self.at = at
        self.length = length
        self.wanted = wanted
        self.sent = sent
        self.accepted = accepted
        self.errors = errors
        self.p50 = p50
        self.p99 = p99
        self.max = max
        self.underWay = underWay
        self.waiting = waiting
    }

    /// Both rows as one, of which `later` is the second.
    func joined(_ later: LoadSecond) -> LoadSecond {
        var row = later
        row.length += length
        row.sent += sent
        row.accepted += accepted
        row.errors += errors
        // Percentiles don't add up: the worse one keeps what a plot must not lose.
        row.p50 = Self.larger(p50, later.p50)
        row.p99 = Self.larger(p99, later.p99)
        row.max = Self.larger(max, later.max)
        return row
    }

    private static func larger(_ left: Double?, _ right: Double?) -> Double? {
        guard let left, let right else { return left ?? right }
        return Swift.max(left, right)
    }
}

/// What a run does now, for whoever watches it.
package enum LoadProgress: Sendable {
    /// Connecting: so many of so many are there.
    case connecting(Int, of: Int)
    /// A second has passed; errors and seconds left of the whole run.
    case second(LoadSecond, errors: Int, left: Double)
    /// Nothing more is sent; so many answers are awaited.
    case draining(Int)
    /// So many receipts are awaited.
    case receipts(Int)
    /// The record is read to its end.
    case auditing
}

/// The rows of a run, their number bounded: when they are too many, each two become one.
struct LoadSeries: Sendable {
    private(set) var rows: [LoadSecond] = []
    /// Seconds that a row stands for.
    private var each = 1
    private var open: [LoadSecond] = []

    mutating func add(_ row: LoadSecond) {
        open.append(row)
        guard open.count >= each else { return }
        flush()
        guard rows.count >= LoadLimits.rows else { return }
        rows = stride(from: 0, to: rows.count, by: 2).map { index in
            index + 1 < rows.count ? rows[index].joined(rows[index + 1]) : rows[index]
        }
        each *= 2
    }

    /// All rows, the unfinished one too.
    mutating func flush() {
        guard let first = open.first else { return }
        rows.append(open.dropFirst().reduce(first) { $0.joined($1) })
        open.removeAll()
    }
}
