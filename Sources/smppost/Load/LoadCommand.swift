import ArgumentParser
import Foundation
import LoadTest
import Settings
import TLS
import UnixSignals

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load a bridge (https://…) or an SMSC (smpp://…) and report how it held.",
        discussion: """
            Messages are sent at times fixed beforehand, whatever the answers do, and response times count from the \
            intended start; --closed N keeps N under way instead. Exit code 0: it held. 1: a --fail-if came true, the audit \
            found something, nothing could be sent, or something was not accepted and no --fail-if speaks of errors or accepted. 64: usage. Ctrl-C ends early with a report, a second one at once.
            """)

    @Argument(help: "https://HOST[:PORT]/PATH, smpp://HOST:PORT or smpps://HOST:PORT.")
    var target = "https://127.0.0.1:8443/sms"

    @OptionGroup(title: "Load") var shape: LoadShapeOptions
    @OptionGroup(title: "Target") var ends: LoadTargetOptions
    @OptionGroup(title: "Messages") var messages: LoadMessageOptions
    @OptionGroup(title: "Result") var results: LoadResultOptions

    func validate() throws {
        _ = try shape.pacing()
        _ = try results.thresholds()
        try ends.check(target)
        try results.check()
    }

    func run() async throws {
        var plan: LoadPlan
        let old: LoadReport?
        do {
            plan = try LoadPlan(
                target: ends.target(target), pacing: shape.pacing(), mix: messages.mix(ends), seed: messages.seed,
                run: .random(in: 0...UInt64.max))
            ends.apply(to: &plan)
            shape.apply(to: &plan)
            try results.apply(to: &plan)
            old = try results.oldReport()
            try results.openReports()
        } catch let error as ConfigurationProblems {
            Console.error(error.description)
            throw ExitCode(78)
        }
        let screen = LoadScreen(isQuiet: results.quiet)
        let run = LoadRun(plan) { screen.show($0) }
        let signals = Task { await Self.watch(run) }
        defer { signals.cancel() }
        let report: LoadReport
        do {
            let measured = try await run.run()
            report = old.map(measured.compared) ?? measured
        } catch {
            screen.end()
            Console.error("\(error)")
            throw ExitCode.failure
        }
        screen.end()
        for line in ReportText.lines(report) { Console.say(line) }
        try results.write(report, comparedWith: old)
        guard report.passed, report.messages > 0 else { throw ExitCode.failure }
    }

    /// The first SIGINT or SIGTERM ends the run with a report; the second one ends the process.
    private static func watch(_ run: LoadRun) async {
        var seen = false
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            if seen { _exit(130) }
            seen = true
            Console.error("stopping; once more to stop at once")
            run.stop()
        }
    }
}
