import Messaging

/// Answers the questions to the journal from either database.
protocol DatabaseReader: JournalReader {
    associatedtype Connection: SQLConnection

    /// Asks in one short transaction, or in several.
    func ask<Answer: Sendable>(
        _ question: @Sendable (Connection) throws(JournalProblem) -> Answer
    ) throws(JournalProblem) -> Answer
}

/// How long one search may take before it is refused.
private let searchTime = Duration.seconds(5)

extension DatabaseReader {
    /// See `JournalReader`.
    package func life(of id: MessageID) throws(JournalProblem) -> MessageLife? {
        try ask { connection throws(JournalProblem) in
            var search = JournalSearch(id: id)
            if let life = try connection.complete(try search.sent(connection)).first { return life }
            let query = Connection.query {
                "SELECT \(JournalTable.inbound.selected()) FROM inbound WHERE id = \($0.parameter(JournalSchema.key(id)))"
            }
            let inbound: [InboundRecord] = try connection.records(query)
            return inbound.first.map(MessageLife.init(inbound:))
        }
    }

    /// See `JournalReader`.
    package func hasNamesake(_ life: MessageLife) throws(JournalProblem) -> Bool {
        guard let reference = life.reference else { return false }
        return try ask { connection throws(JournalProblem) in
            let query = Connection.query {
                """
                SELECT m.id FROM reference r JOIN message m ON m.id = r.id LEFT JOIN outcome o ON o.id = m.id
                WHERE r.reference = \($0.parameter(JournalSchema.storable(reference)))
                    AND m.account = \($0.parameter(life.message.account))
                    AND m.id <> \($0.parameter(JournalSchema.key(life.message.id))) AND \(SentMessage.outcomes) LIMIT 1
                """
            }
            return try !connection.rows(query) { row throws(UnreadableRow) in try row.id() }.isEmpty
        }
    }

    /// - Throws: also when the search takes longer than `searchTime`.
    package func messages(_ filter: JournalFilter) throws(JournalProblem) -> [MessageLife] {
        try search(JournalSearch(filter, kind: .sent)) { search, connection throws(JournalProblem) in
            try connection.complete(try search.sent(connection))
        }
    }

    /// - Throws: as `messages`.
    package func inbound(_ filter: JournalFilter) throws(JournalProblem) -> [InboundRecord] {
        // Nobody's account sent them, and none was answered.
        guard filter.account == nil, filter.outcome == nil || filter.outcome == "inbound" else { return [] }
        return try search(JournalSearch(filter, kind: .inbound)) { search, connection throws(JournalProblem) in
            try search.inbound(connection)
        }
    }

    private func search<Found: Sendable>(
        _ first: JournalSearch,
        _ step: @Sendable (inout JournalSearch, Connection) throws(JournalProblem) -> [Found]
    ) throws(JournalProblem) -> [Found] {
        var (search, found) = (first, [Found]())
        let start = ContinuousClock.now
        while !search.isOver {
            let (next, more) = try ask { [search] connection throws(JournalProblem) in
                var next = search
                let found = try step(&next, connection)
                return (next, found)
            }
            search = next
            found += more
            guard search.isOver || start.duration(to: .now) < searchTime else {
                throw JournalProblem(
                    .failed, "the search in the journal took longer than \(searchTime): ask for less time at once")
            }
        }
        return found
    }

    /// See `JournalReader`.
    package func postings(after: MessageID?, limit: Int) throws(JournalProblem) -> PostingPage {
        let limit = min(max(limit, 1), 10_000)
        return try ask { connection throws(JournalProblem) in
            let query = Connection.query {
                """
                SELECT \(JournalTable.posting.selected()) FROM posting
                WHERE id > \($0.parameter(after.map(JournalSchema.key) ?? -1)) ORDER BY id LIMIT \(limit)
                """
            }
            var page = PostingPage()
            try connection.run(query) { row throws(UnreadableRow) in
                var whole = row
                do {
                    page.records.append(try PostingRecord(from: &whole))
                } catch {
                    page.unreadable.append(try row.id())
                }
            }
            page.isFull = page.records.count + page.unreadable.count == limit
            return page
        }
    }

    /// See `JournalReader`.
    package func forgotten(_ keys: [Int64]) throws(JournalProblem) -> [ForgottenRecord] {
        try ask { connection throws(JournalProblem) in
            var found: [ForgottenRecord] = []
            for key in keys {
                found += try connection.records(
                    Connection.query {
                        """
                        SELECT \(JournalTable.forgotten.selected()) FROM forgotten WHERE key = \($0.parameter(key))
                        ORDER BY id DESC LIMIT \(JournalSchema.mostForgotten)
                        """
                    })
            }
            return found
        }
    }

    /// See `JournalReader`.
    package func sentCounts(_ time: Range<UInt64>) throws(JournalProblem) -> [String: Int] {
        try ask { connection throws(JournalProblem) in
            let query = Connection.query {
                """
                SELECT m.account, count(*) FROM message m LEFT JOIN outcome o ON o.id = m.id
                WHERE m.id >= \($0.parameter(JournalSchema.firstKey(at: time.lowerBound)))
                    AND m.id < \($0.parameter(JournalSchema.firstKey(at: time.upperBound))) AND \(SentMessage.outcomes)
                GROUP BY m.account
                """
            }
            let counts = try connection.rows(query) { row throws(UnreadableRow) in (try row.text(), try row.count()) }
            return Dictionary(counts, uniquingKeysWith: +)
        }
    }

    /// See `JournalReader`.
    package func sentMessages(since moment: UInt64, limit: Int) throws(JournalProblem) -> [SentMessage] {
        try ask { connection throws(JournalProblem) in
            let query = Connection.query {
                """
                SELECT m.id, m.account, m.recipient FROM message m LEFT JOIN outcome o ON o.id = m.id
                WHERE m.id >= \($0.parameter(JournalSchema.firstKey(at: moment))) AND \(SentMessage.outcomes)
                ORDER BY m.id DESC LIMIT \(limit)
                """
            }
            return try connection.rows(query) { row throws(UnreadableRow) in
                SentMessage(
                    id: try row.id(), account: try row.text(),
                    recipient: MessageRecord.recipient(in: try row.text()).0)
            }
        }
    }
}
