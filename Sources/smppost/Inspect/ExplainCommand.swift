import ArgumentParser
import Bridge
import Settings

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell what would happen to a form, without sending anything.",
        discussion: "Exit code 0: it would be offered to a carrier. 1: it would be refused.")

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "The account's name.")
    var account: String

    @Option(help: "The form's from.")
    var from = ""

    @Option(help: "The form's to.")
    var to: String

    @Option(help: "The form's text.")
    var text: String

    func run() throws {
        let settings = try files.load()
        guard let explanation = Explanation(settings: settings, account: account, from: from, to: to, text: text)
        else {
            let names = settings.accounts.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no account \(account); there are: \(names)")
        }
        explanation.lines.forEach(Console.say)
        guard explanation.isOffered else { throw ExitCode.failure }
    }
}
