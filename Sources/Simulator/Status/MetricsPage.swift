import HTTPService
import NIOCore
import SMPP

/// `GET /metrics`: the counters in Prometheus' text format.
enum MetricsPage {
    static let prefix = "smppost_simulator_"

    static func text(_ totals: SimulatorTotals) -> MetricsWriter {
        var metrics = MetricsWriter()
        for counter in SimulatorStatistics.counters {
            if counter.isGauge {
                metrics.family(prefix + counter.name, .gauge, counter.help + ".")
            } else {
                metrics.family(prefix + counter.name + "_total", .counter, counter.help + ".")
            }
            metrics.sample(totals.statistics[keyPath: counter.path])
        }
        metrics.family(
            prefix + "refusals_total", .counter, "Messages answered with another status than 0, by command_status.")
        for (status, count) in totals.statistics.statuses.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            metrics.sample(count, ["status": status.hex])
        }
        metrics.family(
            prefix + "max_unanswered", .gauge, "The most messages of one bind that waited for their answers at once.")
        metrics.sample(totals.statistics.maxUnanswered)
        metrics.family(
            prefix + "max_in_one_second", .gauge, "The most messages of one system_id within any one second.")
        metrics.sample(totals.paces.values.max() ?? 0)
        metrics.family(
            prefix + "max_binds", .gauge,
            "The most binds of one system_id at once, those that are not forgotten included.")
        metrics.sample(totals.largestBinds.values.max() ?? 0)
        if let share = totals.busyShare {
            metrics.family(
                prefix + "busy_share", .gauge,
                "Messages accepted as a share of what the rate allows from a bind's first message to its last.")
            metrics.sample(share)
        }
        metrics.family(prefix + "record_dropped", .gauge, "Received messages that the record does not keep any more.")
        metrics.sample(totals.recordDropped)
        return metrics
    }
}

/// What a simulator has counted, over all event loops.
struct SimulatorTotals: Sendable {
    var statistics = SimulatorStatistics()
    /// The busiest second by `system_id`.
    var paces: [String: Int] = [:]
    /// The most binds at once by `system_id`, and those that count now.
    var largestBinds: [String: Int] = [:]
    var countedBinds: [String: Int] = [:]
    var recordDropped: UInt64 = 0
    /// Nil where there is no rate limit.
    var rateLimit: Int?

    /// Messages accepted as a share of what the rate allows from a bind's first message to its last, all binds
    /// together; nil without a rate or with a single message.
    var busyShare: Double? {
        guard let rateLimit, statistics.nanosecondsInUse > 0 else { return nil }
        return Double(statistics.accepted) / (Double(rateLimit) * Double(statistics.nanosecondsInUse) / 1e9)
    }

    /// Asks every event loop.
    static func gather(_ context: SimulatorContext, _ eventLoop: any EventLoop) -> EventLoopFuture<SimulatorTotals> {
        let base = context.numbers.resetAt
        let parts = context.shards.map { shard in
            shard.submit { ($0.statistics, $0.messages.lostThrough) }
        }
        return EventLoopFuture.whenAllSucceed(parts, on: eventLoop).map { parts in
            let binds = context.bindCounts.all
            return SimulatorTotals(
                statistics: parts.map(\.0).reduce(SimulatorStatistics(), +),
                paces: context.paces.all.mapValues(\.largest), largestBinds: binds.mapValues(\.largest),
                countedBinds: binds.mapValues { $0.current(.now()) },
                recordDropped: RecordPage.dropped(lostThrough: parts.map(\.1).max() ?? 0, base: base),
                rateLimit: context.options.rateLimit)
        }
    }
}
