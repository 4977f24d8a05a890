import ArgumentParser
import Operations

@main
struct Smppost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smppost",
        abstract: "HTTPS POST in, SMPP out: the carrier's answer is the reply.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, ExplainCommand.self, SendCommand.self,
            BindsCommand.self, UnlockCommand.self, MessagesCommand.self, ReportCommand.self, JournalCommand.self,
            SimulateCommand.self, LoadCommand.self, HashCommand.self, CertificateCommand.self, DecodeCommand.self,
            HelpCommand.self,
        ])
}
