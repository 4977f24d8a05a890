package import Messaging

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
