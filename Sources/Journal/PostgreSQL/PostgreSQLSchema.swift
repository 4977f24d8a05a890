/// The journal's tables in PostgreSQL (`JournalSchema` says what they mean), in a schema `smppost` of the database.
///
/// A delivered message is a row of its own here; `n` of late responses and receipts is a digest of the record, so that one which
/// is added again after a commit whose end is not known is the same row.
enum PostgreSQLSchema {
    /// What version n + 1 adds to version n: the steps of `JournalTable`, `ledger` behind the first, and what several nodes share behind the third.
    /// Never changed once it was released.
    static let migrations: [[String]] = {
        var steps = (1...JournalTable.steps).map { JournalTable.statements(ofStep: $0, in: .postgreSQL) }
        steps[0].append("CREATE TABLE setting (name text PRIMARY KEY, value bytea NOT NULL)")
        let ledger = """
            CREATE TABLE ledger (
                fingerprint_high bigint, fingerprint_low bigint, id bigint NOT NULL,
                PRIMARY KEY (fingerprint_high, fingerprint_low))
            """
        steps.insert([ledger], at: 1)
        steps.insert(nodes, at: 4)
        return steps
    }()

    static var version: Int { migrations.count }

    /// The version of the oldest smppost that may use tables of this one beside it, while nodes are upgraded one after the other. What is
    /// added to the tables leaves this as it is; what changes them does not.
    static let oldestReader = 5

    /// `node`: a run of a node each; it stays for a day after its end, so that its number rests. `bind_slot`: who has which bind.
    private static let nodes = [
        "ALTER TABLE version ADD COLUMN oldest_reader integer",
        """
        CREATE TABLE node (
            run text PRIMARY KEY, name text NOT NULL, address text NOT NULL, version text NOT NULL,
            number integer NOT NULL UNIQUE, beat bigint NOT NULL DEFAULT 0, fenced boolean NOT NULL DEFAULT false,
            is_leaving boolean NOT NULL DEFAULT false, contracts text NOT NULL,
            joined timestamptz NOT NULL DEFAULT now(), ended timestamptz)
        """,
        """
        CREATE TABLE bind_slot (
            carrier text, slot integer, owner text, epoch bigint NOT NULL DEFAULT 0, share bigint NOT NULL DEFAULT 0,
            is_ready boolean NOT NULL DEFAULT false, avoided text, PRIMARY KEY (carrier, slot))
        """,
    ]

    /// The key of the advisory lock under which the schema is changed: "smppost" in ASCII.
    static let lockKey: Int64 = 0x73_6D_70_70_6F_73_74

    /// The key of the session's lock of the one process that writes.
    static let writerKey = lockKey + 1

    /// Ends the session of process `$1` that began at `$2`.
    static let ending = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid = $1::bigint AND backend_start::text = $2::text
        """

    /// The process of the session that asks, and since when it is there.
    static let ownSession = "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()"

    /// What is asked of every session.
    ///
    /// A commit waits for what the server's `synchronous_commit` says: where it has synchronous standbys, for these. It waits
    /// for the server's own disk at least: a crash of the server, which is other processes than ours, would forget messages
    /// that were answered, and their repeats would be sent again. With `powerCut` it waits for the standbys' disks too; where several
    /// nodes go by it, for their memory at least.
    static func session(
        durability: JournalDurability, statement: Duration, isShared: Bool = false
    ) -> [PostgreSQLCommand] {
        let (weak, least) =
            switch durability {
            case .processCrash where isShared: ("'off', 'local'", "remote_write")
            case .processCrash: ("'off'", "local")
            case .powerCut: ("'off', 'local', 'remote_write'", "on")
            }
        let commit = "current_setting('synchronous_commit')"
        return [
            .sql("SET search_path = smppost"),
            .sql("SET statement_timeout = \(milliseconds(statement))"),
            .sql("SET lock_timeout = 0"),
            // What a node that died in the middle of something has locked is free again in less than half a minute.
            .sql("SET idle_in_transaction_session_timeout = 10000"),
            .sql("SET tcp_keepalives_idle = 10"),
            .sql("SET tcp_keepalives_interval = 5"),
            .sql("SET tcp_keepalives_count = 3"),
            .sql(
                """
                SELECT set_config(
                    'synchronous_commit', CASE WHEN \(commit) IN (\(weak)) THEN '\(least)' ELSE \(commit) END, false)
                """),
        ]
    }

    static func milliseconds(_ duration: Duration) -> Int64 { Int64(duration / .milliseconds(1)) }

    // MARK: Pruning

    /// Deletes rows whose key is below `$1` (`$3` for postings), `$2` in all tables together, and gives how many it deleted. Rows that another
    /// node deletes at this moment are left to it. Messages go first: what is left of one that goes is then never shown.
    static let pruning: String = {
        var steps: [String] = []
        var done = "0"
        for (index, table) in JournalTable.allCases.enumerated() {
            steps.append(
                """
                d\(index) AS (DELETE FROM \(table.name) WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM \(table.name) WHERE \(table.key) < \(table == .posting ? "$3" : "$1")::bigint ORDER BY \(table.key)
                    LIMIT greatest(0, $2::bigint - (\(done))) FOR UPDATE SKIP LOCKED)) RETURNING 1)
                """)
            done += " + (SELECT count(*) FROM d\(index))"
        }
        return "WITH " + steps.joined(separator: ", ") + " SELECT " + done
    }()
}

extension JournalTable {
    /// Adds rows that are given as columns.
    var insertion: String {
        """
        INSERT INTO \(name) (\(selected())) SELECT * FROM unnest(\(arrays)) ON CONFLICT DO NOTHING
        """
    }

    /// A command's parameters, which are the columns.
    var arrays: String {
        columns.enumerated().map { "$\($0.offset + 1)::\($0.element.type.rawValue)[]" }.joined(separator: ", ")
    }
}
