/// How many messages a second are wanted at which time: pieces one after the other, in each of which the rate is
/// constant or changes evenly.
package struct LoadProfile: Hashable, Sendable {
    /// A stretch of time with one rate, or one that changes evenly.
    package struct Piece: Hashable, Sendable {
        /// Seconds, more than 0.
        package var seconds: Double
        /// Messages a second at its beginning, 0 or more.
        package var from: Double
        /// Messages a second at its end, 0 or more.
        package var to: Double

        package init(seconds: Double, from: Double, to: Double) {
            self.seconds = seconds
            self.from = from
            self.to = to
        }

        /// How many messages it holds.
        var arrivals: Double { (from + to) / 2 * seconds }
    }

    /// In the order of time. Never empty.
    package private(set) var pieces: [Piece]
    /// The shape in words and figures, for reports.
    package private(set) var summary: String
    /// Whether each piece is a step of its own, which the report has a row for.
    package private(set) var isStepped = false

    /// The same rate all the time.
    package static func constant(_ rate: Double, seconds: Double) -> LoadProfile {
        LoadProfile(
            pieces: [Piece(seconds: seconds, from: rate, to: rate)], summary: "constant \(rate.short)/s")
    }

    /// From one rate evenly to another.
    package static func ramp(from: Double, to: Double, seconds: Double) -> LoadProfile {
        LoadProfile(
            pieces: [Piece(seconds: seconds, from: from, to: to)], summary: "ramp \(from.short)/s to \(to.short)/s")
    }

    /// One rate after the other, each for the same part of the time. `rates` has at least one.
    package static func steps(_ rates: [Double], seconds: Double) -> LoadProfile {
        let each = seconds / Double(max(1, rates.count))
        return LoadProfile(
            pieces: rates.map { Piece(seconds: each, from: $0, to: $0) },
            summary: "steps " + rates.map { "\($0.short)/s" }.joined(separator: ", "), isStepped: true)
    }

    /// `base`, and `peak` for `length` seconds at the end of every `period` seconds. `length` is less than `period`.
    package static func burst(
        base: Double, peak: Double, length: Double, period: Double, seconds: Double
    ) -> LoadProfile {
        var pieces: [Piece] = []
        var left = seconds
        while left > 0 {
            let quiet = min(left, period - length)
            pieces.append(Piece(seconds: quiet, from: base, to: base))
            left -= quiet
            guard left > 1e-9 else { break }
            let loud = min(left, length)
            pieces.append(Piece(seconds: loud, from: peak, to: peak))
            left -= loud
            if left <= 1e-9 { break }
        }
        let shape = "burst \(base.short)/s with \(peak.short)/s for \(length.short) s every \(period.short) s"
        return LoadProfile(pieces: pieces, summary: shape)
    }

    /// A tenth of the time, at most a minute, up to the rate; then the same rate.
    package static func soak(_ rate: Double, seconds: Double) -> LoadProfile {
        let rise = min(60, seconds / 10)
        return LoadProfile(
            pieces: [
                Piece(seconds: rise, from: 0, to: rate), Piece(seconds: seconds - rise, from: rate, to: rate),
            ], summary: "soak \(rate.short)/s")
    }

    /// How long it takes.
    package var seconds: Double { pieces.reduce(0) { $0 + $1.seconds } }

    /// How many messages it means on average.
    package var expectedArrivals: Double { pieces.reduce(0) { $0 + $1.arrivals } }

    /// The rate wanted at a time, messages a second; 0 outside of the profile.
    package func rate(at time: Double) -> Double {
        var start = 0.0
        for piece in pieces {
            if time < start + piece.seconds {
                return time < start ? 0 : piece.from + (piece.to - piece.from) * (time - start) / piece.seconds
            }
            start += piece.seconds
        }
        return 0
    }
}

extension Double {
    /// Without needless digits: `200`, `0.5`, `12.35`.
    package var short: String {
        if self == rounded(), magnitude < 1e15 { return String(Int64(self)) }
        let rounded = (self * 100).rounded() / 100
        return rounded == rounded.rounded() && magnitude < 1e15 ? String(Int64(rounded)) : String(rounded)
    }
}
