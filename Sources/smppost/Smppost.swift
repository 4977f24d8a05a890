import ArgumentParser

@main
struct Smppost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smppost",
        abstract: "HTTPS POST in, SMPP out: the carrier's answer is the reply.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, CheckCommand.self, ExplainCommand.self, SendCommand.self,
            SimulateCommand.self, HashCommand.self, DecodeCommand.self,
        ])
}

/// What `--version` prints and the logs of a start name.
enum Version {
    static let text = "0.1.0"
}
