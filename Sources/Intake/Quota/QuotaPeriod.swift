import Foundation

/// What an account's quota is counted by. The raw values are stable names.
package enum QuotaPeriod: String, Sendable, Hashable, CaseIterable {
    case day
    case month

    /// The day or month of a zone that a moment is in.
    /// - Parameter moment: milliseconds since 1970, as the result.
    func span(at moment: UInt64, in zone: TimeZone) -> Range<UInt64> {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let component: Calendar.Component =
            switch self {
            case .day: .day
            case .month: .month
            }
        let date = Date(timeIntervalSince1970: Double(moment) / 1000)
        guard let interval = calendar.dateInterval(of: component, for: date) else { return moment..<moment + 1 }
        let start = UInt64(max(0, interval.start.timeIntervalSince1970 * 1000))
        return start..<max(start + 1, UInt64(max(0, interval.end.timeIntervalSince1970 * 1000)))
    }
}

/// What was sent in the current day or month.
struct QuotaCount: Equatable {
    let period: QuotaPeriod
    /// Milliseconds since 1970.
    private(set) var span: Range<UInt64>
    private(set) var used = 0
    /// The one before: a clock may be put back.
    private var last: QuotaSpanCount?

    /// The period that `now` is in, nothing sent yet.
    init(_ period: QuotaPeriod, at now: UInt64, in zone: TimeZone) {
        self.period = period
        span = period.span(at: now, in: zone)
    }

    /// Goes on to the period that `now` is in. A clock that is put back gives nobody a fresh quota: what was counted in the period
    /// that it had come to counts on, and what was counted before that, too.
    mutating func move(to now: UInt64, in zone: TimeZone) {
        if span.contains(now) { return }
        if now >= span.upperBound {
            last = QuotaSpanCount(span: span, used: used)
            used = 0
        } else {
            used += last?.used ?? 0
            last = nil
        }
        span = period.span(at: now, in: zone)
    }

    mutating func add(_ messages: Int = 1) { used += messages }

    /// A message of the span that began then was not sent.
    mutating func giveBack(start: UInt64) {
        if start == span.lowerBound {
            used = max(0, used - 1)
        } else if let last, start == last.span.lowerBound {
            self.last = QuotaSpanCount(span: last.span, used: max(0, last.used - 1))
        }
    }
}

/// What was sent in an earlier day or month.
private struct QuotaSpanCount: Equatable {
    var span: Range<UInt64>
    var used: Int
}
