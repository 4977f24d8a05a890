/// The parts of the page, each empty where there is nothing to tell.
enum HTMLSections {
    static func verdict(_ report: LoadReport) -> String {
        let word = report.passed && report.messages > 0 ? "passed" : "failed"
        let facts =
            [report.shape, "\(report.elapsed.short) s", report.started] + (report.interrupted ? ["stopped early"] : [])
        return """
            <header><div><h1>\(report.target.xmlEscaped)</h1>\
            <div class="soft">\(facts.joined(separator: " · ").xmlEscaped)</div></div>\
            <div class="badge\(word == "passed" ? "" : " bad")">\(word)</div></header>
            """
    }

    static func tiles(_ report: LoadReport, _ old: LoadReport?) -> String {
        func tile(_ name: String, _ value: (LoadReport) -> String) -> (String, String) {
            (value(report), name + (old.map { ", before " + value($0) } ?? ""))
        }
        var tiles = [
            tile("accepted") { "\($0.acceptedPerSecond.short)/s" },
            tile("p50 response") { ReportFigures.time($0.response.p50) },
            tile("p99 response") { ReportFigures.time($0.response.p99) },
            tile("longest") { ReportFigures.time($0.response.max) },
            tile("messages") { "\($0.messages)" },
            tile("errors, \(report.errorPercent.short) %") { "\($0.errors)" },
        ]
        if let receipts = report.receipts {
            tiles.append(("\(receipts.missing)", "receipts missing of \(receipts.expected)"))
        }
        if let audit = report.audit { tiles.append((auditWord(audit), "audit of \(audit.received) received")) }
        let cells = tiles.map { "<div class=\"tile\"><b>\($0.0.xmlEscaped)</b><span>\($0.1.xmlEscaped)</span></div>" }
        return "<div class=\"tiles\">\(cells.joined())</div>"
    }

    static func checks(_ report: LoadReport) -> String {
        guard !report.checks.isEmpty else { return "" }
        let rows = report.checks.map { check in
            "<tr><td><code>\(check.threshold.xmlEscaped)</code></td><td class=\"n\">\(check.valueText.xmlEscaped)</td>"
                + "<td class=\"\(check.passed ? "good" : "bad")\">\(check.passed ? "held" : "failed")</td></tr>"
        }
        return section("Fails if", table(["condition", "#measured", ""], rows))
    }

    static func steps(_ report: LoadReport) -> String {
        guard let steps = report.steps else { return "" }
        let rows = steps.map { step in
            let times = [step.p50, step.p99, step.max].map { $0.map(ReportFigures.time) ?? "" }
            let cells =
                ["\(step.rate.short)/s", "\(step.messages)", "\(step.accepted)", "\(step.errors)"] + times
            return "<tr>" + cells.map { "<td class=\"n\">\($0.xmlEscaped)</td>" }.joined()
                + "<td class=\"\(step.failed == nil ? "good" : "bad")\">"
                + (step.failed.map { "failed: \($0)".xmlEscaped } ?? "held") + "</td></tr>"
        }
        let heads = ["#rate", "#messages", "#accepted", "#errors", "#p50", "#p99", "#max", ""]
        return section("Steps: \(ReportFigures.highestHeld(report))", table(heads, rows))
    }

    static func comparison(_ report: LoadReport) -> String {
        guard let comparison = report.comparison else { return "" }
        let rows = comparison.figures.map { figure in
            let cells = ReportFigures.cells(figure).map(\.xmlEscaped)
            return "<tr><td>\(cells[0])</td>" + cells.dropFirst().map { "<td class=\"n\">\($0)</td>" }.joined()
                + "</tr>"
        }
        let from = "\(comparison.target), \(comparison.shape), \(comparison.started)".xmlEscaped
        return section(
            "Beside an older run",
            "<p class=\"soft\">\(from)</p>" + table(["", "#before", "#now", "#change"], rows))
    }

    // MARK: Times

    static func latencies(_ report: LoadReport, _ old: LoadReport?) -> String {
        var rows: [(String, LoadReport.Latency)] = [("response", report.response), ("service", report.service)]
        if let delay = report.receipts?.delay { rows.append(("receipt", delay)) }
        if let old { rows += [("response before", old.response), ("service before", old.service)] }
        let cells = rows.map { name, times in
            let values = [
                times.min, times.mean, times.p50, times.p90, times.p95, times.p99, times.p999, times.p9999, times.max,
            ]
            return "<tr><td>\(name)</td>"
                + values.map { "<td class=\"n\">\(ReportFigures.time($0).xmlEscaped)</td>" }.joined() + "</tr>"
        }
        let heads = ["", "#min", "#mean", "#p50", "#p90", "#p95", "#p99", "#p99.9", "#p99.99", "#max"]
        return section("Times", table(heads, cells))
    }

    // MARK: What became of the messages

    static func outcomes(_ report: LoadReport, _ old: LoadReport?) -> String {
        let rows = LoadOutcome.allCases.compactMap { outcome -> String? in
            let (count, before) = (report.count(outcome), old?.count(outcome))
            guard count > 0 || (before ?? 0) > 0 else { return nil }
            let beforeCell = before.map { "<td class=\"n soft\">\($0)</td>" } ?? ""
            return "<tr><td>\(outcome.name)</td><td class=\"n\">\(count)</td>"
                + "<td class=\"n\">\(ReportFigures.percent(count, of: report.messages))</td>\(beforeCell)</tr>"
        }
        let faults = report.faults.prefix(LoadLimits.listed).map { fault in
            "<tr><td>\(fault.text.xmlEscaped)</td><td class=\"n\">\(fault.count)</td></tr>"
        }
        var body = table(["outcome", "#messages", "#share"] + (old == nil ? [] : ["#before"]), rows)
        if !faults.isEmpty { body += "<h3>Not accepted</h3>" + table(["answer", "#messages"], faults) }
        let connections = report.connections
        body +=
            "<p class=\"soft\">\(connections.wanted) connections, \(connections.lost) lost, "
            + "\(connections.failures) attempts failed"
            + (connections.failures > 0 ? connections.lastFailure.map { ": " + $0.xmlEscaped } ?? "" : "") + ".</p>"
        return section("Outcomes", body)
    }

