import SMPP

/// Reads `statuses:` of a carrier: what it means by a `command_status`.
enum StatusReading {
    /// The overrides, by code. A code's HTTP status follows its class, so that a reply never contradicts itself.
    static func overrides(_ reader: MappingReader) -> [CommandStatus: StatusOverride] {
        var overrides: [CommandStatus: StatusOverride] = [:]
        let section = reader.section("statuses")
        for entry in section.allEntries() {
            guard let status = code(entry.key) else {
                reader.log.problem(
                    "a status is written as \"0x00000400\", from 0x00000001 to 0xFFFFFFFF, not \(entry.key.shownKey)",
                    at: entry.place)
                continue
            }
            let row = MappingReader(
                entry.value, path: "\(section.path).status", place: entry.place, log: reader.log, called: status.hex)
            let override = override(of: status, row)
            if overrides.updateValue(override, forKey: status) != nil {
                reader.log.problem("\(status.hex) stands twice in \"statuses\"", at: entry.place)
            }
        }
        return overrides
    }

    private static func code(_ key: String) -> CommandStatus? {
        let digits = key.dropFirst(2)
        guard key.hasPrefix("0x"), (1...8).contains(digits.utf8.count), digits.first != "+", digits.first != "-",
            let value = UInt32(digits, radix: 16), value != 0
        else { return nil }
        return CommandStatus(rawValue: value)
    }

    private static func override(of status: CommandStatus, _ row: MappingReader) -> StatusOverride {
        var override = StatusOverride()
        override.statusClass = row.optionalChoice(
            "class", ["REQ": .request, "CFG": .configuration, "BIND": .bind, "TMP": .temporary, "REF": .refused])
        let standard = StatusTable.standard.row(for: status)
        let statusClass = override.statusClass ?? standard.statusClass
        if override.statusClass != nil, statusClass != standard.statusClass {
            override.http = allowed(statusClass)[0]
        }
        if row.has("http") {
            let list = allowed(statusClass).map(String.init).joined(separator: " or ")
            override.http = row.value("http").flatMap { node in
                row.scalar(
                    node, named: "http", wanted: "\(list) where the class is \(statusClass.rawValue)", plain: true
                ) { text in
                    MappingReader.wholeNumber(text).flatMap { allowed(statusClass).contains($0) ? $0 : nil }
                }
            }
        }
        override.retry = retry(row)
        override.russian = text("ru", row)
        override.english = text("en", row)
        row.finish()
        return override
    }

    /// The HTTP statuses that tell the truth about a class, the usual one first.
    private static func allowed(_ statusClass: StatusClass) -> [Int] {
        switch statusClass {
        case .ok: [200]
        case .request: [422, 403]
        case .configuration, .refused: [502, 422, 403]
        case .bind, .temporary: [503]
        }
    }

    private static func retry(_ row: MappingReader) -> BridgeRetry? {
        guard let node = row.value("retry") else { return nil }
        if case .mapping = node.content {
            let section = row.section("retry")
            let times = section.integer("times", in: 1...5, default: 1)
            let after = section.duration("after", in: .milliseconds(100)...(.seconds(10)), default: .seconds(1))
            section.finish()
            return .times(times, after: after)
        }
        return row.scalar(
            node, named: "retry", wanted: "never, other_bind, bind_backoff or { times: 2, after: 1s }"
        ) { text in
            switch text {
            case "never": .never
            case "other_bind": .otherBindOnce
            case "bind_backoff": .afterBindBackoff
            default: nil
            }
        }
    }

    /// A text of a reply's body: one line, short, and harmless where it is shown as HTML.
    private static func text(_ key: String, _ row: MappingReader) -> String? {
        guard let text = row.optionalString(key) else { return nil }
        let place = row.place(of: key)
        if text.isEmpty || text.count > 150 {
            row.log.problem("\"\(key)\" must have 1 to 150 characters", at: place)
        }
        if text.contains(where: { "<>&".contains($0) }) {
            row.log.problem("\"\(key)\" must be without <, > and &", at: place)
        }
        return text
    }
}
