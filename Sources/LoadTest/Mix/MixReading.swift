import Yams

/// A place in a mix file and what is wrong there.
package struct MixProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int
    package var message: String

    package var description: String { "\(file):\(line):\(column): \(message)" }
}

/// All problems of a mix file.
package struct MixProblems: Error, Sendable, CustomStringConvertible {
    package var list: [MixProblem]

    package var description: String { list.map(\.description).joined(separator: "\n") }
}

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

    private let file: String
    private let secret: (String) throws -> String
    private var problems: [MixProblem] = []

    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for messages.
    ///   - secret: reads the secret file that the mix names.
    package static func read(
        yaml: String, file: String, secret: (String) throws -> String
    ) throws(MixProblems) -> MessageMix {
        try withoutActuallyEscaping(secret) { secret throws(MixProblems) in
            var reading = MixReading(file: file, secret: secret)
            return try reading.read(yaml)
        }
    }

    private mutating func read(_ yaml: String) throws(MixProblems) -> MessageMix {
        guard yaml.utf8.count <= Self.maximumSize else {
            let message = "over \(Self.maximumSize) bytes"
            throw MixProblems(list: [MixProblem(file: file, line: 1, column: 1, message: message)])
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw MixProblems(list: [problem(of: error)])
        }
        guard let root else {
            throw MixProblems(list: [MixProblem(file: file, line: 1, column: 1, message: "the file is empty")])
        }
        var mix = MessageMix(numbers: MessageMix.standard.numbers, entries: [])
        if let members = members(root, ["from", "numbers", "accounts", "messages"]) {
            mix.from = members["from"].map { strings($0, "a sender") } ?? []
            mix.numbers = members["numbers"].map { numbers($0) } ?? mix.numbers
            mix.accounts = members["accounts"].map { accounts($0) } ?? []
            if let messages = members["messages"] {
                mix.entries = entries(messages, mix.accounts)
            } else {
                note(root, "\"messages\" is missing")
            }
        }
        guard problems.isEmpty else { throw MixProblems(list: problems) }
        return mix
    }

    private func problem(of error: any Error) -> MixProblem {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            MixProblem(file: file, line: mark.line, column: mark.column, message: "not valid YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            MixProblem(
                file: file, line: context.mark.line, column: context.mark.column,
                message: "a key stands twice: \(keys.first ?? "")")
        case .memory, .no, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil:
            MixProblem(file: file, line: 1, column: 1, message: "not valid YAML")
        }
    }

    // MARK: Parts

    private mutating func accounts(_ node: Node) -> [MessageMix.Account] {
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

    private mutating func entries(_ node: Node, _ accounts: [MessageMix.Account]) -> [MessageMix.Entry] {
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

    private mutating func text(_ item: Node, _ members: [String: Node]) -> MessageMix.Text? {
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
    private mutating func template(_ text: String, _ node: Node) -> [MessageMix.Piece]? {
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

    private mutating func numbers(_ node: Node) -> [MessageMix.Numbers] {
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

    private mutating func weight(_ node: Node?) -> Int {
        guard let node else { return 1 }
        guard let weight = string(node, "weight").flatMap({ Int($0) }), (1...Self.maximumWeight).contains(weight) else {
            note(node, "a weight is a whole number from 1 to \(Self.maximumWeight)")
            return 1
        }
        return weight
    }

    // MARK: Nodes

    /// The members of a mapping that has no other keys; nil after a report.
    private mutating func members(_ node: Node, _ known: [String]) -> [String: Node]? {
        guard let mapping = node.mapping else {
            note(node, "a mapping with the keys \(known.joined(separator: ", ")) is expected here")
            return nil
        }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            if let name = key.scalar?.string, known.contains(name) {
                members[name] = value
            } else {
                note(key, "this key is not known; known are \(known.joined(separator: ", "))")
            }
        }
        return members
    }

    private mutating func list(_ node: Node, _ name: String) -> [Node] {
        guard let sequence = node.sequence else {
            note(node, "\"\(name)\" is a list")
            return []
        }
        return Array(sequence)
    }

    private mutating func string(_ node: Node, _ name: String) -> String? {
        guard let scalar = node.scalar else {
            note(node, "\(name) is a single value")
            return nil
        }
        return scalar.string
    }

    /// One value or a list of them.
    private mutating func strings(_ node: Node, _ name: String) -> [String] {
        if let scalar = node.scalar { return [scalar.string] }
        return list(node, name).compactMap { string($0, name) }
    }

    private mutating func note(_ node: Node, _ message: String) {
        problems.append(
            MixProblem(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message))
    }
}
