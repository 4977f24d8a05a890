/// Progress for people.
package enum ProgressText {
    /// One line of plain text.
    package static func line(_ progress: LoadProgress) -> String {
        switch progress {
        case .connecting(let count, let all): return "connecting: \(count) of \(all)"
        case .draining(let count): return "waiting for \(count) answers"
        case .receipts(let count): return "waiting for \(count) receipts"
        case .auditing: return "reading what the carrier received"
        case .second(let row, let errors, let left):
            let rate = row.length > 0 ? Double(row.accepted) / row.length : 0
            var line = "\(clock(row.at))  \(Int(rate.rounded()))/s"
            if let p50 = row.p50, let p99 = row.p99 {
                line += "  p50 \(ReportFigures.time(p50))  p99 \(ReportFigures.time(p99))"
            }
            line += "  in flight \(row.underWay)"
            if row.waiting > 0 { line += "  waiting \(row.waiting)" }
            line += "  errors \(errors)"
            return left > 0 ? line + "  left \(clock(left))" : line
        }
    }

    /// `1:05`, `1:00:05`.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = whole / 60 % 60
        return whole >= 3_600
            ? "\(whole / 3_600):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }
}
