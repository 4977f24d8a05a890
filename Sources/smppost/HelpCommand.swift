import ArgumentParser
import Foundation
import Settings

struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help", abstract: "Show a command's help, or a document about a topic.",
        discussion: "Without an argument it lists the topics, too: `smppost help guide` is the operator's guide.")

    @Argument(help: ArgumentHelp("A command, like binds trace, or a topic, like guide.", valueName: "topic"))
    var words: [String] = []

    func run() throws {
        guard let topic = words.first else {
            Console.say(Smppost.helpMessage())
            Self.topics.forEach(Console.say)
            return
        }
        if let command = Self.command(words[...], below: Smppost.self) { throw CleanExit.helpRequest(command) }
        // The last is for the example that a document speaks of, mix.yaml.
        for name in ["\(topic).md", "\(topic).ru.md", topic] where words.count == 1 && !topic.contains("/") {
            if let text = try? String(contentsOfFile: Self.path(name), encoding: .utf8) {
                Console.say(text)
                return
            }
        }
        Console.error("there is no command and no topic \(words.joined(separator: " "))")
        Self.topics.forEach(Console.error)
        throw ExitCode(64)
    }

    /// Where the documents are: beside the configuration of a source tree, or as the package installs them.
    private static var folder: String {
        let config = ConfigurationPlace(
            config: nil, carriers: nil, environment: ProcessInfo.processInfo.environment
        ).config
        let source = (config as NSString).appendingPathComponent("doc")
        return FileManager.default.fileExists(atPath: source) ? source : "/usr/share/doc/smppost"
    }

    private static func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }

    /// A line for each document, by its first heading.
    private static var topics: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let lines = names.sorted().compactMap { name -> String? in
            guard name.hasSuffix(".md"), name != "README.md",
                let text = try? String(contentsOfFile: path(name), encoding: .utf8)
            else { return nil }
            let title = text.prefix { !$0.isNewline }.drop { $0 == "#" || $0 == " " }
            let topic = String(name.dropLast(3))
            return "  " + topic + String(repeating: " ", count: max(1, 24 - topic.count)) + title
        }
        return lines.isEmpty
            ? ["The documents are not installed here: they are config/doc of the source."]
            : ["TOPICS (smppost help TOPIC):"] + lines
    }

    /// The command that these words name; nil where they name none.
    private static func command(
        _ words: ArraySlice<String>, below parent: any ParsableCommand.Type
    ) -> (any ParsableCommand.Type)? {
        guard let word = words.first else { return parent }
        let child = parent.configuration.subcommands.first { $0._commandName == word }
        return child.flatMap { command(words.dropFirst(), below: $0) }
    }
}
