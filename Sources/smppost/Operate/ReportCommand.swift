import ArgumentParser
import Foundation
import Journal
import Logging
import Operations
import Service
import Settings

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Sums of the journal's messages, for billing.",
        discussion: """
            Reads the journal of --config, also while the bridge writes it. Counts messages and segments of a month, or of the time \
            from --since to --until, by account, carrier or day; delivered segments by their receipts. Repeats that were answered \
            from the records are counted apart: nothing was sent for them. Days and months are of --zone.

            Exit codes: 0 done, 1 the journal cannot be read, 64 usage, 78 configuration.
            """)

    @OptionGroup var files: ConfigurationOptions
    @OptionGroup var time: TimeOptions

    @Option(help: "The month, like 2026-11, in place of --since and --until.")
    var month: String?

    @Option(help: "A line for each account, carrier or day.")
    var by = UsageReport.Key.account

    @Option(help: "Only this account's.")
    var account: String?

    @Option(help: "Only this carrier's.")
    var carrier: String?

    @Flag(help: "CSV in place of a table.")
    var csv = false

    func validate() throws {
        guard let month else {
            guard time.since != nil else {
                throw ValidationError("which time? --month 2026-11, or --since and --until")
            }
            return
        }
        guard time.since == nil, time.until == nil else {
            throw ValidationError("--month stands in place of --since and --until")
        }
        guard time.times.month(month) != nil else { throw ValidationError("--month is written like 2026-11") }
    }

    func run() async throws {
        guard let journal = try files.loadService().journal else {
            Console.error("\(files.place.config): no journal is configured")
            throw ExitCode.badConfiguration
        }
        journal.takeInLog(Logger(label: "smppost") { StreamLogHandler.standardError(label: $0) })
        var filter = JournalFilter()
        (filter.account, filter.carrier) = (account, carrier)
        (filter.since, filter.before) = (try time.from, try time.to)
        if let range = month.flatMap(time.times.month) {
            (filter.since, filter.before) = (range.lowerBound, range.upperBound)
        }
        var report = UsageReport(by: by, times: time.times)
        do {
            try journal.reader.all(filter) { report.add($0) }
        } catch let problem as JournalProblem {
            Console.error("\(problem)")
            throw ExitCode.failure
        }
        if !csv { Console.say("\(span(filter)) (\(time.times.name))") }
        for line in csv ? report.csv : report.table { Console.say(line) }
    }

    private func span(_ filter: JournalFilter) -> String {
        let from = filter.since.map { "from " + time.times.text($0) } ?? ""
        return from + (filter.before.map { " to " + time.times.text($0) } ?? "")
    }
}

extension UsageReport.Key: ExpressibleByArgument {}
