import ArgumentParser
import Foundation
import HTTPService
import LoadTest

/// What is held against the run, and where its report goes.
struct LoadResultOptions: ParsableArguments {
    @Option(
        name: .customLong("fail-if"),
        help: "The run has failed if this is so: 'p99>50ms', 'errors>0.1%', 'rate<200/s', 'lost>0', … May be repeated.")
    var failIf: [String] = []

    @Option(help: "The simulator's status page, http://HOST:PORT: what it received is held against what was answered.")
    var audit: String?

    @Option(help: "The bridge's monitor, http://HOST:PORT: its carriers and binds go into the report.")
    var monitor: String?

    @Option(help: "Write the report to a file: .json, .xml (JUnit) or .html. May be repeated.")
    var report: [String] = []

    @Option(help: "An older report (.json) that this one is shown beside, on the terminal and in .json and .html.")
    var compare: String?

    @Flag(help: "No progress lines.")
    var quiet = false

    func thresholds() throws -> [Threshold] {
        try failIf.map { text in
            do throws(Threshold.Problem) {
                return try Threshold(text)
            } catch {
                throw ValidationError("--fail-if \(error)")
            }
        }
    }

    /// What can be said without reading a file.
    func check() throws {
        for file in report where ReportFormat(file: file) == nil {
            throw ValidationError("\(file): a report is .json, .xml or .html")
        }
        for (name, address) in [("--audit", audit), ("--monitor", monitor)] {
            if let address, HTTPURL(statusPage: address) == nil {
                throw ValidationError("\(name): \(address) is not http://HOST:PORT")
            }
        }
    }

    func apply(to plan: inout LoadPlan) throws {
        plan.thresholds = try thresholds()
        plan.audit = audit.flatMap { HTTPURL(statusPage: $0) }
        plan.monitor = monitor.flatMap { HTTPURL(statusPage: $0) }
    }

    func oldReport() throws -> LoadReport? {
        try compare.map { file in
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                throw ValidationError("--compare: \(file) cannot be read")
            }
            do {
                return try ReportFile.read(data)
            } catch {
                throw ValidationError("--compare: \(file) is no JSON report of smppost load")
            }
        }
    }

    /// A report that cannot be written is told before the run, not after it. What is in the files stays until then.
    func openReports() throws {
        for file in report {
            let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw ValidationError("--report \(file): \(String(cString: strerror(errno)))")
            }
            close(descriptor)
        }
    }

    func write(_ report: LoadReport, comparedWith old: LoadReport?) throws {
        for file in self.report {
            guard let format = ReportFormat(file: file) else { continue }
            do {
                try ReportFile.data(report, as: format, comparedWith: old).write(to: URL(filePath: file))
                Console.say("report: \(file)")
            } catch {
                Console.error("--report \(file): it cannot be written: is its disk full?")
                throw ExitCode.failure
            }
        }
    }
}
