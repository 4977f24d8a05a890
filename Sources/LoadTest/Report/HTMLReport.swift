/// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
enum HTMLReport {
    /// - Parameter old: another run that stands beside this one.
    static func text(_ report: LoadReport, comparedWith old: LoadReport? = nil) -> String {
        let sections = [
            HTMLSections.verdict(report), HTMLSections.tiles(report, old), HTMLSections.checks(report),
            HTMLSections.steps(report), HTMLSections.comparison(report), HTMLPlots.percentiles(report, old),
            HTMLSections.latencies(report, old), HTMLPlots.overTime(report, old),
            HTMLSections.outcomes(report, old), HTMLSections.receipts(report), HTMLSections.audit(report),
            HTMLSections.circumstances(report, old),
        ]
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>smppost load: \(report.target.xmlEscaped)</title>
            <style>\(HTMLStyle.sheet)</style>
            </head>
            <body>
            <main>
            \(sections.joined(separator: "\n"))
            <footer>smppost load, report version \(report.smppostLoad). Response times count from the time at which a message \
            was to be sent, so that a stall of the target is seen by every message that it held up.</footer>
            </main>
            </body>
            </html>

            """
    }
}

/// The page's looks.
enum HTMLStyle {
    static let sheet = """
        :root{--page:#f6f7f9;--card:#fff;--text:#1c2330;--soft:#5d6675;--line:#dfe3ea;--good:#18794e;--bad:#c62a2f;
        --c1:#2563eb;--c2:#d9730d;--c3:#8e4ec6;--c4:#0f9d76}
        @media (prefers-color-scheme:dark){:root{--page:#11151c;--card:#1a2029;--text:#e6e9ef;--soft:#98a2b3;--line:#303846;
        --good:#4cc38a;--bad:#ff6b70;--c1:#6ea8ff;--c2:#ffa057;--c3:#c79bf2;--c4:#4fd1a5}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
        main{max-width:1000px;margin:0 auto;padding:28px 20px 48px}
        h1{font-size:24px;margin:0 0 4px;overflow-wrap:anywhere}
        h2{font-size:17px;margin:0 0 10px}
        section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin-top:16px}
        header{display:flex;flex-wrap:wrap;gap:8px 20px;align-items:flex-start;justify-content:space-between}
        .soft,footer,.legend,.tick,.axis{color:var(--soft)}
        footer{margin-top:20px;font-size:13px}
        .badge{border-radius:999px;padding:4px 16px;font-weight:600;color:#fff;background:var(--good)}
        .badge.bad{background:var(--bad);color:#fff}
        @media (prefers-color-scheme:dark){.badge,.badge.bad{color:#11151c}}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:12px;margin-top:16px}
        .tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
        .tile b{display:block;white-space:nowrap;font-size:24px;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.3}
        .tile span{font-size:13px;color:var(--soft)}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-weight:600;color:var(--soft);font-size:13px}
        td.n,th.n{text-align:right;white-space:nowrap}
        tr:last-child td{border-bottom:0}
        .scroll{overflow-x:auto}
        @media (max-width:560px){.tiles{grid-template-columns:1fr 1fr}.tile b{font-size:19px}.scroll svg{width:700px}}
        .good{color:var(--good)}.bad{color:var(--bad)}td.good,td.bad{font-weight:600}
        svg{width:100%;height:auto;display:block}
        svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
        .grid{stroke:var(--line);stroke-width:1}
        polyline{fill:none;stroke-width:2;stroke-linejoin:round}
        .dashed{stroke-dasharray:6 4}
        .s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}
        .area{fill-opacity:.18;stroke-width:1.5}.s1.area{fill:var(--c1)}.s2.area{fill:var(--c2)}
        .s3.area{fill:var(--c3)}.s4.area{fill:var(--c4)}
        .legend{margin:0 0 6px;font-size:13px}.key{margin-right:18px;white-space:nowrap}
        .key i{display:inline-block;width:18px;border-top:3px solid;margin-right:7px;vertical-align:middle}
        .key i.dashed{border-top-style:dashed}
        .k1{border-color:var(--c1)!important}.k2{border-color:var(--c2)!important}.k3{border-color:var(--c3)!important}
        .k4{border-color:var(--c4)!important}
        .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:16px 32px}
        h3{font-size:14px;margin:16px 0 4px}h3:first-child{margin-top:0}
        pre{overflow:auto;max-height:420px;font-size:12px;background:var(--page);border-radius:6px;padding:10px;margin:8px 0 0}
        summary{cursor:pointer}code{font-size:13px}
        """
}
