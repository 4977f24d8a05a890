/// Turns what the shares report into a row a second.
struct LoadMeter {
    private let plan: LoadPlan
    private let start: UInt64
    private var last: UInt64
    private var due: UInt64
    private var series = LoadSeries()
    /// Of the whole run.
    private(set) var errors = 0

    private static let second: UInt64 = 1_000_000_000

    init(plan: LoadPlan, start: UInt64) {
        self.plan = plan
        self.start = start
        last = start
        due = start + Self.second
    }

    var rows: [LoadSecond] { series.rows }

    func isDue(_ now: UInt64) -> Bool { now >= due }

    /// The row that ends now.
    mutating func row(_ reading: ShareReading, at now: UInt64) -> LoadSecond {
        let row = makeRow(reading, at: now)
        while due <= now { due += Self.second }
        series.add(row)
        return row
    }

    /// The rest after the last whole second.
    mutating func finish(_ reading: ShareReading, at now: UInt64) {
        let interval = reading.interval
        if interval.sent > 0 || interval.accepted > 0 || interval.errors > 0 {
            series.add(makeRow(reading, at: now))
        }
        series.flush()
    }

    private mutating func makeRow(_ reading: ShareReading, at now: UInt64) -> LoadSecond {
        let interval = reading.interval
        errors += interval.errors
        let at = Double(now &- min(start, now)) / 1e9
        let length = Double(now &- min(last, now)) / 1e9
        last = now
        func ms(_ nanoseconds: UInt64) -> Double? {
            interval.response.count == 0 ? nil : (Double(nanoseconds) / 1_000).rounded() / 1_000
        }
        var wanted: Double?
        let middle = at - length / 2
        if case .open(let profile, _) = plan.pacing, middle < profile.seconds { wanted = profile.rate(at: middle) }
        return LoadSecond(
            at: (at * 1_000).rounded() / 1_000, length: (length * 1_000).rounded() / 1_000, wanted: wanted,
            sent: interval.sent, accepted: interval.accepted, errors: interval.errors,
            p50: ms(interval.response.percentile(50)), p99: ms(interval.response.percentile(99)),
            max: ms(interval.response.maximum), underWay: reading.underWay, waiting: reading.waiting)
    }
}
