import Glibc
import SMPP

/// The times at which messages are to be sent: fixed before the run, whatever the answers do.
///
/// A value without a clock: the same profile, spacing and seed give the same times. With L(t) messages wanted up to the
/// time t, the k-th message is sent when L reaches k (`even`), or when L reaches the sum of k random distances of mean 1
/// (`poisson`): a Poisson process of the profile's rate.
package struct ArrivalSchedule: IteratorProtocol, Sequence, Sendable {
    /// How messages lie between each other.
    package enum Spacing: String, Hashable, Sendable, CaseIterable {
        /// As people send: at random, independent of each other.
        case poisson
        /// At equal distances.
        case even
    }

    private let pieces: [LoadProfile.Piece]
    private let spacing: Spacing
    private var random: SplitMix64
    private var piece = 0
    /// Seconds before the piece.
    private var pieceStart = 0.0
    /// Messages before the piece.
    private var before = 0.0
    /// Messages up to the next one.
    private var wanted = 0.0
    private var given: UInt64 = 0

    package init(_ profile: LoadProfile, spacing: Spacing, seed: UInt64) {
        pieces = profile.pieces
        self.spacing = spacing
        random = SplitMix64(seed: seed)
    }

    /// Nanoseconds after the start of the run; nil after the last. Never less than the one before.
    package mutating func next() -> UInt64? {
        let target: Double
        switch spacing {
        case .even:
            target = Double(given)
        case .poisson:
            wanted -= log(1 - random.fraction())
            target = wanted
        }
        given += 1
        while piece < pieces.count, target >= before + pieces[piece].arrivals {
            before += pieces[piece].arrivals
            pieceStart += pieces[piece].seconds
            piece += 1
        }
        guard piece < pieces.count else { return nil }
        return UInt64((pieceStart + pieces[piece].time(of: target - before)) * 1e9)
    }
}

extension LoadProfile.Piece {
    /// Seconds from its beginning until so many messages: the root of from·t + slope·t²/2 = count, in the form that
    /// loses no digits and has no case of its own for a slope of 0.
    fileprivate func time(of count: Double) -> Double {
        guard count > 0 else { return 0 }
        let slope = (to - from) / seconds
        let root = max(0, from * from + 2 * slope * count).squareRoot()
        return min(seconds, 2 * count / (from + root))
    }
}
