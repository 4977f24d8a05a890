extension MappingReader {
    /// Any text in one line, without control characters; `fallback` where the key is missing. `limit` counts UTF-8
    /// octets.
    func string(_ key: String, default fallback: String, limit: Int = 4096) -> String {
        optionalString(key, limit: limit) ?? fallback
    }

    /// The same for a key that must be there and not be empty; an empty string after a report.
    func requiredString(_ key: String, limit: Int = 4096) -> String {
        guard has(key) else {
            missing(key)
            return ""
        }
        guard let text = optionalString(key, limit: limit) else { return "" }
        if text.isEmpty { log.problem("\"\(key)\" is empty", at: place(of: key)) }
        return text
    }

    /// The same where a missing key has a meaning of its own.
    func optionalString(_ key: String, limit: Int = 4096, secret: Bool = false) -> String? {
        guard let node = value(key) else { return nil }
        return text(of: node, named: key, limit: limit, secret: secret)
    }

    /// The text of a node that is known by `name` in messages; nil after a report.
    func text(of node: YAMLNode, named name: String, limit: Int = 4096, secret: Bool = false) -> String? {
        switch node.content {
        case .broken: return nil
        case .sequence, .mapping:
            log.problem("\"\(name)\" must be text, not \(node.found(secret: secret))", at: node.place)
            return nil
        case .scalar(let text, _):
            if node.isNull {
                log.problem("\"\(name)\" has no value; give it one or remove the key", at: node.place)
                return nil
            }
            if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                log.problem("\"\(name)\" must be one line without control characters", at: node.place)
                return nil
            }
            if text.utf8.count > limit {
                log.problem("\"\(name)\" is longer than \(limit) octets", at: node.place)
                return nil
            }
            return text
        }
    }

    /// A whole number, decimal or `0x` hexadecimal, without quotes.
    func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        optionalInteger(key, in: range) ?? fallback
    }

    /// The same where a missing key has a meaning of its own.
    func optionalInteger(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = value(key) else { return nil }
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return scalar(node, named: key, wanted: wanted, plain: true) { text in
            Self.wholeNumber(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// `true` or `false`, without quotes.
    func flag(_ key: String, default fallback: Bool) -> Bool {
        guard let node = value(key) else { return fallback }
        return scalar(node, named: key, wanted: "true or false", plain: true) { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        } ?? fallback
    }

    /// A duration with its unit.
    func duration(_ key: String, in range: ClosedRange<Duration>, default fallback: Duration) -> Duration {
        optionalDuration(key, in: range) ?? fallback
    }

    /// The same where a missing key has a meaning of its own.
    func optionalDuration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let node = value(key) else { return nil }
        let bounds = "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        return scalar(node, named: key, wanted: "a duration from \(bounds), a number with ms, s, m, h or d") { text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A size in bytes.
    func size(_ key: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        guard let node = value(key) else { return fallback }
        let bounds = "\(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))"
        return scalar(node, named: key, wanted: "a size from \(bounds), a number of bytes or with KiB or MiB") { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? fallback
    }

    /// A rate per second; nil where the key is missing.
    func rate(_ key: String) -> Double? {
        guard let node = value(key) else { return nil }
        return scalar(
            node, named: key, wanted: "a rate like 30/s, 600/m or 3000/h, from 0.001 to 100000 per second",
            RateText.parse)
    }

    /// One of a few words.
    func choice<Value>(_ key: String, _ words: KeyValuePairs<String, Value>, default fallback: Value) -> Value {
        optionalChoice(key, words) ?? fallback
    }

    /// The same where a missing key has a meaning of its own.
    func optionalChoice<Value>(_ key: String, _ words: KeyValuePairs<String, Value>) -> Value? {
        guard let node = value(key) else { return nil }
        let list = words.map(\.key).joined(separator: ", ")
        return scalar(node, named: key, wanted: words.count == 1 ? list : "one of \(list)") { text in
            words.first { $0.key == text }?.value
        }
    }

    /// Some of a few words, at least one.
    func choices<Value: SetAlgebra>(
        _ key: String, _ words: KeyValuePairs<String, Value>, default fallback: Value
    ) -> Value {
        let names = words.map(\.key).joined(separator: ", ")
        let nodes = list(key, limit: words.count, ifEmpty: "needs at least one of \(names)")
        guard let nodes else { return fallback }
        let chosen = nodes.compactMap { node in
            scalar(node, named: key, wanted: "some of \(names)") { text in words.first { $0.key == text }?.value }
        }
        return chosen.reduce(Value()) { $0.union($1) }
    }

    /// The nodes of a list; a single value stands for a list of one. Nil where the key is missing. An empty list is
    /// told, with `ifEmpty` as the end of the sentence: to some it would mean "none" and to others "all".
    func list(_ key: String, limit: Int, ifEmpty: String) -> [YAMLNode]? {
        guard let node = value(key) else { return nil }
        switch node.content {
        case .broken: return []
        case .sequence(let nodes):
            if nodes.isEmpty { log.problem("\"\(key)\" \(ifEmpty)", at: node.place) }
            guard nodes.count <= limit else {
                log.problem("\"\(key)\" has more than \(limit) values", at: node.place)
                return []
            }
            return nodes
        case .mapping:
            log.problem("\"\(key)\" must be a list, not a mapping", at: node.place)
            return []
        case .scalar:
            if node.isNull {
                log.problem("\"\(key)\" has no value; give it one or remove the key", at: node.place)
                return []
            }
            return [node]
        }
    }

    /// The texts of a list, each once and each understood by `parse`; nil where the key is missing.
    func texts<Value: Hashable>(
        _ key: String, limit: Int, ifEmpty: String, wanted: String, _ parse: (String) -> Value?
    ) -> [(value: Value, place: Place)]? {
        guard let nodes = list(key, limit: limit, ifEmpty: ifEmpty) else { return nil }
        var seen: Set<Value> = []
        var values: [(value: Value, place: Place)] = []
        for node in nodes {
            guard let value = scalar(node, named: key, wanted: wanted, parse) else { continue }
            if seen.insert(value).inserted {
                values.append((value, node.place))
            } else {
                log.problem("\(node.found()) stands twice in \"\(key)\"", at: node.place)
            }
        }
        return values
    }

    /// Addresses and CIDR blocks, v4 and v6, as they are written; none where the key is missing.
    func addressBlocks(_ key: String, ifEmpty: String) -> [String] {
        texts(key, limit: 1000, ifEmpty: ifEmpty, wanted: "an address or a block like 203.0.113.0/24 or ::1/128") {
            NetworkText.isAddressBlock($0) ? $0 : nil
        }?.map(\.value) ?? []
    }

    /// A single value that `parse` understands; nil after a report that says what is `wanted`.
    func scalar<Value>(
        _ node: YAMLNode, named name: String, wanted: String, plain: Bool = false, _ parse: (String) -> Value?
    ) -> Value? {
        if case .broken = node.content { return nil }
        if case .scalar(let text, let isPlain) = node.content, !node.isNull {
            if plain, !isPlain, parse(text) != nil {
                log.problem("\"\(name)\" must be \(wanted), without quotes", at: node.place)
                return nil
            }
            if let value = parse(text) { return value }
        }
        log.problem("\"\(name)\" must be \(wanted), not \(node.found())", at: node.place)
        return nil
    }

    /// Decimal digits with an optional sign, or `0x` and hexadecimal digits. Nothing of YAML's octal, sexagesimal or
    /// underscored numbers, which people do not mean.
    static func wholeNumber(_ text: String) -> Int? {
        if text.hasPrefix("0x") {
            let digits = text.dropFirst(2)
            return (1...8).contains(digits.count) && digits.first != "+" && digits.first != "-"
                ? Int(digits, radix: 16) : nil
        }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard (1...12).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDigit),
            digits.count == 1 || !digits.hasPrefix("0")
        else { return nil }
        return Int(text)
    }
}
