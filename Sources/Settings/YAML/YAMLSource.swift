import SMPP

/// The bytes of a file on their way to a YAML parser: text, without anything that the parser must not see.
struct YAMLSource {
    /// A configuration file is not larger than this.
    static let maximumSize = 1024 * 1024

    /// What makes a file unfit for parsing.
    struct Defect: Error {
        var line: Int
        var column: Int
        var message: String
    }

    /// Unicode scalars by line, without line ends.
    private(set) var lines: [[Unicode.Scalar]]

    /// Checks the encoding, the control characters, and that no alias is used.
    init(bytes: [UInt8]) throws(Defect) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        var lines: [[Unicode.Scalar]] = []
        for (index, line) in body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let octets = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let text = String(validating: octets, as: UTF8.self) else {
                let valid = String(decoding: octets, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
                throw Defect(line: index + 1, column: valid.count + 1, message: "not UTF-8 text")
            }
            lines.append(Array(text.unicodeScalars))
        }
        self.lines = lines
        try checkCharacters()
        try refuseAliases()
    }

    /// The whole text.
    var text: String {
        var text = String.UnicodeScalarView()
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append("\n") }
            text += line
        }
        return String(text)
    }

    /// The scalar at a place counted from 1, nil at the end of a line or outside.
    func scalar(line: Int, column: Int) -> Unicode.Scalar? {
        guard lines.indices.contains(line - 1), lines[line - 1].indices.contains(column - 1) else { return nil }
        return lines[line - 1][column - 1]
    }

    /// Overwrites the key that begins at a place (an opening quote may stand before it) with as many copies of
    /// `scalar`; false where the text there is another.
    mutating func mask(_ key: String, line: Int, column: Int, with scalar: Unicode.Scalar) -> Bool {
        let expected = Array(key.unicodeScalars)
        guard !expected.isEmpty, let first = self.scalar(line: line, column: column) else { return false }
        let start = column - 1 + (first == "\"" || first == "'" ? 1 : 0)
        let end = start + expected.count
        guard end <= lines[line - 1].count, Array(lines[line - 1][start..<end]) == expected else { return false }
        lines[line - 1].replaceSubrange(start..<end, with: expected.map { _ in scalar })
        return true
    }

    private func checkCharacters() throws(Defect) {
        for (index, line) in lines.enumerated() {
            for (column, scalar) in line.enumerated() where scalar.isForbiddenInYAML {
                throw Defect(
                    line: index + 1, column: column + 1,
                    message: "control character U+\(scalar.codePoint); a configuration file is plain text")
            }
        }
    }

    /// Aliases are refused before the parser sees them: a few nested ones stand for billions of values.
    private func refuseAliases() throws(Defect) {
        let anchors = Set(markedNames(with: "&").map(\.name))
        guard !anchors.isEmpty, let alias = markedNames(with: "*").first(where: { anchors.contains($0.name) })
        else { return }
        throw Defect(line: alias.line, column: alias.column, message: Self.aliasMessage)
    }

    /// What is said of anchors and aliases.
    static let aliasMessage =
        "anchors (&name), aliases (*name) and merge keys (<<) are not supported; write the value out"

    /// The names that follow `marker` where a YAML token could begin, comments left out.
    private func markedNames(with marker: Unicode.Scalar) -> [(name: String, line: Int, column: Int)] {
        var names: [(name: String, line: Int, column: Int)] = []
        for (index, line) in lines.enumerated() {
            var previous: Unicode.Scalar = " "
            for (column, scalar) in line.enumerated() {
                if scalar == "#", previous.isYAMLSpace { break }
                if scalar == marker, previous.isYAMLSpace || "[{,:-?".unicodeScalars.contains(previous) {
                    let name = line[(column + 1)...].prefix { !$0.isYAMLSpace && !"[]{},".unicodeScalars.contains($0) }
                    if !name.isEmpty {
                        names.append((String(String.UnicodeScalarView(name)), index + 1, column + 1))
                    }
                }
                previous = scalar
            }
        }
        return names
    }
}

extension Unicode.Scalar {
    /// Space or tab.
    fileprivate var isYAMLSpace: Bool { self == " " || self == "\t" }

    /// Not in YAML 1.1's printable set (§5.1), or a line break that editors do not count as one.
    fileprivate var isForbiddenInYAML: Bool {
        switch value {
        case 0x09, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x1_0000...0x10_FFFF: false
        default: true
        }
    }

    /// Four or more hexadecimal digits.
    fileprivate var codePoint: String { value.hexDigits(4) }
}
