package import HTTPService
package import TLS

/// All that a run is told.
package struct LoadPlan: Sendable {
    /// What is driven.
    package enum Target: Sendable {
        /// PlanFix's form over HTTPS.
        case form(HTTPURL, TLSClientContext)
        /// An SMSC.
        case submit(SubmitOptions)
    }

    /// When messages are sent.
    package enum Pacing: Sendable {
        /// At times fixed beforehand, whatever the answers do.
        case open(LoadProfile, ArrivalSchedule.Spacing)
        /// So many messages under way at any time, each followed by the next, for so many seconds.
        case closed(workers: Int, seconds: Double)

        package var seconds: Double {
            switch self {
            case .open(let profile, _): profile.seconds
            case .closed(_, let seconds): seconds
            }
        }

        /// The rates of a load in steps, messages a second, and until when each lasts, in seconds of the run; empty for any other load.
        var steps: [(rate: Double, until: Double)] {
            guard case .open(let profile, _) = self, profile.isStepped else { return [] }
            var until = 0.0
            return profile.pieces.map { piece in
                until += piece.seconds
                return (piece.from, until)
            }
        }

        /// In words and figures.
        package var summary: String {
            switch self {
            case .open(let profile, let spacing): "\(profile.summary), \(spacing.rawValue) arrivals"
            case .closed(let workers, _): "closed loop of \(workers)"
            }
        }
    }

    package var target: Target
    package var pacing: Pacing
    package var mix: MessageMix
    package var seed: UInt64
    /// Tells this run's marks apart from others in the same record.
    package var run: UInt64
    /// Connections, or binds; in `LoadLimits.connections`.
    package var connections = 16
    /// Event loops, 1 or more.
    package var threads = 1
    /// The most messages; nil: as many as the time holds.
    package var messages: Int?
    /// How long an answer may take.
    package var timeout = Duration.seconds(30)
    /// Messages intended in this first part of the run count in no percentile, in seconds.
    package var warmUp = 0.0
    /// How long receipts are waited for after the last message.
    package var receiptsWithin = Duration.seconds(30)
    /// The simulator's status page.
    package var audit: HTTPURL?
    /// The bridge's monitor, whose view of its binds goes into the report.
    package var monitor: HTTPURL?
    /// Thresholds that decide whether the run has failed.
    package var thresholds: [Threshold] = []

    package init(target: Target, pacing: Pacing, mix: MessageMix = .standard, seed: UInt64 = 1, run: UInt64) {
        self.target = target
        self.pacing = pacing
        self.mix = mix
        self.seed = seed
        self.run = run
    }

    /// What the target is called in reports.
    package var targetText: String {
        switch target {
        case .form(let url, _): "\(url.scheme)://\(url.authority)\(url.target)"
        case .submit(let options):
            (options.tls == nil ? "smpp://" : "smpps://") + "\(options.host):\(options.port)"
        }
    }
}
