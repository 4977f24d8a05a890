/// The page's plots.
enum HTMLPlots {
    private typealias Point = (x: Double, y: Double)

    /// The distributions, each nine of a percentile as wide as the one before.
    static func percentiles(_ report: LoadReport, _ old: LoadReport?) -> String {
        func points(_ latency: LoadReport.Latency) -> [Point] { latency.curve.map { ($0.percent, $0.ms) } }
        var series = [
            Chart.Series(name: "response, from the intended start", color: 1, points: points(report.response)),
            Chart.Series(name: "service, from the actual start", color: 2, points: points(report.service)),
        ]
        if let old {
            series.append(.init(name: "response before", color: 3, style: .dashed, points: points(old.response)))
            series.append(.init(name: "service before", color: 4, style: .dashed, points: points(old.service)))
        }
        var chart = Chart(
            label: "Times by percentile", xLabel: "percent of the messages", xScale: .percentile, yScale: .logarithmic,
            series: series)
        chart.xText = { $0.precise }
        chart.yText = { ReportFigures.time($0) }
        return section("Times by percentile", chart)
    }

    /// Rate, response times and what is under way, second by second.
    static func overTime(_ report: LoadReport, _ old: LoadReport?) -> String {
        let rates = Chart(label: "Rate over time", xLabel: "seconds", series: rates(report, old))
        var times = Chart(
            label: "Response times over time", xLabel: "seconds", yScale: .logarithmic, series: times(report, old))
        times.yText = { ReportFigures.time($0) }
        let open = Chart(
            label: "Messages under way", xLabel: "seconds",
            series: [
                .init(
                    name: "under way", color: 1, style: .area, points: points(report.series) { Double($0.underWay) }),
                .init(name: "waiting for a connection", color: 2, points: points(report.series) { Double($0.waiting) }),
            ])
        return section("Rate", rates) + section("Response times over time", times) + section("Under way", open)
    }

    private static func rates(_ report: LoadReport, _ old: LoadReport?) -> [Chart.Series] {
        let rows = report.series
        var series: [Chart.Series] = [
            .init(name: "accepted a second", color: 1, style: .area, points: points(rows) { rate($0.accepted, $0) })
        ]
        if rows.contains(where: { $0.wanted != nil }) {
            let wanted = points(rows) { $0.wanted }
            series.append(.init(name: "wanted", color: 4, style: .dashed, points: wanted))
        }
        if report.errors > 0 {
            series.append(.init(name: "errors", color: 2, points: points(rows) { rate($0.errors, $0) }))
        }
        if let old {
            let before = points(old.series) { rate($0.accepted, $0) }
            series.append(.init(name: "accepted before", color: 3, style: .dashed, points: before))
        }
        return series
    }

    private static func times(_ report: LoadReport, _ old: LoadReport?) -> [Chart.Series] {
        var series: [Chart.Series] = [
            .init(name: "longest", color: 2, points: points(report.series) { $0.max }),
            .init(name: "p99", color: 1, points: points(report.series) { $0.p99 }),
            .init(name: "p50", color: 4, points: points(report.series) { $0.p50 }),
        ]
        if let old {
            series.append(.init(name: "p99 before", color: 3, style: .dashed, points: points(old.series) { $0.p99 }))
        }
        return series
    }

    private static func points(_ rows: [LoadSecond], _ value: (LoadSecond) -> Double?) -> [Point] {
        rows.compactMap { row in value(row).map { (row.at, $0) } }
    }

    /// A short last row says little about a rate.
    private static func rate(_ count: Int, _ row: LoadSecond) -> Double? {
        row.length > 0.2 ? Double(count) / row.length : nil
    }

    private static func section(_ title: String, _ chart: Chart) -> String {
        chart.svg.isEmpty ? "" : HTMLSections.section(title, chart.legend + "<div class=\"scroll\">\(chart.svg)</div>")
    }
}

extension Double {
    /// Up to four decimals: `99.99`.
    fileprivate var precise: String {
        let text = String((self * 10_000).rounded() / 10_000)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
