import ArgumentParser
import Foundation
import Journal
import Logging
import Messaging
import Operations
import Service
import Settings

struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "List messages of the journal, or show one message's life.",
        discussion: """
            Reads the journal of --config, also while the bridge writes it. Newest first; with --follow, what comes; with \
            --csv or --all, everything that was asked for, oldest first. Numbers are masked unless --full. Times are of --zone.

            Exit codes: 0 done, 1 the journal cannot be read or has no such message, 64 usage, 78 configuration.
            """)

    @OptionGroup var files: ConfigurationOptions

    @Option(help: "Only this account's.")
    var account: String?

    @Option(help: "Only this number: all of its digits, or its last four or more.")
    var number: String?

    @OptionGroup var time: TimeOptions

    @Option(help: "Only these: accepted, refused, partial, unknown or not-sent.")
    var outcome: String?

    @Option(help: "Only this carrier's.")
    var carrier: String?

    @Option(help: "At most so many, 1 to 10000; 100 unless --csv or --all.")
    var limit: Int?

    @Flag(help: "All of them, oldest first.")
    var all = false

    @Option(help: "Everything about this message.")
    var id: String?

    @Flag(help: "Messages of subscribers in place of ours.")
    var inbound = false

    @Flag(help: "Numbers in full.")
    var full = false

    @Flag(help: "One JSON object a line, numbers as the journal has them.")
    var json = false

    @Flag(help: "CSV for billing: a line a message, all of them unless --limit.")
    var csv = false

    @Flag(help: "Go on with what comes, until Ctrl-C.")
    var follow = false

    func validate() throws {
        guard (1...10_000).contains(limit ?? 1) else { throw ValidationError("--limit is not from 1 to 10000") }
        if csv, json || follow || inbound || id != nil {
            throw ValidationError("--csv is of sent messages, and stands without --json, --follow, --inbound and --id")
        }
        if all, limit != nil || follow || inbound || id != nil {
            throw ValidationError("--all is of sent messages, and stands without --limit, --follow, --inbound and --id")
        }
        if let id, MessageID(parsing: id) == nil {
            throw ValidationError("\(id) is not a message id: 13 letters and digits, as X-Message-Id has it")
        }
        if id != nil, follow || inbound { throw ValidationError("--id stands alone, or with --json and --full") }
        let outcomes = ["accepted", "refused", "partial", "unknown", "not-sent"]
        if let outcome, !outcomes.contains(outcome) {
            throw ValidationError("--outcome is one of \(outcomes.joined(separator: ", "))")
        }
        if inbound, account != nil || outcome != nil {
            throw ValidationError("an inbound message has neither an account nor an outcome")
        }
        if follow, time.until != nil { throw ValidationError("--follow has no end: leave --until out") }
        _ = try filter()
    }

    func run() async throws {
        guard let journal = try files.loadService().journal else {
            Console.error("\(files.place.config): no journal is configured")
            throw ExitCode.badConfiguration
        }
        journal.takeInLog(Logger(label: "smppost") { StreamLogHandler.standardError(label: $0) })
        let reader = journal.reader
        do {
            if let id { return try show(id, reader) }
            if follow { return try await follow(reader) }
            sayHeader()
            if all || (csv && limit == nil) {
                try reader.all(filter(), say)
            } else if inbound {
                try reader.inbound(filter()).forEach(say)
            } else {
                try reader.messages(filter()).forEach(say)
            }
        } catch let problem as JournalProblem {
            Console.error("\(problem)")
            throw ExitCode.failure
        }
    }

    private func show(_ id: String, _ reader: any JournalReader) throws {
        guard let id = MessageID(parsing: id), let life = try reader.life(of: id) else {
            Console.error(
                "the journal has no such message; what was refused before its account was known stands in the log alone"
            )
            throw ExitCode.failure
        }
        if json { return say(life) }
        table.lines(life).forEach(Console.say)
    }

    private var table: MessagesTable { MessagesTable(times: time.times, isFull: full) }

    private func sayHeader() {
        if csv {
            Console.say(MessagesCSV.header)
        } else if !json {
            Console.say(inbound ? table.inboundHeader : table.header)
        }
    }

    private func say(_ life: MessageLife) {
        if csv { return Console.say(MessagesCSV(times: time.times, isFull: full).line(life)) }
        Console.say(json ? MessageLifeReport.line(life) : table.line(life))
    }

    private func say(_ record: InboundRecord) {
        Console.say(json ? MessageLifeReport.line(record) : table.line(record))
    }

    // MARK: Follow

    private static let look = Duration.milliseconds(500)
    /// A message without an answer after this long is shown as it is.
    private static let patience: UInt64 = 30_000

    private func follow(_ reader: any JournalReader) async throws {
        var filter = try filter()
        sayHeader()
        filter.after = MessageID.last(before: filter.since ?? JournalClock.now())
        filter.limit = 1000
        while !Task.isCancelled {
            if inbound {
                for record in try reader.inbound(filter) {
                    say(record)
                    filter.after = record.id
                }
            } else {
                for life in try reader.messages(filter) {
                    // In order: what comes later waits for this one's answer.
                    let age = JournalClock.now() - min(JournalClock.now(), life.message.id.unixMilliseconds)
                    if life.outcome == nil, age < Self.patience { break }
                    say(life)
                    filter.after = life.message.id
                }
            }
            try? await Task.sleep(for: Self.look)
        }
    }

    // MARK: Filter

    private func filter() throws -> JournalFilter {
        var filter = JournalFilter()
        filter.account = account
        filter.carrier = carrier
        filter.outcome = outcome
        filter.limit = limit ?? 100
        if let number {
            let digits = number.filter { !" -.()+".contains($0) }
            guard (3...15).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw ValidationError("--number is not 3 to 15 digits")
            }
            filter.recipient = digits
        }
        (filter.since, filter.before) = (try time.from, try time.to)
        return filter
    }
}
