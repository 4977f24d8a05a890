import ArgumentParser
import Service
import Settings

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read all configuration and tell every problem as file:line:column: message.",
        discussion: "Exit code 0: serve would start with it. 78: it would not.")

    @OptionGroup var files: ConfigurationOptions

    func run() throws {
        do throws(ConfigurationProblems) {
            let settings = try files.read()
            for warning in settings.warnings { Console.say("\(warning)") }
            // Of this shell: a unit's or container's limit may be another one.
            let limit = DescriptorLimit.raise()
            let warning = DescriptorLimit.warning(
                wanted: settings.intake.maxConnections, limit: limit, binds: settings.bindCount)
            if let warning { Console.say("warning: \(warning)") }
            Console.say("no problem: \(settings.accounts.count) accounts, \(settings.carriers.count) carriers")
        } catch {
            for problem in error.problems { Console.say("\(problem)") }
            throw ExitCode.badConfiguration
        }
    }
}
