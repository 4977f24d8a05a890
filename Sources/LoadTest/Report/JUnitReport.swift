/// The report as JUnit's XML: a test case for the run, for each threshold and for the audit.
enum JUnitReport {
    private struct Case {
        var name: String
        /// Nil: passed.
        var failure: String?
    }

    static func text(_ report: LoadReport) -> String {
        let cases = cases(report)
        let failures = cases.count { $0.failure != nil }
        let seconds = report.elapsed
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites tests=\"\(cases.count)\" failures=\"\(failures)\" time=\"\(seconds)\">",
            "  <testsuite name=\"smppost load\" tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" "
                + "time=\"\(seconds)\" timestamp=\"\(report.started.xmlEscaped)\">",
            "    <properties>",
        ]
        lines += properties(report).map {
            "      <property name=\"\($0.name.xmlEscaped)\" value=\"\($0.value.xmlEscaped)\"/>"
        }
        lines.append("    </properties>")
        for each in cases {
            let start = "    <testcase classname=\"smppost.load\" name=\"\(each.name.xmlEscaped)\" time=\"\(seconds)\""
            if let failure = each.failure {
                lines += [start + ">", "      <failure message=\"\(failure.xmlEscaped)\"/>", "    </testcase>"]
            } else {
                lines.append(start + "/>")
            }
        }
        let output = ReportText.lines(report).joined(separator: "\n").xmlEscaped
        lines += ["    <system-out>\(output)</system-out>", "  </testsuite>", "</testsuites>"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cases(_ report: LoadReport) -> [Case] {
        var cases = [Case(name: "messages were sent", failure: report.messages > 0 ? nil : "no message was sent")]
        cases += report.checks.map { check in
            Case(name: "not \(check.threshold)", failure: check.passed ? nil : "\(check.threshold): \(check.valueText)")
        }
        if let audit = report.audit {
            cases.append(
                Case(name: "audit", failure: audit.verdict == .clean ? nil : ReportFigures.verdict(audit)))
        }
        return cases
    }

    private static func properties(_ report: LoadReport) -> [LoadReport.Setting] {
        report.configuration + [
            .init("accepted per second", "\(report.acceptedPerSecond)"), .init("errors", "\(report.errors)"),
            .init("response p50 ms", "\(report.response.p50)"), .init("response p99 ms", "\(report.response.p99)"),
            .init("response max ms", "\(report.response.max)"), .init("processor", report.machine.processor),
            .init("cores", "\(report.machine.cores)"), .init("kernel", report.machine.kernel),
        ]
    }
}

extension String {
    /// Safe in XML's and HTML's text and quoted attributes; characters that XML has not become U+FFFD.
    var xmlEscaped: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t", "\r": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
