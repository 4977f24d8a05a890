import GRDB
import Messaging

/// Puts the records of messages together, inside one read transaction.
struct SQLiteLives {
    private let db: Database

    init(_ db: Database) {
        self.db = db
    }

    /// The life of a message that was sent, repeated or inbound.
    func life(of id: MessageID) throws -> MessageLife? {
        let key = JournalSchema.key(id)
        if var life = try sent(key, replayOf: nil) {
            life.isDelivered = try isDelivered(life.message.id)
            return life
        }
        if let outcome = try outcome(key), let original = outcome.replayOf,
            var life = try sent(key, replayOf: JournalSchema.key(original))
        {
            life.isDelivered = try isDelivered(id)
            return life
        }
        return try inbound(key).map(MessageLife.init(inbound:))
    }

    /// The lives of what a search found, in its order; what was pruned since then is left out.
    func lives(of hits: ArraySlice<SQLiteSearch.Hit>) throws -> [MessageLife] {
        var lives = try hits.compactMap { try sent($0.id, replayOf: $0.replayOf) }
        let delivered = try delivered(of: lives.map(\.message.id))
        for index in lives.indices {
            lives[index].isDelivered = delivered.contains(lives[index].message.id)
        }
        return lives
    }

    func inbound(_ hits: [SQLiteSearch.Hit]) throws -> [InboundRecord] {
        try hits.compactMap { try inbound($0.id) }
    }

    private func inbound(_ key: Int64) throws -> InboundRecord? {
        let found: [InboundRecord] = try all(.inbound, "id = ?", [key])
        return found.first
    }

    private func outcome(_ key: Int64) throws -> OutcomeRecord? {
        let found: [OutcomeRecord] = try all(.outcome, "id = ?", [key])
        return found.first
    }

    /// - Parameter replayOf: the message whose words it has, where it has none itself.
    private func sent(_ key: Int64, replayOf: Int64?) throws -> MessageLife? {
        let messages: [MessageRecord] = try all(.message, "id = ?", [replayOf ?? key])
        guard var message = messages.first, let id = JournalSchema.id(key) else { return nil }
        message.id = id
        var life = MessageLife(message: message)
        life.outcome = try outcome(key)
        let references: [ReferenceRecord] = try all(.reference, "id = ?", [replayOf ?? key])
        life.reference = references.first?.reference
        life.late = try all(.late, "id = ? ORDER BY at, n", [key])
        life.receipts = try all(.receipt, "place = ?1 AND message = ?1 ORDER BY at, n", [key])
        return life
    }

    private static let deliveredSQL = "SELECT * FROM delivered WHERE last BETWEEN ? AND ? ORDER BY last"

    private func isDelivered(_ id: MessageID) throws -> Bool {
        let key = JournalSchema.key(id)
        let cursor = try Row.fetchCursor(
            db.cachedStatement(sql: Self.deliveredSQL), arguments: [key, DeliveredMarks.end(of: key)])
        while let row = try cursor.next() {
            if try JournalTable.delivered(row).contains(id) { return true }
        }
        return false
    }

    /// Which of many are marked: rows that may mark several are read once.
    private func delivered(of ids: [MessageID]) throws -> Set<MessageID> {
        let wanted = Set(ids)
        var delivered: Set<MessageID> = []
        var next: Int64 = 0
        for id in ids.sorted() {
            let key = JournalSchema.key(id)
            let end = DeliveredMarks.end(of: key)
            guard next <= end else { continue }
            let cursor = try Row.fetchCursor(
                db.cachedStatement(sql: Self.deliveredSQL), arguments: [max(next, key), end])
            while let row = try cursor.next() {
                delivered.formUnion(try JournalTable.delivered(row).lazy.filter(wanted.contains))
            }
            next = end == .max ? end : end + 1
        }
        return delivered
    }

    private func all<Record: RecordFields>(
        _ table: JournalTable, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Record] {
        let sql = "SELECT \(table.selected()) FROM \(table.rawValue) WHERE \(condition)"
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
            var row = SQLiteRow(row)
            return try Record(from: &row)
        }
    }
}
