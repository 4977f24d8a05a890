import GRDB

/// Takes old rows out in short steps, and gives the disk back what they leave.
enum SQLitePrune {
    /// Share of unused pages that a file keeps for what comes: one in four.
    private static let keptShare = 4
    /// Unused pages that are not worth the work.
    private static let fewPages = 256
    /// Pages that are given back in one step; each may have to be moved.
    private static let pagesPerStep = 32

    /// Deletes what is older than `moment`, oldest first, at most about `limit` rows.
    static func delete(_ db: Database, before moment: UInt64, limit: Int) throws -> Int {
        var pruned = 0
        for table in JournalTable.allCases where pruned < limit {
            let column = table.key(in: .sqlite)
            let key = table == .posting ? JournalSchema.firstPosting(at: moment) : JournalSchema.firstKey(at: moment)
            // One bound only: of two SQLite would use the first, and look at every row below it.
            let last = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT max(\(column)) FROM (
                            SELECT \(column) FROM \(table.name) WHERE \(column) < ? ORDER BY \(column) LIMIT ?)
                        """), arguments: [key, limit - pruned])
            guard let last else { continue }
            try db.cachedStatement(sql: "DELETE FROM \(table.name) WHERE \(column) <= ?").execute(arguments: [last])
            pruned += db.changesCount
        }
        return pruned
    }

    /// Returns a few unused pages to the file system where there are many.
    static func giveBack(_ db: Database) throws {
        let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
        let all = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_count")) ?? 0
        if free > fewPages, free > all / keptShare {
            try db.execute(sql: "PRAGMA incremental_vacuum(\(pagesPerStep))")
        }
    }
}
