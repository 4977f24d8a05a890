import ArgumentParser
import Foundation
import Service
import Settings

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read all configuration and tell every problem as file:line:column: message.",
        discussion: """
            Looks, too, whether this user may write the journal and the traces, whether this version can read the journal, whether the \
            disk has room for the journal, the addresses are free and the clock is not behind: run it as the service's user.

            Exit code 0: serve would start with it and take messages, warnings or not. 78: it would not.
            """)

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        do {
            let settings = try files.read()
            let found = settings.warnings + (await StartCheck.findings(settings, file: files.serviceFile, now: .now))
            for problem in found { Console.say("\(problem)") }
            guard found.allSatisfy(\.isWarning) else { throw ExitCode.badConfiguration }
            // Of this shell: a unit's or container's limit may be another one.
            let limit = DescriptorLimit.raise()
            let warning = DescriptorLimit.warning(
                wanted: settings.intake.maxConnections, limit: limit, binds: settings.bindCount)
            if let warning { Console.say("warning: \(warning)") }
            let counts = [(settings.accounts.count, "account"), (settings.carriers.count, "carrier")]
            Console.say("no problem: " + counts.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", "))
        } catch let error as ConfigurationProblems {
            for problem in error.all { Console.say("\(problem)") }
            throw ExitCode.badConfiguration
        }
    }
}
