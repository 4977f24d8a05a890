import Cluster

/// A keeper's transaction as commands of one pipeline, which is one transaction (see `KeeperTransaction` and `KeeperChange`).
///
/// Locks are taken in one order: the own row of `node`, the rows of the dead with their slots, then all of `bind_slot` in the order
/// of keys. Two nodes that take each other for dead are the one deadlock that is left; PostgreSQL ends one of them.
enum KeeperStatements {
    /// The SQLSTATE of `beat` where it meets no row (division_by_zero): nothing else here divides.
    static let fenced = "22012"
    /// How many nodes have a number at one time, those that rest included.
    private static let numbers = 4096
    /// The key of the lock under which numbers are given out.
    private static let numberKey = PostgreSQLSchema.lockKey + 2

    static func commands(_ transaction: KeeperTransaction, of node: NodeIdentity) -> [PostgreSQLCommand] {
        var commands: [PostgreSQLCommand] = []
        for case .join(let contracts) in transaction.changes { commands += join(contracts, node) }
        commands.append(.of(beat) { $0.add(node.run) })
        for case .takeOver(let run, let beat, let carriers) in transaction.changes {
            commands.append(takeOver(run, beat, carriers, node.run))
        }
        let rest = transaction.changes.compactMap { command($0, node.run) }
        if transaction.changes.contains(where: \.changesSlots) { commands.append(.sql(lock)) }
        return commands + rest + [.sql(nodes), .sql(slots)]
    }

    /// How many commands at the end read the tables: `node`, then `bind_slot`.
    static let reading = 2

    private static let beat = """
        WITH beaten AS (UPDATE node SET beat = beat + 1 WHERE run = $1::text AND NOT fenced RETURNING 1)
        SELECT 1 / count(*) FROM beaten
        """

    private static let lock = "SELECT 1 FROM bind_slot ORDER BY carrier, slot FOR UPDATE"

    private static let nodes = """
        SELECT run, beat, is_leaving, contracts, name, address, version FROM node WHERE NOT fenced ORDER BY run COLLATE "C"
        """

    private static let slots = """
        SELECT carrier, slot, owner, epoch, share, is_ready, avoided FROM bind_slot ORDER BY carrier COLLATE "C", slot
        """

    // MARK: Changes

    /// A number is given again a day after its run has ended: ids that were made with it are of another time.
    private static func join(_ contracts: [String: CarrierContract], _ node: NodeIdentity) -> [PostgreSQLCommand] {
        let insertion = """
            INSERT INTO node (run, name, address, version, contracts, number)
            SELECT $1::text, $2::text, $3::text, $4::text, $5::text, (
                SELECT min(free) FROM generate_series(0, \(numbers - 1)) AS free
                WHERE NOT EXISTS (SELECT FROM node WHERE number = free))
            ON CONFLICT (run) DO NOTHING
            """
        return [
            .of("SELECT pg_advisory_xact_lock($1::bigint)") { $0.add(numberKey) },
            .sql("DELETE FROM node WHERE ended < now() - interval '1 day'"),
            .of(insertion) {
                for text in [node.run, node.name, node.address, node.version] { $0.add(text) }
                $0.add(ContractCoding.text(of: contracts))
            },
        ]
    }

    private static func takeOver(
        _ run: String, _ beat: Int64, _ carriers: [String], _ me: String
    ) -> PostgreSQLCommand {
        .of(
            """
            WITH dead AS (
                UPDATE node SET fenced = true, ended = now() WHERE run = $1::text AND beat = $2::bigint AND NOT fenced
                RETURNING run)
            UPDATE bind_slot SET epoch = epoch + 1, is_ready = false, avoided = NULL,
                owner = CASE WHEN carrier = ANY($3::text[]) THEN $4::text END,
                share = CASE WHEN carrier = ANY($3::text[]) THEN share ELSE 0 END
            FROM dead WHERE owner = dead.run
            """
        ) {
            $0.add(run)
            $0.add(beat)
            $0.addTexts(carriers)
            $0.add(me)
        }
    }

