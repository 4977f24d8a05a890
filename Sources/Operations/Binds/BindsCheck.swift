/// `smppost binds --check`: one line and an exit code for Nagios, Icinga or Zabbix (Monitoring Plugins Development Guidelines,
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

    package var verdict: Verdict
    package var line: String

    /// A carrier that is down, tripped, or paused for long is critical; one in trouble or switched off is a warning, and critical where
    /// it is required. A login that is locked out and a quota that is used up are warnings: messages are refused.
    package init(_ document: BindsDocument) {
        let verdicts = document.carriers.map(Self.verdict)
        let refused = Self.refused(document)
        verdict = max(verdicts.max() ?? .unknown, refused.isEmpty ? .ok : .warning)
        let up = document.carriers.reduce(0) { $0 + $1.binds.count { $0.state == "bound" } }
        let all = document.carriers.reduce(0) { $0 + $1.binds.count }
        let troubled = zip(document.carriers, verdicts).filter { $0.1 != .ok }.map { "\($0.0.name): \($0.0.summary)" }
        let carriers =
            document.carriers.isEmpty
            ? ["there is no carrier"]
            : troubled.isEmpty ? ["\(up) of \(all) binds of \(document.carriers.count) carriers up"] : troubled
        let words = (carriers + refused).joined(separator: "; ")
        let locks = document.intake?.lockouts.map {
            ["'locked_logins'=\($0.login);;;0;", "'locked_addresses'=\($0.address);;;0;"]
        }
        let figures = document.carriers.flatMap(Self.figures) + (locks ?? [])
        // A bar ends the words.
        let safe = words.replacing("|", with: "/")
        line = "SMPPOST \(verdict.word) - \(safe)" + (figures.isEmpty ? "" : " | " + figures.joined(separator: " "))
    }

    /// A verdict that was reached without a document.
    package init(_ verdict: Verdict, _ words: String) {
        self.verdict = verdict
        line = "SMPPOST \(verdict.word) - \(words.replacing("|", with: "/"))"
    }

    /// Why messages are refused before they come to a carrier. Locked addresses are the internet's noise: a figure.
    private static func refused(_ document: BindsDocument) -> [String] {
        var words: [String] = []
        if let logins = document.intake?.lockouts?.login, logins > 0 {
            words.append(logins == 1 ? "a login is locked out" : "\(logins) logins are locked out")
        }
        let usedUp = (document.quotas ?? []).filter { $0.day?.left == 0 || $0.month?.left == 0 }.map(\.account)
        if !usedUp.isEmpty {
            let more = usedUp.count > 3 ? " and \(usedUp.count - 3) more" : ""
            words.append("the quota of \(usedUp.prefix(3).joined(separator: ", "))\(more) is used up")
        }
        return words
    }

    private static func verdict(_ carrier: BindsDocument.Carrier) -> Verdict {
        switch TrafficLight(rawValue: carrier.light) {
        case .green: .ok
        case .yellow: .warning
        case .red: .critical
        case .off: carrier.required ? .critical : .warning
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
