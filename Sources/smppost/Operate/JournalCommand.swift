import ArgumentParser
import Journal

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Look after a journal's files.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Verify a journal's SQLite file and its log.",
            discussion: """
                Reads every page, every row and every record of the log beside the file, and changes nothing; a backup too, and \
                also while the bridge writes it.

                Exit codes: 0 all of it can be read, 1 something cannot, 64 usage.
                """)

        @Argument(help: "The SQLite file.")
        var file: String

        func run() async throws {
            do {
                let check = try JournalCheck.run(path: file)
                for (table, rows) in check.rows { Console.say("\(table): \(rows) rows") }
                Console.say("log: \(check.logged) records, \(check.unmoved) of them not in the file yet")
                for problem in check.problems { Console.error(problem) }
                guard check.problems.isEmpty else { throw ExitCode.failure }
                Console.say("all of it can be read")
            } catch let problem as JournalProblem {
                Console.error("\(problem)")
                throw ExitCode.failure
            }
        }
    }
}
