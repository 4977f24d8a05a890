import GRDB

/// The tables of `JournalSchema` in SQLite, and how they came to be.
enum SQLiteSchema {
    /// Says in the file's header whose it is: "smpp".
    static let applicationID: Int64 = 0x736D_7070

    /// How long a statement waits for another program's lock.
    static let busyTimeout = 2.0

    /// What the log's file is cut to once its pages are in the file.
    static let logLimit = 16 << 20

    /// Each change of the schema since the first; a step that was released is never changed.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for step in 1...JournalTable.steps {
            migrator.registerMigration("v\(step)") { db in
                for sql in JournalTable.statements(ofStep: step, in: .sqlite) { try db.execute(sql: sql) }
                guard step == 1 else { return }
                try db.execute(
                    sql: "CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID")
                try db.execute(
                    sql: "INSERT INTO setting (name, value) VALUES (?, randomblob(?))",
                    arguments: [JournalSchema.fingerprintKeyName, JournalSchema.fingerprintKeyLength])
            }
        }
        return migrator
    }

    /// Brings a database up to date that is new, ours, or older.
    static func migrate(_ queue: DatabaseQueue, at path: String) throws {
        try queue.writeWithoutTransaction { db in
            try check(db, at: path)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        try migrator.migrate(queue)
    }

    /// Refuses another application's database and a newer version's.
    static func check(_ db: Database, at path: String) throws {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == applicationID || (application == 0 && tables == 0) else {
            throw JournalProblem(.corrupt, "journal \(path): the file is another application's database")
        }
        guard try !migrator.hasBeenSuperseded(db) else {
            throw JournalProblem(.incompatible, "journal \(path): a newer version of smppost made it")
        }
    }

    /// For the connection that writes.
    static func writing(_ durability: JournalDurability) -> Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout)
        let synchronous =
            switch durability {
            case .processCrash: "NORMAL"
            case .powerCut: "FULL"
            }
        configuration.prepareDatabase { db in
            // Before the first page is written: it cannot be chosen later.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw JournalProblem(.incompatible, "journal: this file system cannot hold a write-ahead log")
            }
            try db.execute(sql: "PRAGMA synchronous = \(synchronous)")
            // `SQLiteCheckpoints` has this work.
            _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 0")
            _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(logLimit)")
        }
        return configuration
    }

    /// For the connection that moves the log's pages.
    static func checkpointing() -> Configuration {
        var configuration = Configuration()
        configuration.label = "journal.checkpoints"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout)
        return configuration
    }

    /// For connections that only read.
    static func reading() -> Configuration {
        var configuration = Configuration()
        configuration.label = "journal.reader"
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = 2
        return configuration
    }
}
