import Foundation
import TestPrograms
import Testing

/// The documents as a whole: their commands are ones that there are, their links lead somewhere.
@Suite struct DocumentTests {
    @Test func readmeIsShort() {
        #expect(Document.all.count >= 8)
        #expect((1_000...8_192).contains(Document("README.md").text.utf8.count))
    }

    @Test(arguments: Document.all) func linksLeadSomewhere(_ document: Document) {
        let folder = (document.path as NSString).deletingLastPathComponent
        for link in document.text.matches(of: #/\]\(([^)\s]*)\)/#).map(\.1) where !link.hasPrefix("http") {
            let parts = link.split(separator: "#", omittingEmptySubsequences: false)
            let target =
                parts[0].isEmpty ? document : Document((folder as NSString).appendingPathComponent(String(parts[0])))
            #expect(!target.text.isEmpty, "\(document): \(link)")
            guard parts.count == 2 else { continue }
            let anchors = target.headings.map { heading in
                heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == " " }
                    .replacing(" ", with: "-")
            }
            #expect(anchors.contains(String(parts[1])), "\(document): \(link)")
        }
    }

    /// Both guides have the same commands, in the same order, and the same pieces of configuration but for comments.
    @Test func bothGuidesSayTheSame() {
        func blocks(_ name: String) -> [String] {
            Document("config/doc/\(name)").blocks.map { block in
                let lines = block.text.split(separator: "\n").map { line in
                    line.prefix { $0 != "#" || block.language != "yaml" }.trimmingCharacters(in: .whitespaces)
                }
                return block.language + "\n" + lines.joined(separator: "\n")
            }
        }
        #expect(blocks("guide.md") == blocks("guide.ru.md"))
        #expect(Document("config/doc/guide.md").headings.count == Document("config/doc/guide.ru.md").headings.count)
    }

    /// Every `smppost …`, in blocks and in sentences, and in the texts of alerts: the command is there, and so are its options.
    @Test func commandsAreOnesThatThereAre() async throws {
        let help = try await run(Repository.smppost, ["--experimental-dump-help"])
        let root = try JSONDecoder().decode(ToolPage.self, from: Data(help.standardOutput.utf8)).command
        var seen = 0
        for document in Document.all + [Document("config/prometheus/alerts.yml")] {
            let blocks = document.blocks.filter { $0.language.hasPrefix("sh") }
                .flatMap { $0.text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init) }
            for code in document.inlineCode + blocks {
                for use in code.matches(of: #/(?:^|\s)smppost ([^|&<>#]*)/#) {
                    let words = use.1.split(separator: " ")
                    guard let first = words.first, first != "…", first != "--",
                        first.first?.isLetter == true || first.hasPrefix("--")
                    else {
                        continue
                    }
                    seen += 1
                    #expect(root.problem(with: words[...]) == nil, "\(document): smppost \(use.1)")
                }
            }
        }
        #expect(seen > 60)
    }
}

/// `--experimental-dump-help`.
private struct ToolPage: Decodable {
    struct Command: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable {
                var name: String
            }

            var kind: String
            var names: [Name]?
        }

        var commandName: String
        var subcommands: [Command]?
        var defaultSubcommand: String?
        var arguments: [Argument]?

        /// What of these words is no command or option; nil = all of them are.
        func problem(with words: ArraySlice<Substring>) -> String? {
            if let first = words.first, let command = subcommands?.first(where: { $0.commandName == first }) {
                return command.problem(with: words.dropFirst())
            }
            if let first = words.first, first.hasPrefix("--"),
                let command = subcommands?.first(where: { $0.commandName == defaultSubcommand })
            {
                return command.problem(with: words)
            }
            let takesWords = (arguments ?? []).contains { $0.kind == "positional" }
            if let first = words.first, !first.hasPrefix("-"), !takesWords { return "\(first) is no command" }
            let known = Set((arguments ?? []).flatMap { $0.names ?? [] }.map(\.name))
            let options = words.filter { $0.hasPrefix("--") }.map { $0.dropFirst(2).prefix { $0 != "=" } }
            return options.first { !known.contains(String($0)) }.map { "--\($0) is no option" }
        }
    }

    var command: Command
}