    /// What all other slots of the carrier have together, its rows being locked.
    private static let others = """
        (SELECT coalesce(sum(o.share), 0) FROM bind_slot AS o WHERE o.carrier = $1::text AND o.slot <> $2::bigint)
        """

    /// A slot's row, where it is still the one that was seen.
    private static func slot(
        _ key: SlotKey, _ epoch: Int64, _ me: String, set changes: String, where owner: String = "owner = $4::text",
        _ more: [Int64] = []
    ) -> PostgreSQLCommand {
        .of(
            """
            UPDATE bind_slot SET \(changes)
            WHERE carrier = $1::text AND slot = $2::bigint AND epoch = $3::bigint AND \(owner)
            """
        ) {
            $0.add(key.carrier)
            $0.add(Int64(key.index))
            $0.add(epoch)
            $0.add(me)
            for value in more { $0.add(value) }
        }
    }

    private static func command(_ change: KeeperChange, _ me: String) -> PostgreSQLCommand? {
        switch change {
        case .join, .takeOver: nil
        case .describe(let contracts, let isLeaving):
            .of("UPDATE node SET contracts = $2::text, is_leaving = $3::bigint <> 0 WHERE run = $1::text") {
                $0.add(me)
                $0.add(ContractCoding.text(of: contracts))
                $0.add(isLeaving ? 1 : 0 as Int64)
            }
        case .open(let carrier, let slots):
            .of(
                """
                INSERT INTO bind_slot (carrier, slot) SELECT $1::text, generate_series(0, $2::bigint - 1)
                ON CONFLICT DO NOTHING
                """
            ) {
                $0.add(carrier)
                $0.add(Int64(slots))
            }
        case .take(let key, let epoch, let share, let most):
            slot(
                key, epoch, me,
                set: """
                    owner = $4::text, epoch = epoch + 1, is_ready = false, avoided = NULL,
                    share = greatest(0, least($5::bigint, $6::bigint - \(others)))
                    """, where: "(owner IS NULL OR owner = $4::text)", [Int64(share), Int64(most)])
        case .share(let key, let epoch, let share, let most):
            slot(
                key, epoch, me, set: "share = $5::bigint, epoch = epoch + 1",
                where: "owner = $4::text AND ($5::bigint <= share OR $5::bigint + \(others) <= $6::bigint)",
                [Int64(share), Int64(most)])
        case .ready(let key, let epoch, let isReady):
            slot(key, epoch, me, set: "is_ready = $5::bigint <> 0", [isReady ? 1 : 0])
        case .release(let key, let epoch, let isAvoided):
            slot(
                key, epoch, me,
                set: """
                    owner = NULL, epoch = epoch + 1, share = 0, is_ready = false,
                    avoided = CASE WHEN $5::bigint <> 0 THEN $4::text END
                    """, [isAvoided ? 1 : 0])
        case .depart: .of("UPDATE node SET fenced = true, ended = now() WHERE run = $1::text") { $0.add(me) }
        }
    }
}

extension KeeperChange {
    /// Whether rows of `bind_slot` are to be locked first.
    fileprivate var changesSlots: Bool {
        switch self {
        case .open, .take, .share, .ready, .release: true
        case .join, .describe, .takeOver, .depart: false
        }
    }
}

extension PostgreSQLCommand {
    /// A command, and what fills its parameters.
    fileprivate static func of(_ text: String, _ fill: (inout PostgreSQLParameters) -> Void) -> PostgreSQLCommand {
        var parameters = PostgreSQLParameters()
        fill(&parameters)
        return .sql(text, parameters)
    }
}

extension PostgreSQLParameters {
    /// A `text[]`.
    fileprivate mutating func addTexts(_ texts: [String]) {
        var elements = PostgreSQLBytes()
        for text in texts { elements.append(counted: text) }
        addArray(of: .text, count: texts.count, elements)
    }
}
