import ArgumentParser

struct CarrierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "carrier", abstract: "Look at a carrier that is not configured yet.",
        subcommands: [ProbeCommand.self])
}
