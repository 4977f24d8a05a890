import Glibc
import SMPP

/// How long the simulator takes to answer a message. Never negative, and never more than an hour.
package enum LatencyModel: Hashable, Sendable {
    case constant(Duration)
    /// Gauss's curve; what would be below zero is zero.
    case normal(mean: Duration, deviation: Duration)
    /// Many short times and few long ones.
    case exponential(mean: Duration)
    /// By percentiles that were measured: straight lines between them; no time below the first or above the last.
    case percentiles([Percentile])

    /// So many percent of the times are at most `time`.
    package struct Percentile: Hashable, Sendable {
        /// 0 to 100.
        package var percent: Double
        package var time: Duration

        package init(_ percent: Double, _ time: Duration) {
            self.percent = percent
            self.time = time
        }
    }

    /// The longest list of percentiles.
    package static let maximumPercentiles = 32

    /// Reads `20ms`, `normal:20ms:5ms`, `exponential:20ms` or `p50=20ms,p95=80ms,p99=300ms`.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("normal", 3):
            self = .normal(mean: try OptionText.time(parts[1]), deviation: try OptionText.time(parts[2]))
        case ("exponential", 2):
            self = .exponential(mean: try OptionText.time(parts[1]))
        case ("normal", _), ("exponential", _):
            throw OptionProblem("\"\(text)\" is no latency; write normal:20ms:5ms or exponential:20ms")
        case (let first?, _) where first.hasPrefix("p"):
            self = .percentiles(try Self.percentiles(text))
        default:
            self = .constant(try OptionText.time(text))
        }
    }

    private static func percentiles(_ text: String) throws(OptionProblem) -> [Percentile] {
        var list: [Percentile] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].first == "p" else {
                throw OptionProblem("\"\(part)\" is no percentile; write p99=300ms")
            }
            let percent = try OptionText.number(pair[0].dropFirst())
            let time = try OptionText.time(pair[1])
            guard percent <= 100 else { throw OptionProblem("\"\(part)\" is above 100 percent") }
            if let last = list.last, last.percent >= percent || last.time > time {
                throw OptionProblem("\"\(part)\" does not rise above the percentile before it")
            }
            list.append(Percentile(percent, time))
        }
        guard list.count <= maximumPercentiles else {
            throw OptionProblem("more than \(maximumPercentiles) percentiles")
        }
        return list
    }
}

/// How answers become slower and slower.
package struct LatencyGrowth: Hashable, Sendable, CustomStringConvertible {
    package let eachSecond: Duration
    /// No more than this is added.
    package let most: Duration

    /// Reads `20ms/s:2s`: 20 ms more each second, 2 s at most.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasSuffix("/s") else {
            throw OptionProblem("\"\(text)\" is no growth; write 20ms/s:2s")
        }
        eachSecond = try OptionText.time(parts[0].dropLast(2))
        most = try OptionText.time(parts[1])
    }

    package var description: String { "\(OptionText.text(eachSecond))/s:\(OptionText.text(most))" }

    /// What is added, so long after the start.
    func added(_ elapsed: Duration) -> Duration {
        min(most, eachSecond * (elapsed / .seconds(1)))
    }
}

/// Draws times from a model, in nanoseconds.
struct LatencySampler: Sendable {
    private enum Shape: Sendable {
        case constant(Int64)
        case normal(mean: Double, deviation: Double)
        case exponential(mean: Double)
        case percentiles([(share: Double, time: Double)])
    }

    private let shape: Shape
    private let jitter: Int64

    /// - Parameter jitter: spread evenly from 0 to this, on top of what the model gives.
    init(_ model: LatencyModel, jitter: Duration) {
        self.jitter = max(0, Self.nanoseconds(jitter))
        shape =
            switch model {
            case .constant(let time): .constant(max(0, Self.nanoseconds(time)))
            case .normal(let mean, let deviation):
                .normal(mean: Double(Self.nanoseconds(mean)), deviation: Double(Self.nanoseconds(deviation)))
            case .exponential(let mean): .exponential(mean: Double(Self.nanoseconds(mean)))
            case .percentiles(let list):
                .percentiles(list.map { ($0.percent / 100, Double(Self.nanoseconds($0.time))) })
            }
    }

    /// The next time.
    func next(using generator: inout SplitMix64) -> Int64 {
        let time =
            switch shape {
            case .constant(let time): time
            case .normal(let mean, let deviation): bounded(mean + deviation * Self.normal(using: &generator))
            case .exponential(let mean): bounded(-mean * log(1 - Double.random(in: 0..<1, using: &generator)))
            case .percentiles(let list):
                bounded(Self.interpolated(list, at: Double.random(in: 0..<1, using: &generator)))
            }
        return jitter > 0 ? time + Int64.random(in: 0...jitter, using: &generator) : time
    }

    private func bounded(_ nanoseconds: Double) -> Int64 {
        Int64(min(max(0, nanoseconds), Double(Self.nanoseconds(OptionText.maximumTime))))
    }

    private static func interpolated(_ list: [(share: Double, time: Double)], at share: Double) -> Double {
        guard let above = list.firstIndex(where: { $0.share >= share }) else { return list.last?.time ?? 0 }
        guard above > 0 else { return list[0].time }
        let (low, high) = (list[above - 1], list[above])
        return low.time + (high.time - low.time) * (share - low.share) / (high.share - low.share)
    }

    /// Box and Muller's way to a normal number.
    private static func normal(using generator: inout SplitMix64) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    }

    private static func nanoseconds(_ time: Duration) -> Int64 {
        let parts = time.components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}
