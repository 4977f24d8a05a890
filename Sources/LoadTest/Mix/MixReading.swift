package import Settings

/// Reads a mix file:
///
///     from: [ACME]                                 # senders, taken at random; none: the account's default
///     numbers: ["79160000000-79160599999"]         # numbers or ranges of them
///     accounts:                                    # of the form; in place of --login and --key-file
///       - { name: acme, login: acme, password_file: acme.password, weight: 3 }
///       - { name: shop, key_file: shop.key }
///     messages:
///       - { weight: 70, text: "Your code is {digits:6}" }
///       - { weight: 20, alphabet: cyrillic, length: 30-70, account: shop }
///       - { weight: 10, alphabet: gsm, length: 400, from: [SHOP], numbers: ["79170000000-79170000999"] }
///
/// In a text `{counter}` is the message's number, `{digits:N}` are N random digits, `{marker}` is the mark for the audit, which
/// stands in front where a text does not place it; `{{` is a brace.
package struct MixReading {
    /// The largest file that is taken.
    package static let maximumSize = 1 << 20
    private static let maximumEntries = 1_000
    private static let maximumWeight = 10_000

    private let secret: (String) throws -> String
    private let log = ProblemLog()

    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for messages.
    ///   - secret: reads the secret file that the mix names.
    /// - Throws: all that is wrong with it.
    package static func read(
        yaml: String, file: String, secret: (String) throws -> String
    ) throws(ConfigurationProblems) -> MessageMix {
        try withoutActuallyEscaping(secret) { secret throws(ConfigurationProblems) in
            try MixReading(secret: secret).read(yaml, file: file)
        }
    }

    private func read(_ yaml: String, file: String) throws(ConfigurationProblems) -> MessageMix {
        var mix = MessageMix(numbers: MessageMix.standard.numbers, entries: [])
        if yaml.utf8.count > Self.maximumSize {
            log.problem("over \(Self.maximumSize) bytes", at: Place(file: file))
        } else if let root = YAMLFile.parse(bytes: Array(yaml.utf8), file: file, log: log, duplicates: 0),
            let members = members(root, ["from", "numbers", "accounts", "messages"])
        {
            mix.from = members["from"].map { strings($0, "a sender") } ?? []
            mix.numbers = members["numbers"].map(numbers) ?? mix.numbers
            mix.accounts = members["accounts"].map(accounts) ?? []
            if let messages = members["messages"] {
                mix.entries = entries(messages, mix.accounts)
            } else {
                note(root, "\"messages\" is missing")
            }
        }
        let problems = log.sortedProblems
        guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
        return mix
    }

    // MARK: Parts

    private func accounts(_ node: YAMLNode) -> [MessageMix.Account] {
        list(node, "accounts").compactMap { item in
            let keys = ["name", "login", "password", "password_file", "key", "key_file", "weight"]
            guard let members = members(item, keys) else { return nil }
            let secrets = ["password", "password_file", "key", "key_file"].filter { members[$0] != nil }
            guard secrets.count == 1, let kind = secrets.first, let node = members[kind] else {
                note(item, "an account has one of password, password_file, key, key_file")
                return nil
            }
            guard var value = string(node, kind) else { return nil }
            if kind.hasSuffix("_file") {
                guard let text = try? secret(value) else {
                    note(node, "this file cannot be read as text")
                    return nil
                }
                value = text
            }
            let login = members["login"].flatMap { string($0, "login") }
            let credentials: MessageMix.Credentials
            if kind.hasPrefix("key") {
                credentials = .key(value)
            } else if let login {
                credentials = .password(login: login, password: value)
            } else {
                note(item, "an account with a password has a login")
                return nil
            }
            let name = members["name"].flatMap { string($0, "name") } ?? login ?? "account"
            return MessageMix.Account(name: name, credentials, weight: weight(members["weight"]))
        }
    }

    private func entries(_ node: YAMLNode, _ accounts: [MessageMix.Account]) -> [MessageMix.Entry] {
        let items = list(node, "messages")
        if items.isEmpty { note(node, "\"messages\" has no entry") }
        if items.count > Self.maximumEntries { note(node, "over \(Self.maximumEntries) messages") }
        return items.prefix(Self.maximumEntries).compactMap { item in
            let keys = ["weight", "text", "alphabet", "length", "from", "numbers", "account"]
            guard let members = members(item, keys) else { return nil }
            let text = text(item, members)
            var entry = MessageMix.Entry(weight: weight(members["weight"]), text ?? .template([]))
            if let from = members["from"] { entry.from = strings(from, "a sender") }
            if let numbers = members["numbers"] { entry.numbers = self.numbers(numbers) }
            if let account = members["account"], let name = string(account, "account") {
                entry.account = accounts.firstIndex { $0.name == name }
                if entry.account == nil { note(account, "no account of this file has the name \"\(name)\"") }
            }
            return text == nil ? nil : entry
        }
    }

    private func text(_ item: YAMLNode, _ members: [String: YAMLNode]) -> MessageMix.Text? {
        if let text = members["text"] {
            for key in ["alphabet", "length"] {
                if let node = members[key] { note(node, "\"\(key)\" is for texts that are made, not beside \"text\"") }
            }
            return string(text, "text").flatMap { template($0, text) }.map { .template($0) }
        }
        guard let alphabet = members["alphabet"], let length = members["length"] else {
            note(item, "a message has \"text\", or \"alphabet\" and \"length\"")
            return nil
        }
        let known = MessageMix.Script.allCases.map(\.rawValue).joined(separator: ", ")
        guard let script = string(alphabet, "alphabet").flatMap({ MessageMix.Script(rawValue: $0) }) else {
            note(alphabet, "alphabet is one of \(known)")
            return nil
        }
        let bounds = MessageMix.minimumLength...MessageMix.maximumLength
        guard let word = string(length, "length"), let range = Self.range(word), bounds.contains(range.lowerBound),
            bounds.contains(range.upperBound)
        else {
            note(length, "length is a number or a range like 40-160, from \(bounds.lowerBound) to \(bounds.upperBound)")
            return nil
        }
        return .generated(script, length: range)
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
            return nil
        }
        return first...last
    }

    /// The pieces of a text; nil after a report.
    private func template(_ text: String, _ node: YAMLNode) -> [MessageMix.Piece]? {
        var pieces: [MessageMix.Piece] = []
        var literal = ""
        var rest = Substring(text)
        while let first = rest.popFirst() {
            guard first == "{" else {
                literal.append(first)
                continue
            }
            if rest.first == "{" {
                rest.removeFirst()
                literal.append("{")
                continue
            }
            guard let close = rest.firstIndex(of: "}"), let piece = Self.piece(rest[..<close]) else {
                note(node, "a brace begins {counter}, {digits:1} to {digits:18} or {marker}; write {{ for a brace")
                return nil
            }
            rest = rest[rest.index(after: close)...]
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = ""
            pieces.append(piece)
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        if pieces.isEmpty { note(node, "the text is empty") }
        return pieces
    }

    private static func piece(_ word: Substring) -> MessageMix.Piece? {
        switch word {
        case "counter": return .counter
        case "marker": return .marker
        default:
            guard word.hasPrefix("digits:"), let count = Int(word.dropFirst(7)), (1...18).contains(count) else {
                return nil
            }
            return .digits(count)
        }
    }

    private func numbers(_ node: YAMLNode) -> [MessageMix.Numbers] {
        strings(node, "a number").compactMap { word in
            let ends = word.split(separator: "-", omittingEmptySubsequences: false)
            let digits = ends[0].utf8.count
            guard ends.count <= 2, (3...15).contains(digits), ends.allSatisfy({ $0.utf8.count == digits }),
                ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
                let first = UInt64(ends[0]), let last = UInt64(ends[ends.count - 1]), first <= last,
                last - first < 1 << 32
            else {
                note(node, "a number has 3 to 15 digits; a range is two of the same length, the lesser one first")
                return nil
            }
            return MessageMix.Numbers(first: first, last: last, digits: digits)
        }
    }

    private func weight(_ node: YAMLNode?) -> Int {
        guard let node else { return 1 }
        guard let weight = string(node, "weight").flatMap({ Int($0) }), (1...Self.maximumWeight).contains(weight) else {
            note(node, "a weight is a whole number from 1 to \(Self.maximumWeight)")
            return 1
        }
        return weight
    }

    // MARK: Nodes

    /// The members of a mapping that has no other keys; nil after a report.
    private func members(_ node: YAMLNode, _ known: [String]) -> [String: YAMLNode]? {
        let words = known.joined(separator: ", ")
        guard case .mapping(let entries) = node.content else {
            note(node, "a mapping with the keys \(words) is expected here")
            return nil
        }
        for entry in entries where !known.contains(entry.key) {
            log.problem("this key is not known; known are \(words)", at: entry.place)
        }
        return Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private func list(_ node: YAMLNode, _ name: String) -> [YAMLNode] {
        if case .sequence(let nodes) = node.content { return nodes }
        note(node, "\"\(name)\" is a list")
        return []
    }

    private func string(_ node: YAMLNode, _ name: String) -> String? {
        if case .scalar(let text, _) = node.content { return text }
        note(node, "\(name) is a single value")
        return nil
    }

    /// One value or a list of them.
    private func strings(_ node: YAMLNode, _ name: String) -> [String] {
        if case .scalar(let text, _) = node.content { return [text] }
        return list(node, name).compactMap { string($0, name) }
    }

    /// What is broken has been reported already.
    private func note(_ node: YAMLNode, _ message: String) {
        if case .broken = node.content { return }
        log.problem(message, at: node.place)
    }
}
