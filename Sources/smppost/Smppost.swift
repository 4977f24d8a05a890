import ArgumentParser
import Operations
import Settings

@main
struct Smppost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smppost",
        abstract: "HTTPS POST in, SMPP out: the carrier's answer is the reply.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, ExplainCommand.self, SendCommand.self,
            BindsCommand.self, UnlockCommand.self, MessagesCommand.self, ReportCommand.self, JournalCommand.self,
            SimulateCommand.self, LoadCommand.self, CarrierCommand.self, HashCommand.self, CertificateCommand.self,
            DecodeCommand.self,
            HelpCommand.self,
        ])

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        tellUnknown(arguments.first)
        do {
            var command = try parseAsRoot(arguments)
            do {
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            } catch let error as ValidationError {
                // By itself the parser would show the usage of `smppost`.
                Console.error("Error: \(error.message)")
                Console.error("Usage: \(usageString(for: type(of: command)))")
                exit(withError: ExitCode.validationFailure)
            }
        } catch {
            exit(withError: error)
        }
    }

    /// Ends for a first word that is no command, with the one that may be meant; the parser would call it an argument too many.
    private static func tellUnknown(_ word: String?) {
        let names = configuration.subcommands.map { $0._commandName }
        guard let word, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
        let meant = Suggestion.nearest(to: word, among: names).map { " Did you mean `smppost \($0)`?" } ?? ""
        Console.error("Error: there is no command \(word).\(meant)")
        Console.error("The commands: \(names.joined(separator: ", ")). More: smppost --help")
        exit(withError: ExitCode.validationFailure)
    }
}
