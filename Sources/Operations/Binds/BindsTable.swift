/// `smppost binds`: carriers and binds as lines of a terminal.
package struct BindsTable: Sendable {
    /// How the lines are shown.
    package struct Style: Hashable, Sendable {
        /// Escape sequences of ECMA-48 §8.3.117 (SGR) for colours.
        package var isColoured: Bool
        /// Longer lines are cut; nil = never.
        package var columns: Int?

        package init(isColoured: Bool = false, columns: Int? = nil) {
            self.isColoured = isColoured
            self.columns = columns
        }
    }

    private enum Colour: String {
        case green = "32"
        case yellow = "33"
        case red = "31"
        case dim = "2"
        case bold = "1"
    }

    private static let titles = [
        "", "BIND", "KIND", "STATE", "FOR", "WINDOW", "RATE", "P95", "LINK", "ACCEPTED", "REFUSED", "UNKNOWN", "WHY",
    ]

    private let document: BindsDocument
    private let style: Style

    package init(_ document: BindsDocument, style: Style = Style()) {
        self.document = document
        self.style = style
    }

    /// Without line breaks.
    package var lines: [String] {
        let rows = document.carriers.map { $0.binds.map(Self.cells) }
        let widths = Self.titles.indices.map { column in
            max(Self.titles[column].count, rows.joined().map { $0[column].count }.max() ?? 0)
        }
        var lines = [colour(.dim, cut(Self.join(Self.titles, widths)))]
        for (carrier, rows) in zip(document.carriers, rows) {
            let word = Self.word(carrier.light)
            let required = carrier.required ? " (required)" : ""
            let head = cut("\(carrier.name)\(required)  \(word)  \(carrier.summary)")
            lines.append(colour(Self.colour(carrier.light), head))
            if let flow = Self.flow(carrier) { lines.append(cut("  " + flow)) }
            for (bind, row) in zip(carrier.binds, rows) {
                let line = cut(Self.join(row, widths))
                lines.append(bind.trouble == nil ? line : colour(bind.state == "bound" ? .yellow : .red, line))
            }
        }
        return lines
    }

    /// `pace 12.4/s of 30/s, 5 wait 0.4s, 12 not in time`; nil where there is nothing to tell.
    private static func flow(_ carrier: BindsDocument.Carrier) -> String? {
        var parts: [String] = []
        if let pace = carrier.pace, let now = pace.current ?? pace.configured {
            let limit = pace.configured.map { now < $0 ? " of \(short($0))/s" : "" } ?? ", learnt"
            parts.append("pace \(short(now))/s\(limit)")
        }
        if let queue = carrier.queue {
            if queue.messages > 0 { parts.append("\(queue.messages) wait \(time(queue.wait))") }
            if queue.notInTime > 0 { parts.append("\(queue.notInTime) not in time") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private static func cells(_ bind: BindsDocument.Bind) -> [String] {
        let waiting = bind.waiting > 0 ? "+\(bind.waiting)" : ""
        return [
            "", bind.name, bind.kind, bind.state, span(bind.downFor ?? bind.since),
            "\(bind.windowInUse)/\(bind.windowSize)\(waiting)",
            "\(short(bind.rate))/\(bind.rateLimit.map(short) ?? "-")", time(bind.responseP95),
            time(bind.enquireLinkRtt), "\(bind.totals.accepted)", "\(bind.totals.refused)", "\(bind.totals.unknown)",
            bind.lastError ?? bind.trouble ?? "",
        ]
    }

    private static func join(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        let line = padded.joined(separator: "  ")
        return String(line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
    }

    /// `45s`, `3m12s`, `5h10m`, `3d4h`.
    package static func span(_ seconds: Double) -> String {
        let all = Int(max(0, min(seconds, 1e11)))
        let (days, hours, minutes, rest) = (all / 86_400, all / 3600 % 24, all / 60 % 60, all % 60)
        if days > 0 { return "\(days)d\(hours)h" }
        if hours > 0 { return "\(hours)h\(minutes)m" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }

    private static func time(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        return seconds < 1 ? "\(short(seconds * 1000))ms" : "\(short(seconds))s"
    }

    /// One digit after the point, and none where it is 0.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return Int(exactly: rounded).map(String.init) ?? String(rounded)
    }

    private static func word(_ light: String) -> String {
        switch TrafficLight(rawValue: light) {
        case .green: "UP"
        case .yellow: "TROUBLE"
        case .red: "DOWN"
        case .off: "OFF"
        case nil: light.uppercased()
        }
    }

    private static func colour(_ light: String) -> Colour {
        switch TrafficLight(rawValue: light) {
        case .green: .green
        case .yellow: .yellow
        case .red: .red
        case .off, nil: .bold
        }
    }

    private func cut(_ line: String) -> String {
        guard let columns = style.columns, line.count > columns else { return line }
        return line.prefix(max(0, columns - 1)) + "…"
    }

    private func colour(_ colour: Colour, _ text: String) -> String {
        style.isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
