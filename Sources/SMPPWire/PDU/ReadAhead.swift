/// Whether to go on reading from a peer whose socket takes nothing of what is written: up to a bound, since it may write all its answers
/// before it reads again; then no more, since each PDU that is read may be one more to answer.
///
///     takes bytes ──takes none──▶ reading ahead ──bound──▶ waiting
///          ▲──────────takes bytes again┴──────────────────────┘
package struct ReadAhead: Hashable, Sendable {
    /// Octets: where the answers of a window of 10,000 have room, whatever stands in them.
    package static let usualBound = 4 << 20

    private let bound: Int
    private var takesBytes = true
    private var octets = 0

    /// - Parameter bound: octets that are read while the socket takes none, at most, and one read more.
    package init(bound: Int = ReadAhead.usualBound) {
        self.bound = bound
    }

    package var mayRead: Bool { takesBytes || octets < bound }

    package mutating func read(_ octets: Int) {
        if !takesBytes { self.octets += octets }
    }

    /// Whether the socket takes bytes has changed.
    package mutating func writability(_ takesBytes: Bool) {
        self.takesBytes = takesBytes
        octets = 0
    }
}
