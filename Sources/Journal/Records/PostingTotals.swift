/// How many postings there were since the start.
package struct PostingTotals: Hashable, Sendable {
    package var posted: UInt64 = 0
    package var failedAttempts: UInt64 = 0
    package var givenUp: UInt64 = 0

    package init() {}
}
