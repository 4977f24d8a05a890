/// Totals of a bind since the start, in segments: `written` = accepted + refused + unknown + those that are open.
package struct SubmitCounters: Hashable, Sendable {
    package var written: UInt64 = 0
    package var accepted: UInt64 = 0
    package var refused: UInt64 = 0
    /// Written, and nobody knows: also where a late response told it in the end.
    package var unknown: UInt64 = 0
    /// Of the unknown ones, those whose connection was lost.
    package var lost: UInt64 = 0
    /// Responses that came after their request was given up or its message was completed.
    package var late: UInt64 = 0
    /// Responses to no request of ours, and second ones.
    package var unexpected: UInt64 = 0
    /// Refusals for speed.
    package var throttled: UInt64 = 0

    package init() {}
}
