package import Messaging

/// What has to be posted, a page of it.
package struct PostingPage: Hashable, Sendable {
    package var records: [PostingRecord] = []
    /// Rows that no version before this one wrote, or that are damaged.
    package var unreadable: [MessageID] = []
    /// Whether it is as long as it may be: there may be more.
    package var isFull = false

    package init() {}

    /// The greatest id; nil = there are no rows.
    package var last: MessageID? { [records.last?.id, unreadable.last].compactMap(\.self).max() }
}

/// Something that has to be posted to a URL, until it is done or given up.
package struct PostingRecord: Hashable, Sendable {
    package var id: MessageID
    /// Since when it waits, in milliseconds since 1970.
    package var at: UInt64
    /// Whose URL: `PostingTarget.stored`.
    package var target: String
    /// The fields that are known already, form-urlencoded. They may hold a text and whole numbers, which go with it.
    package var form: String

    package init(id: MessageID, at: UInt64, target: String, form: String) {
        self.id = id
        self.at = at
        self.target = target
        self.form = form
    }
}

/// How many postings there were since the start.
package struct PostingTotals: Hashable, Sendable {
    package var posted: UInt64 = 0
    package var failedAttempts: UInt64 = 0
    package var givenUp: UInt64 = 0

    package init() {}
}
