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
        migrator.registerMigration("v1") { db in
            try db.execute(sql: version1)
            try db.execute(
                sql: "INSERT INTO setting (name, value) VALUES (?, randomblob(?))",
                arguments: [JournalSchema.fingerprintKeyName, JournalSchema.fingerprintKeyLength])
        }
        migrator.registerMigration("v2") { try $0.execute(sql: version2) }
        migrator.registerMigration("v3") { try $0.execute(sql: version3) }
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

    private static let version1 = """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE message (
            id INTEGER PRIMARY KEY, account TEXT NOT NULL, recipient TEXT NOT NULL, sender TEXT NOT NULL,
            segments INTEGER NOT NULL, text TEXT, fingerprint_high INTEGER NOT NULL, fingerprint_low INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE outcome (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, outcome TEXT NOT NULL, http_status INTEGER NOT NULL,
            code TEXT, carrier TEXT, segments TEXT NOT NULL, replay_of INTEGER
        ) STRICT;
        CREATE INDEX outcome_replay ON outcome (id) WHERE replay_of IS NOT NULL;
        CREATE TABLE delivered (last INTEGER PRIMARY KEY, ids BLOB NOT NULL) STRICT;
        CREATE TABLE late (
            id INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, segment INTEGER NOT NULL,
            carrier TEXT NOT NULL, status INTEGER NOT NULL, carrier_id TEXT NOT NULL,
            PRIMARY KEY (id, at, n)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE receipt (
            place INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, message INTEGER, segment INTEGER,
            carrier TEXT NOT NULL, carrier_id TEXT NOT NULL, state TEXT NOT NULL, error TEXT, delay INTEGER,
            is_duplicate INTEGER NOT NULL,
            PRIMARY KEY (place, at, n)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE inbound (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, carrier TEXT NOT NULL, sender TEXT NOT NULL,
            recipient TEXT NOT NULL, segments INTEGER NOT NULL, received INTEGER NOT NULL, text TEXT
        ) STRICT;
        CREATE TABLE inbound_part (
            id INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, carrier TEXT NOT NULL, sender TEXT NOT NULL,
            recipient TEXT NOT NULL, reference INTEGER NOT NULL, parts INTEGER NOT NULL, content TEXT NOT NULL,
            PRIMARY KEY (id, at, n)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE posting (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, target TEXT NOT NULL, form TEXT NOT NULL
        ) STRICT;
        """

    private static let version2 = """
        CREATE TABLE forgotten (
            key INTEGER NOT NULL, id INTEGER NOT NULL, segment INTEGER NOT NULL, PRIMARY KEY (key, id, segment)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX forgotten_id ON forgotten (id);
        """

    private static let version3 = "CREATE TABLE reference (id INTEGER PRIMARY KEY, reference TEXT NOT NULL) STRICT"
}
