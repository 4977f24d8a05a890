/// Numbers and prefixes of numbers, as a file lists them: one a line, a prefix with `*` behind it; `#` begins a comment.
///
///     +7 916 123-45-67   # wants nothing any more
///     7900*
package struct NumberList: Hashable, Sendable {
    /// A line that is neither a number nor a prefix.
    package struct Problem: Hashable, Sendable {
        /// From 1.
        package var line: Int
    }

    private var numbers: Set<UInt64> = []
    /// By how many digits they have.
    private var prefixes: [Int: Set<UInt64>] = [:]

    /// An empty list.
    package init() {}

    /// - Parameters:
    ///   - text: the file's.
    ///   - country: whose national forms of numbers are understood, as in a form; short numbers always are.
    ///   - problem: called with every line that is left out.
    package init(_ text: String, country: Country?, problem: (Problem) -> Void = { _ in }) {
        let rules = NumberRules(country: country, shortNumbers: true)
        var line = 0
        // What Windows writes in front of a file of UTF-8.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        for whole in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            line += 1
            let entry = whole.prefix { $0 != "#" }
            guard entry.contains(where: { !$0.isWhitespace }) else { continue }
            if !add(entry, rules: rules) { problem(Problem(line: line)) }
        }
    }

    /// How many numbers and prefixes it has.
    package var count: Int { prefixes.values.reduce(numbers.count) { $0 + $1.count } }

    /// Whether it has the number, or a prefix of it.
    package func contains(_ number: PhoneNumber) -> Bool {
        guard count > 0, var value = UInt64(number.digits) else { return false }
        if numbers.contains(value) { return true }
        guard !prefixes.isEmpty else { return false }
        for length in stride(from: number.digits.utf8.count, to: 0, by: -1) {
            if prefixes[length]?.contains(value) == true { return true }
            value /= 10
        }
        return false
    }

    private mutating func add(_ entry: Substring, rules: NumberRules) -> Bool {
        guard let star = entry.firstIndex(of: "*") else {
            guard let number = try? PhoneNumber(Self.trimmed(entry), rules: rules), let value = UInt64(number.digits)
            else { return false }
            numbers.insert(value)
            return true
        }
        var digits = ""
        guard entry[entry.index(after: star)...].allSatisfy(\.isWhitespace) else { return false }
        for character in entry[..<star] {
            switch character {
            case "0"..."9": digits.append(character)
            case "+" where digits.isEmpty: break
            case " ", "\t", "-", "(", ")": break
            default: return false
            }
        }
        guard (1...15).contains(digits.utf8.count), digits.first != "0", let value = UInt64(digits) else {
            return false
        }
        prefixes[digits.utf8.count, default: []].insert(value)
        return true
    }

    /// Without spaces at both ends: one in front would stand for a `+`.
    private static func trimmed(_ entry: Substring) -> String {
        var entry = entry
        while entry.first?.isWhitespace == true { entry.removeFirst() }
        while entry.last?.isWhitespace == true { entry.removeLast() }
        return String(entry)
    }
}
