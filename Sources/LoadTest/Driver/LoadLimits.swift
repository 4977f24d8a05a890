import NIOCore

/// Bounds of a run, by name.
package enum LoadLimits {
    /// Connections or binds.
    package static let connections = 1...20_000
    /// Unanswered submits a bind.
    package static let window = 1...10_000
    /// Messages that wait for a connection at most, over all event loops; more are not started and count as errors.
    package static let waiting = 200_000
    /// Messages a second of a profile.
    package static let rate = 0.01...1_000_000.0
    /// Rates of `--steps`: each has a row of the report, and a histogram on each event loop.
    package static let steps = 1...100
    /// Seconds of a run.
    package static let seconds = 0.1...86_400.0
    /// Messages whose outcome is kept for the audit.
    package static let audited = 200_000_000
    /// Entries of a list in a report; the rest is counted.
    package static let listed = 100
    /// Rows of the series in a report: then each two become one.
    package static let rows = 7_200
    /// A step kept up where all but so large a share of its messages were answered by `stepGrace` after its end.
    static let stepLag = 0.05
    /// Nanoseconds.
    static let stepGrace: UInt64 = 1_000_000_000
    static let connectTimeout = TimeAmount.seconds(10)
    /// Times between attempts to connect anew.
    static let reconnectFirst: UInt64 = 50_000_000
    static let reconnectMaximum: UInt64 = 1_000_000_000
}
