package import SMPP

/// `smppost binds --check`: a short line, more below it, and an exit code for Nagios, Icinga or Zabbix (Monitoring Plugins Development Guidelines,
/// "Plugin Output for Nagios").
package struct BindsCheck: Hashable, Sendable {
    /// The raw value is the exit code.
    package enum Verdict: Int32, Hashable, Sendable, Comparable {
        case ok = 0
        case warning = 1
        case critical = 2
        case unknown = 3

        package static func < (left: Verdict, right: Verdict) -> Bool { left.rawValue < right.rawValue }

        fileprivate var word: String {
            switch self {
            case .ok: "OK"
            case .warning: "WARNING"
            case .critical: "CRITICAL"
            case .unknown: "UNKNOWN"
            }
        }
    }

    /// What the first line has at most, in characters: pagers and Nagios' list show no more.
    static let shortLine = 200

    package var verdict: Verdict
    /// The first is short and says all; below it each trouble, and after the last bar the figures.
    package var lines: [String]

    /// A required carrier that is down, tripped, paused for long or switched off is critical, as is a bridge that refuses every
    /// message; an optional carrier in any trouble is a warning, as is what refuses some messages, or the next start.
    package init(_ document: BindsDocument, language: Language = .en) {
        let carriers = document.carriers
        let verdicts = carriers.map(Self.verdict)
        let troubles = document.troubles ?? []
        let worst = (verdicts + troubles.map { $0.critical ? .critical : .warning }).max() ?? .unknown
        verdict = carriers.isEmpty ? max(worst, .unknown) : worst
        // Of the bridge first: then no carrier gets a message.
        let critical = troubles.filter(\.critical).map(\.shortPhrase)
        let others = troubles.filter { !$0.critical }.map(\.shortPhrase)
        let words = (critical + [document.headline] + others).map { $0[language] }.joined(separator: "; ")
        lines = [Self.first(verdict, words)]
        lines += troubles.map {
            Self.safe("\($0.critical ? Verdict.critical.word : Verdict.warning.word): \($0.phrase[language])")
        }
        let troubled = zip(carriers, verdicts).filter { $0.1 != .ok }.sorted { $0.1 > $1.1 }
        lines += troubled.flatMap { Self.details(of: $0.0, $0.1, language) }
        let up = carriers.reduce(0) { $0 + $1.binds.count { $0.state == BindState.bound.name } }
        let all = carriers.reduce(0) { $0 + $1.binds.count }
        var figures = carriers.map { Self.figures($0).joined(separator: " ") }
        if let locks = document.intake?.lockouts {
            figures.append("'locked_logins'=\(locks.login);;;0; 'locked_addresses'=\(locks.address);;;0;")
        }
        let last = CarrierWords.someUp.with(Phrase("\(up)"), Phrase("\(all)"))[language]
        lines.append(last + (figures.first.map { " | " + $0 } ?? ""))
        lines += figures.dropFirst()
    }

    /// A verdict that was reached without a document.
    package init(_ verdict: Verdict, _ words: String) {
        self.verdict = verdict
        lines = [Self.first(verdict, words)]
        if words.count > Self.shortLine { lines.append(Self.safe(words)) }
    }

    private static func first(_ verdict: Verdict, _ words: String) -> String {
        let line = safe("SMPPOST \(verdict.word) - \(words)")
        return line.count > shortLine ? line.prefix(shortLine - 1) + "…" : line
    }

    /// A line for the carrier, and one for each reason of its binds, with address and next step.
    private static func details(of carrier: BindsDocument.Carrier, _ verdict: Verdict, _ language: Language) -> [String]
    {
        let whole = [carrier.upWords, carrier.troubleWords].compactMap { $0?[language] }.joined(separator: "; ")
        var lines = [safe("\(verdict.word): \(carrier.name): \(whole)")]
        // What people did to all of them is told above.
        guard carrier.light != TrafficLight.off.rawValue else { return lines }
        var binds: [String: [String]] = [:]
        for bind in carrier.binds {
            if let why = bind.reason?[language] { binds[why, default: []].append(bind.name) }
        }
        for (why, names) in binds.sorted(by: { $0.value[0] < $1.value[0] }) {
            let names = CarrierWords.bindIs.with(Phrase(names.joined(separator: ", ")), Phrase(why))[language]
            lines.append(safe("  \(carrier.name): \(names)"))
        }
        return lines
    }

    /// A bar ends the words.
    private static func safe(_ words: String) -> String {
        words.replacing("|", with: "/").replacing("\n", with: " ")
    }

    private static func verdict(_ carrier: BindsDocument.Carrier) -> Verdict {
        switch TrafficLight(rawValue: carrier.light) {
        case .green: .ok
        case .yellow: .warning
        case .red, .off: carrier.required ? .critical : .warning
        case nil: .unknown
        }
    }

    /// `'main_up'=2;2:;1:;0;2` and the like: value, warning, critical, least, most.
    private static func figures(_ carrier: BindsDocument.Carrier) -> [String] {
        let binds = carrier.binds
        func sum(_ value: (BindsDocument.Bind) -> Int) -> Int { binds.reduce(0) { $0 + value($1) } }
        let flow = [
            carrier.queue.map { "'\(carrier.name)_queue'=\($0.messages);;;0;" },
            carrier.queue.map { "'\(carrier.name)_queue_wait'=\($0.wait)s;;;0;" },
            carrier.queue.map { "'\(carrier.name)_not_in_time'=\($0.notInTime)c" },
            carrier.pace?.current.map { "'\(carrier.name)_pace'=\($0);;;0;" },
        ]
        return [
            "'\(carrier.name)_up'=\(sum { $0.state == "bound" ? 1 : 0 });\(binds.count):;1:;0;\(binds.count)",
            "'\(carrier.name)_window'=\(sum(\.windowInUse));;;0;\(sum(\.windowSize))",
            "'\(carrier.name)_accepted'=\(sum(\.totals.accepted))c",
            "'\(carrier.name)_refused'=\(sum(\.totals.refused))c",
            "'\(carrier.name)_unknown'=\(sum(\.totals.unknown))c",
        ] + flow.compactMap(\.self)
    }
}
