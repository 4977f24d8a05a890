package import Messaging

/// Reads the journal beside the one who writes it: on its own connection, on any thread, blocking.
package protocol JournalReader: Sendable {
    /// The life of one message, sent or inbound; nil = no such message.
    func life(of id: MessageID) throws(JournalProblem) -> MessageLife?

    /// Whether another message that the same account calls by the same name went, or may have gone, or is under way.
    ///
    /// - Parameter life: with its reference; without one the answer is no.
    func hasNamesake(_ life: MessageLife) throws(JournalProblem) -> Bool

    /// Messages that pass the filter, newest first.
    func messages(_ filter: JournalFilter) throws(JournalProblem) -> [MessageLife]

    /// Inbound messages, newest first; `account`, `outcome` and `carrier` of the filter apply as far as they can.
    func inbound(_ filter: JournalFilter) throws(JournalProblem) -> [InboundRecord]

    /// What has to be posted, oldest first. A row that cannot be read is told and stands in nobody's way.
    ///
    /// - Parameters:
    ///   - after: only those with a greater id; nil = from the first.
    ///   - limit: 1 to 10,000.
    func postings(after: MessageID?, limit: Int) throws(JournalProblem) -> PostingPage

    /// Segments for which memory had no more room, by their keys; of each key the last ones, at most `JournalSchema.mostForgotten`.
    func forgotten(_ keys: [Int64]) throws(JournalProblem) -> [ForgottenRecord]

    /// How many messages of each account went, or may have gone, of those whose ids are of this time.
    ///
    /// - Parameter time: milliseconds since 1970.
    func sentCounts(_ time: Range<UInt64>) throws(JournalProblem) -> [String: Int]

    /// The last messages that went, or may have gone, newest first.
    ///
    /// - Parameters:
    ///   - moment: milliseconds since 1970: from here on.
    ///   - limit: at most so many.
    func sentMessages(since moment: UInt64, limit: Int) throws(JournalProblem) -> [SentMessage]
}

/// Which messages a list has.
package struct JournalFilter: Hashable, Sendable {
    package var account: String?
    package var carrier: String?
    /// Digits: the whole number, or its end of 4 digits or more.
    package var recipient: String?
    package var outcome: String?
    /// Milliseconds since 1970: from here on.
    package var since: UInt64?
    /// Milliseconds since 1970: before this.
    package var before: UInt64?
    /// Only messages after this one, oldest first (to follow what comes).
    package var after: MessageID?
    /// 1 to 10,000.
    package var limit = 100

    package init() {}
}

extension JournalReader {
    /// All messages that pass a filter, oldest first, without a limit: a page at a time, so that it costs neither memory nor anybody a
    /// long transaction.
    ///
    /// - Parameters:
    ///   - filter: its `limit` and `after` are left out.
    ///   - take: called with each.
    package func all(
        _ filter: JournalFilter, _ take: (MessageLife) throws -> Void
    ) throws {
        var page = filter
        page.limit = 2_000
        page.after = MessageID.last(before: filter.since ?? 0)
        while true {
            let lives = try messages(page)
            for life in lives { try take(life) }
            guard let last = lives.last else { return }
            page.after = last.message.id
        }
    }
}

extension MessageID {
    /// The greatest id before a moment (milliseconds since 1970); of the first moment of ids its first id.
    package static func last(before milliseconds: UInt64) -> MessageID? {
        JournalSchema.id(max(0, JournalSchema.firstKey(at: milliseconds) - 1))
    }
}
