import Foundation
import TestPrograms
import Testing

@testable import Settings

/// The reference of keys, and every piece of configuration in the documents, against the reader.
@Suite("Documented keys")
struct DocumentedKeysTests {
    /// Sections of the reference, and what their files are called in the names of known keys.
    static let files: [(heading: String, prefix: String)] = [
        ("smppost.yaml", "smppost."), ("accounts.yaml", "accounts."), ("carriers/NAME.yaml", "carrier."),
    ]

    private struct Row {
        var key: String
        var range: String
        var fallback: String
    }

    private static func rows(_ heading: String) -> [Row] {
        Document("config/doc/reference.md").rows(below: heading).dropFirst().filter { $0.count == 3 }.map {
            Row(key: Document.plain($0[0]), range: Document.plain($0[1]), fallback: $0[2])
        }
    }

    /// A known key as the reference of its file calls it; nil for another file's.
    private static func documented(_ key: String, in prefix: String) -> String? {
        // That one is known so that it can be told to be of no use any more.
        guard key.hasPrefix(prefix), key != "smppost.journal.log_directory" else { return nil }
        let path = key.dropFirst(prefix.count).replacing("statuses.status.", with: "statuses.")
        // An entry of the list is called by what it is.
        return path.hasPrefix("account.") ? "accounts." + path.dropFirst("account.".count) : String(path)
    }

    @Test func theReferenceHasEveryKeyAndNoOther() throws {
        let log = ProblemLog()
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        _ = try fixture.load(log: log)
        for (heading, prefix) in Self.files {
            let rows = Self.rows(heading).map(\.key)
            #expect(Set(rows).count == rows.count && rows.count > 35, "\(heading)")
            // Sections are there by what they hold.
            let known = log.knownKeys.compactMap { Self.documented($0, in: prefix) }
            let leaves = Set(known.filter { key in !known.contains { $0.hasPrefix(key + ".") } })
            let missing = leaves.subtracting(rows).sorted()
            #expect(missing == [], "\(heading): not in the reference")
            let unknown = Set(rows).subtracting(known).sorted()
            #expect(unknown == [], "\(heading): only in the reference")
        }
    }

    /// Both ends of a range are taken, the whole number below it is not, and the default lies in it.
    @Test(arguments: files.map(\.heading)) func rangesAreTheReaders(_ heading: String) throws {
        let fixture = try Fixture()
        let path = heading == "smppost.yaml" || heading == "accounts.yaml" ? "config/\(heading)" : "carriers/main.yaml"
        var tried = 0
        for row in Self.rows(heading) {
            guard let range = row.range.wholeMatch(of: #/(\S+) to (\S+)/#) else { continue }
            let name = try #require(row.key.split(separator: ".").last)
            func isTaken(_ value: String) throws -> Bool {
                try fixture.write(path, Self.yaml(row.key, value))
                let problems = fixture.problems()
                return !problems.contains { $0.contains("\"\(name)\" must be") || $0.contains("unknown key") }
            }
            let (low, high) = (String(range.1), String(range.2))
            // Some are bounded by another key.
            let highest = high.allSatisfy { $0.isLetter || $0 == "_" } ? low : high
            #expect(try isTaken(low), "\(row.key): \(low)")
            #expect(try isTaken(highest), "\(row.key): \(highest)")
            if let number = Int(low) { #expect(try !isTaken("\(number - 1)"), "\(row.key): \(number - 1)") }
            if row.fallback.hasPrefix("`"), row.fallback.contains(where: \.isNumber) {
                let fallback = Document.plain(row.fallback)
                #expect(try isTaken(fallback), "\(row.key): \(fallback)")
            }
            tried += 1
        }
        #expect(tried > 6)
    }

    /// `a.b.c` as nested mappings; below `accounts` and the like a list of one.
    private static func yaml(_ key: String, _ value: String) -> String {
        let lists: Set<Substring> = ["accounts", "carriers", "routes", "binds", "tlvs"]
        let parts = key.split(separator: ".")
        var text = value
        for (place, part) in parts.enumerated().reversed() {
            let isList = lists.contains(part) && place < parts.count - 1
            let body = place < parts.count - 1 ? "{ \(text) }" : text
            text = "\(part): " + (isList ? "[\(body)]" : body)
            if part == "statuses", place < parts.count - 1 { text = "statuses: { \"0x00000400\": \(body) }" }
        }
        return text + "\n"
    }

    /// A piece of configuration begins with a comment that names its file. What it names besides need not be there.
    @Test(arguments: Document.all) func piecesOfConfigurationAreRead(_ document: Document) throws {
        for block in document.blocks where block.language == "yaml" {
            let first = try #require(block.text.split(separator: "\n").first)
            let fixture = try Fixture()
            let target =
                first.contains("smppost.yaml")
                ? "config/smppost.yaml"
                : first.contains("accounts.yaml")
                    ? "config/accounts.yaml"
                    : first.contains("carriers/main.yaml") ? "carriers/main.yaml" : nil
            let path = try #require(target, "\(document):\(block.line) names no file")
            let text = block.text.replacing("$scrypt$…", with: Fixture.hash)
                .replacing("$sha256$…", with: FullConfiguration.key)
            try fixture.write(path, text)
            let harmless = [
                "does not exist", "no carrier of this name", "there is no carrier", "is missing", "no account uses",
                "may be read", "is not set",
            ]
            let problems = fixture.problems().filter { problem in !harmless.contains { problem.contains($0) } }
            #expect(problems == [], "\(document):\(block.line)")
        }
    }
}