    static func receipts(_ report: LoadReport) -> String {
        guard let receipts = report.receipts else { return "" }
        var rows = [
            ("expected", receipts.expected), ("matched", receipts.matched), ("missing", receipts.missing),
            ("repeated", receipts.duplicates), ("of no message of this run", receipts.unmatched),
        ]
        rows += receipts.states.sorted { $0.key < $1.key }.map { ("matched: " + $0.key, $0.value) }
        let cells = rows.map { "<tr><td>\($0.0.xmlEscaped)</td><td class=\"n\">\($0.1)</td></tr>" }
        var body = table(["receipts", "#count"], cells)
        if !receipts.missingList.isEmpty {
            body +=
                "<details><summary>missing, the first \(receipts.missingList.count)</summary><pre>"
                + receipts.missingList.joined(separator: "\n").xmlEscaped + "</pre></details>"
        }
        return section("Receipts", body)
    }

    static func audit(_ report: LoadReport) -> String {
        guard let audit = report.audit else { return "" }
        let color = audit.verdict == .clean ? "good" : "bad"
        var body = "<p class=\"\(color)\">\(ReportFigures.verdict(audit).xmlEscaped)</p>"
        let kinds = AuditReport.Kind.allCases.map { kind in
            "<tr><td>\(ReportFigures.words(kind).xmlEscaped)</td><td class=\"n\(audit.count(kind) > 0 ? " bad" : "")\">"
                + "\(audit.count(kind))</td></tr>"
        }
        body += table(["what", "#messages"], kinds)
        body +=
            "<p class=\"soft\">\(audit.lines) submits recorded, of which \(audit.refusedLines) were refused and "
            + "\(audit.foreignLines) are not of this run. Of the messages without a known end, "
            + "\(audit.doubtfulReceived) were received and \(audit.doubtfulMissing) were not.</p>"
        if !audit.findings.isEmpty {
            let rows = audit.findings.map {
                "<tr><td>\(ReportFigures.words($0.kind).xmlEscaped)</td><td><code>\($0.marker.xmlEscaped)</code></td>"
                    + "<td>\($0.detail.xmlEscaped)</td></tr>"
            }
            body +=
                "<details><summary>the first \(audit.findings.count) of \(audit.total)</summary>"
                + table(["what", "mark in the text", "how"], rows) + "</details>"
        }
        return section("Audit: what the carrier received", body)
    }

    // MARK: Circumstances

    static func circumstances(_ report: LoadReport, _ old: LoadReport?) -> String {
        var body = "<div class=\"pair\"><div>\(machine("Driver's machine", report))</div>"
        if let old { body += "<div>\(machine("Driver's machine before", old))</div>" }
        body += "<div>\(settings("Driver", report.configuration))</div>"
        if let old { body += "<div>\(settings("Driver before", old.configuration))</div>" }
        body += "</div>"
        for (title, text) in [
            ("The bridge's carriers and binds at the start", report.targetConfiguration),
            ("The simulator's counters at the end", report.carrierCounters),
            ("The bridge's carriers and binds before", old?.targetConfiguration),
        ] {
            guard let text else { continue }
            body += "<details><summary>\(title)</summary><pre>\(PrettyJSON.text(text).xmlEscaped)</pre></details>"
        }
        return section("Machine and configuration", body)
    }

    private static func machine(_ title: String, _ report: LoadReport) -> String {
        let (machine, driver) = (report.machine, report.driver)
        return settings(
            title,
            [
                .init("processor", machine.processor), .init("cores", "\(machine.cores)"),
                .init("memory", ReportFigures.bytes(machine.memoryBytes)), .init("kernel", machine.kernel),
                .init("driver's CPU a message", "\(driver.cpuMicrosecondsPerMessage.short) µs"),
                .init("driver's cores in use", driver.cores.short),
                .init("driver's peak memory", ReportFigures.bytes(driver.peakMemoryBytes)),
                .init("latest start of a message", ReportFigures.time(driver.latestStart)),
            ])
    }

    private static func settings(_ title: String, _ settings: [LoadReport.Setting]) -> String {
        let rows = settings.map {
            "<tr><td class=\"soft\">\($0.name.xmlEscaped)</td><td>\($0.value.xmlEscaped)</td></tr>"
        }
        return "<h3>\(title)</h3>" + table([], rows)
    }

    // MARK: Pieces

    /// A card of the page.
    static func section(_ title: String, _ body: String) -> String {
        "<section><h2>\(title)</h2>\(body)</section>"
    }

    /// A table; a head that begins with `#` is of numbers.
    private static func table(_ heads: [String], _ rows: [String]) -> String {
        let head = heads.map { name in
            name.hasPrefix("#") ? "<th class=\"n\">\(name.dropFirst())</th>" : "<th>\(name)</th>"
        }.joined()
        return "<div class=\"scroll\"><table>" + (heads.isEmpty ? "" : "<thead><tr>\(head)</tr></thead>")
            + "<tbody>\(rows.joined())</tbody></table></div>"
    }

    private static func auditWord(_ audit: AuditReport) -> String {
        switch audit.verdict {
        case .clean: "clean"
        case .faults: "\(audit.total) faults"
        case .incomplete: "incomplete"
        }
    }
}
