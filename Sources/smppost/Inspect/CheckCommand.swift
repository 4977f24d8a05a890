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
            addresses are free and the clock is not behind: run it as the service's user.

            Exit code 0: serve would start with it, warnings or not. 78: it would not.
            """)

    @OptionGroup var files: ConfigurationOptions

    func run() async throws {
        do throws(ConfigurationProblems) {
            let settings = try files.read()
            let file = files.serviceFile
            for warning in settings.warnings + (await StartCheck.warnings(settings, file: file, now: .now)) {
                Console.say("\(warning)")
            }
            let problems = StartCheck.problems(settings, file: file)
            guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
            // Of this shell: a unit's or container's limit may be another one.
            let limit = DescriptorLimit.raise()
            let warning = DescriptorLimit.warning(
                wanted: settings.intake.maxConnections, limit: limit, binds: settings.bindCount)
            if let warning { Console.say("warning: \(warning)") }
            Console.say("no problem: \(settings.accounts.count) accounts, \(settings.carriers.count) carriers")
        } catch {
            for problem in error.all { Console.say("\(problem)") }
            throw ExitCode.badConfiguration
        }
    }
}
