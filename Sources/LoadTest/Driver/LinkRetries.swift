import NIOCore

/// How a link's attempts to connect went: each that fails makes the wait for the next one longer, up to a bound.
struct LinkRetries {
    private var failures: UInt64 = 0

    /// An attempt failed.
    mutating func failed(_ recorder: inout LoadRecorder) {
        recorder.connectFailures += 1
        failures += 1
    }

    /// The link is up: after its end the next attempt comes at once.
    mutating func succeeded() {
        failures = 0
    }

    /// How long to wait before the next attempt.
    var pause: TimeAmount {
        guard failures > 0 else { return .zero }
        return .nanoseconds(
            Int64(min(LoadLimits.reconnectFirst << min(failures, 5), LoadLimits.reconnectMaximum)))
    }
}
