/// What became of the message, told in `X-Outcome` whatever the status line says.
package enum Outcome: String, Sendable, Hashable, CaseIterable {
    /// The carrier accepted every segment.
    case accepted
    /// Refused for good, by the bridge or by the carrier: the same request will be refused again.
    case refused
    /// Some segments were accepted, some refused.
    case partial
    /// It may have gone: it must not be repeated.
    case unknown
    /// No byte of it was handed to a carrier: it may be repeated later.
    case notSent = "not-sent"
}
