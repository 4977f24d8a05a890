import Glibc

/// A line chart as inline SVG. Its colours are the page's: classes `s1` to `s4` for series.
struct Chart {
    /// How values lie along an axis.
    enum Scale {
        /// From 0, or from the least value of x.
        case linear
        /// Each power of ten the same length.
        case logarithmic
        /// Percent, each nine the same length.
        case percentile
    }

    struct Series {
        enum Style: String {
            case line, area, dashed
        }

        var name: String
        /// 1 to 4: its colour.
        var color: Int
        var style = Style.line
        /// In the order of x.
        var points: [(x: Double, y: Double)]
    }

    /// Points of a series that are drawn at most: of more, the largest of each stretch.
    private static let maximumPoints = 500
    private static let size = (width: 900.0, height: 260.0)
    private static let margin = (left: 64.0, right: 16.0, top: 10.0, bottom: 34.0)

    var label: String
    var xLabel: String
    var xScale = Scale.linear
    var yScale = Scale.linear
    var series: [Series]
    var xText: (Double) -> String = { $0.short }
    var yText: (Double) -> String = { $0.short }

    /// Nothing where no series has two points.
    var svg: String {
        let drawn = series.map { series in
            var thinned = series
            thinned.points = Self.thinned(series.points.filter { $0.y.isFinite && (yScale == .linear || $0.y > 0) })
            return thinned
        }.filter { $0.points.count >= 2 }
        guard
            let x = Axis(values: drawn.flatMap { $0.points.map(\.x) }, xScale, from: Self.margin.left, to: Self.right),
            let y = Axis(values: drawn.flatMap { $0.points.map(\.y) }, yScale, from: Self.bottom, to: Self.margin.top)
        else { return "" }
        let figure =
            "<svg viewBox=\"0 0 \(Self.size.width.short) \(Self.size.height.short)\" role=\"img\" "
            + "aria-label=\"\(label.xmlEscaped)\">"
        return figure + grid(x, y) + drawn.map { path($0, x, y) }.joined() + "</svg>"
    }

    /// The names of the series with their colours.
    var legend: String {
        let items = series.map { series in
            "<span class=\"key\"><i class=\"k\(series.color) \(series.style.rawValue)\"></i>"
                + series.name.xmlEscaped + "</span>"
        }
        return "<p class=\"legend\">\(items.joined())</p>"
    }

    private static var right: Double { size.width - margin.right }
    private static var bottom: Double { size.height - margin.bottom }

    private func grid(_ x: Axis, _ y: Axis) -> String {
        var svg = ""
        for tick in y.ticks {
            let position = y.position(tick)
            svg += Self.line(from: (Self.margin.left, position), to: (Self.right, position))
            svg += Self.text("tick", "end", at: (Self.margin.left - 8, position + 4), yText(tick))
        }
        for tick in x.ticks {
            let position = x.position(tick)
            svg += Self.line(from: (position, Self.margin.top), to: (position, Self.bottom))
            svg += Self.text("tick", "middle", at: (position, Self.bottom + 16), xText(tick))
        }
        return svg
            + Self.text("axis", "middle", at: ((Self.margin.left + Self.right) / 2, Self.size.height - 3), xLabel)
    }

    private static func line(from: (x: Double, y: Double), to: (x: Double, y: Double)) -> String {
        "<line class=\"grid\" x1=\"\(from.x.short)\" y1=\"\(from.y.short)\" x2=\"\(to.x.short)\" y2=\"\(to.y.short)\"/>"
    }

    private static func text(_ kind: String, _ anchor: String, at: (x: Double, y: Double), _ text: String) -> String {
        "<text class=\"\(kind)\" text-anchor=\"\(anchor)\" x=\"\(at.x.short)\" y=\"\(at.y.short)\">\(text.xmlEscaped)</text>"
    }

    private func path(_ series: Series, _ x: Axis, _ y: Axis) -> String {
        let points = series.points.map { "\(x.position($0.x).short),\(y.position($0.y).short)" }.joined(separator: " ")
        switch series.style {
        case .line, .dashed:
            return "<polyline class=\"s\(series.color) \(series.style.rawValue)\" points=\"\(points)\"/>"
        case .area:
            guard let first = series.points.first, let last = series.points.last else { return "" }
            let base = Self.bottom.short
            return "<polygon class=\"s\(series.color) area\" points=\"\(x.position(first.x).short),\(base) \(points) "
                + "\(x.position(last.x).short),\(base)\"/>"
        }
    }

    /// At most `maximumPoints`: of each stretch the point with the largest y, so that no peak is lost.
    static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > maximumPoints else { return points }
        let each = (points.count + maximumPoints - 1) / maximumPoints
        return stride(from: 0, to: points.count, by: each).compactMap { start in
            points[start..<min(points.count, start + each)].max { $0.y < $1.y }
        }
    }
}

/// One axis: from values to positions in the picture.
private struct Axis {
    private let scale: Chart.Scale
    private let from: Double
    private let to: Double
    private let low: Double
    private let high: Double
    /// Values that get a line and a text.
    let ticks: [Double]

    /// Nil without values.
    init?(values: [Double], _ scale: Chart.Scale, from: Double, to: Double) {
        guard let least = values.min(), let most = values.max() else { return nil }
        self.scale = scale
        self.from = from
        self.to = to
        switch scale {
        case .linear:
            let top = most > 0 ? most : 1
            // A wide axis bears more ticks than a high one.
            let step = Self.step(top, ticks: from > to ? 5 : 10)
            low = 0
            high = from > to ? (top / step).rounded(.up) * step : max(top, least + 1e-9)
            let limit = high
            ticks = (0...11).map { Double($0) * step }.filter { $0 <= limit * 1.000_1 }
        case .logarithmic:
            let bottom = floor(log10(max(least, 1e-9)))
            let top = max(bottom + 1, ceil(log10(max(most, 1e-9))))
            (low, high) = (bottom, top)
            ticks = stride(from: bottom, through: top, by: 1).map { pow(10, $0) }
        case .percentile:
            let nines = Self.nines(values.filter { $0 < 100 }.max() ?? 90) + 0.15
            (low, high) = (0, nines)
            ticks = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter { Self.nines($0) <= nines }
        }
    }

    func position(_ value: Double) -> Double {
        let position: Double =
            switch scale {
            case .linear: value
            case .logarithmic: log10(max(value, 1e-9))
            case .percentile: value >= 100 ? high : Self.nines(value)
            }
        let share = high > low ? min(1, max(0, (position - low) / (high - low))) : 0
        return from + (to - from) * share
    }

    /// How many nines a percentile has: 90 one, 99 two.
    private static func nines(_ percent: Double) -> Double { log10(100 / max(1e-9, 100 - percent)) }

    /// 1, 2 or 5 times a power of ten, for at most so many ticks.
    private static func step(_ top: Double, ticks: Double) -> Double {
        let raw = top / ticks * 0.99
        let power = pow(10, floor(log10(raw)))
        let digit = raw / power
        return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power
    }
}
