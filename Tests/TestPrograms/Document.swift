import Foundation

/// A document that people read, README or one of config/doc, as tests hold it against the code.
package struct Document: Sendable, CustomStringConvertible {
    /// A fenced block.
    package struct Block: Sendable {
        /// The word behind the fence: `sh`, `sh package`, `yaml`; empty where there is none.
        package let language: String
        /// Without the indentation of the fence.
        package let text: String
        /// The line of the fence, from 1.
        package let line: Int
    }

    /// Its path in the repository.
    package let path: String
    package let text: String

    package var description: String { path }

    /// The repository's folder.
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Reads a file of the repository; an empty text where it cannot be read, which no test takes for a document.
    package init(_ path: String) {
        self.path = path
        text = (try? String(contentsOf: Self.root.appending(path: path), encoding: .utf8)) ?? ""
    }

    /// README and all of config/doc.
    package static var all: [Document] {
        let folder = root.appending(path: "config/doc").path()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return [Document("README.md")]
            + names.sorted().filter { $0.hasSuffix(".md") }.map { Document("config/doc/\($0)") }
    }

    package var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Headings without their signs, as `### down`.
    package var headings: [String] {
        lines.filter { $0.hasPrefix("#") }.map { String($0.drop { $0 == "#" || $0 == " " }) }
    }

    package var blocks: [Block] {
        var blocks: [Block] = []
        var open: (language: String, indent: Int, line: Int)?
        var body: [Substring] = []
        for (number, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            if let block = open {
                if rest == "```" {
                    blocks.append(
                        Block(language: block.language, text: body.joined(separator: "\n") + "\n", line: block.line))
                    open = nil
                } else {
                    body.append(line.dropFirst(min(indent, block.indent)))
                }
            } else if rest.hasPrefix("```") {
                open = (String(rest.dropFirst(3)), indent, number + 1)
                body = []
            }
        }
        return blocks
    }

    /// What stands between single backticks, outside of blocks; line breaks are blanks.
    package var inlineCode: [String] {
        var isOpen = false
        let prose = lines.filter { line in
            let isFence = line.drop { $0 == " " }.hasPrefix("```")
            if isFence { isOpen.toggle() }
            return !isFence && !isOpen
        }
        let parts = prose.joined(separator: "\n").split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map {
            $0.element.split { $0.isWhitespace }.joined(separator: " ")
        }
    }

    /// The rows of all tables between a heading and the next one of any level; each row its cells.
    package func rows(below heading: String) -> [[String]] {
        let start = lines.firstIndex { $0.hasPrefix("#") && $0.drop { $0 == "#" || $0 == " " } == heading }
        guard let start else { return [] }
        let section = lines[(start + 1)...].prefix { !$0.hasPrefix("#") }.filter { $0.hasPrefix("| ") }
        return section.map { row in
            row.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// A cell without its backticks.
    package static func plain(_ cell: String) -> String { cell.filter { $0 != "`" } }
}
