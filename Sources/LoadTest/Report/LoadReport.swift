/// A whole run: what the JSON report holds, version 1. Times are in milliseconds unless their names say otherwise.
package struct LoadReport: Hashable, Sendable, Codable {
    /// The version of this form. It changes when a member changes its meaning or goes; members are added without.
    package static let version = 1

    /// Figures of a histogram.
    package struct Latency: Hashable, Sendable, Codable {
        /// A point of the distribution.
        package struct Point: Hashable, Sendable, Codable {
            /// Percent of the messages that took at most `ms`.
            package var percent: Double
            package var ms: Double
        }

        package var count: Int
        package var min: Double
        package var mean: Double
        package var p50: Double
        package var p75: Double
        package var p90: Double
        package var p95: Double
        package var p99: Double
        package var p999: Double
        package var p9999: Double
        package var max: Double
        /// The distribution, denser towards 100 %.
        package var curve: [Point]

        package init(_ histogram: LatencyHistogram) {
            func ms(_ percent: Double) -> Double { Self.milliseconds(histogram.percentile(percent)) }
            count = histogram.count
            min = Self.milliseconds(histogram.minimum)
            mean = (histogram.mean / 1_000).rounded() / 1_000
            (p50, p75, p90, p95) = (ms(50), ms(75), ms(90), ms(95))
            (p99, p999, p9999) = (ms(99), ms(99.9), ms(99.99))
            max = Self.milliseconds(histogram.maximum)
            curve = Self.percents(of: count).map { Point(percent: $0, ms: ms($0)) }
        }

        /// Steps that halve what is left to 100 %, three to each half, as far as the count bears.
        private static func percents(of count: Int) -> [Double] {
            guard count > 0 else { return [] }
            var percents = [0.0, 10, 20, 30, 40]
            var left = 50.0
            while left * Double(count) / 100 >= 0.5, percents.count < 80 {
                percents += [100 - left, 100 - left * 0.8, 100 - left * 0.63]
                left /= 2
            }
            return percents + [100]
        }

        private static func milliseconds(_ nanoseconds: UInt64) -> Double {
            (Double(nanoseconds) / 1_000).rounded() / 1_000
        }
    }

    /// Why messages were not accepted.
    package struct Fault: Hashable, Sendable, Codable {
        package var outcome: String
        /// HTTP status or `command_status`; 0 where there was none.
        package var code: UInt32
        /// For people.
        package var text: String
        package var count: Int
    }

    /// What became of the receipts.
    package struct Receipts: Hashable, Sendable, Codable {
        /// Segments whose receipts were asked for.
        package var expected: Int
        package var matched: Int
        package var missing: Int
        package var duplicates: Int
        package var unmatched: Int
        /// Of the matched.
        package var states: [String: Int]
        /// From the answer to the receipt; nil where another process received them.
        package var delay: Latency?
        /// Marks and segments of the missing ones, at most `LoadLimits.listed`.
        package var missingList: [String]
    }

    /// How the connections or binds held.
    package struct Connections: Hashable, Sendable, Codable {
        package var wanted: Int
        package var opened: Int
        package var lost: Int
        package var failures: Int
        package var lastFailure: String?
    }

    /// The driver's own part.
    package struct Driver: Hashable, Sendable, Codable {
        package var cpuSeconds: Double
        package var cpuMicrosecondsPerMessage: Double
        package var peakMemoryBytes: Int
        /// How late after its time a message was sent at most: connections were missing, or the driver was too slow.
        package var latestStart: Double
        /// Share of a core that the driver used.
        package var cores: Double
    }

    /// A threshold and what was measured.
    package struct Check: Hashable, Sendable, Codable {
        package var threshold: String
        /// Nil: it was not measured, which is a failure.
        package var value: Double?
        package var valueText: String
        package var passed: Bool
    }

    /// A setting by name, never a secret.
    package struct Setting: Hashable, Sendable, Codable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package var smppostLoad = LoadReport.version
    /// When it began, RFC 3339.
    package var started: String
    package var target: String
    package var shape: String
    /// Seconds from the first intended start to the last answer.
    package var elapsed: Double
    package var machine: Machine
    /// Of the driver, in the order of its options.
    package var configuration: [Setting]
    /// What the target told of itself, as JSON.
    package var targetConfiguration: String?
    /// The simulator's counters after the run, as JSON.
    package var carrierCounters: String?
    /// Messages by outcome.
    package var outcomes: [String: Int]
    package var faults: [Fault]
    package var messages: Int
    package var errors: Int
    package var acceptedSegments: Int
    package var replayed: Int
    /// Messages a second over `elapsed`.
    package var sentPerSecond: Double
    package var acceptedPerSecond: Double
    /// From the intended start.
    package var response: Latency
    /// From the actual start.
    package var service: Latency
    package var series: [LoadSecond]
    /// Of a load in steps, in the order of time; nil for any other.
    package var steps: [LoadStep]?
    /// The highest rate of a step that held, with all steps of lower rates, messages a second; nil: none, or no steps.
    package var highestRateHeld: Double?
    package var receipts: Receipts?
    package var audit: AuditReport?
    package var connections: Connections
    package var driver: Driver
    /// Whether it was stopped before its end.
    package var interrupted: Bool
    package var checks: [Check]
    /// This run beside an older one (`--compare`); nil where there is none.
    package var comparison: LoadComparison?

    /// Whether every threshold holds and the audit, if any, is clean.
    package var passed: Bool {
        checks.allSatisfy(\.passed) && (audit.map { $0.verdict == .clean } ?? true)
    }

    /// Errors of 100 messages.
    package var errorPercent: Double { messages == 0 ? 0 : Double(errors) * 100 / Double(messages) }

    /// How many messages ended so.
    package func count(_ outcome: LoadOutcome) -> Int { outcomes[outcome.name] ?? 0 }
}
