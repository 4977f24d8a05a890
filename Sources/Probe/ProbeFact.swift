/// Something that is known of a carrier: a line of its file, or a remark, and how it is known.
package struct ProbeFact: Hashable, Sendable {
    /// How it is known.
    package enum Source: String, Hashable, Sendable {
        /// It was tried, and this came of it.
        case seen
        /// The SMSC says so of itself.
        case told = "told by the SMSC"
        /// Who ran the probe said so.
        case given
        case untried = "not tried"
        /// It was tried, and the answer tells nothing of it.
        case unknown = "not known"
    }

    /// One sentence, without anything unprintable, and where it comes from.
    package struct Note: Hashable, Sendable {
        package var source: Source
        package var words: String

        init(_ source: Source, _ words: String) {
            self.source = source
            self.words = words
        }

        var text: String { words.isEmpty ? source.rawValue : "\(source.rawValue): \(words)" }
    }

    /// A key of the file, or what the remark is about.
    package var name: String
    /// The value in YAML; nil: a remark.
    package var yaml: String?
    package var notes: [Note]

    init(_ name: String, _ yaml: String? = nil, _ notes: Note...) {
        self.name = name
        self.yaml = yaml
        self.notes = notes
    }

    /// As lines of the carrier's file: the first note beside the value, the others below it.
    var draft: [String] {
        let texts = notes.map(\.text)
        guard let yaml else { return texts.map { "# \(name): \($0)" } }
        let first = "\(name): \(yaml)" + (texts.first.map { "  # \($0)" } ?? "")
        return [first] + texts.dropFirst().map { "  # \($0)" }
    }

    /// As lines for people.
    var report: [String] {
        notes.map { note in "\(name): \(note.text)" }
    }
}

extension String {
    /// As a double-quoted scalar of YAML 1.2 (§7.3.1).
    var inYAML: String {
        let escaped = unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where (0x20..<0x7F).contains(scalar.value): String(scalar)
            default: "\\U" + Self.hex(scalar.value)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
