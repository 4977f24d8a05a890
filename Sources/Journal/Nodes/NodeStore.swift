package import Cluster
import Synchronization

/// A keeper's own connection to the tables `node` and `bind_slot`. Calls block, each within its bound; one at a time has the connection.
package final class NodeStore: Sendable {
    /// What came of a transaction.
    package struct Answer: Sendable {
        package var answer: KeeperAnswer
        /// Who lives, in the order of their runs; empty where nothing was committed.
        package var nodes: [NodeIdentity] = []
        /// Why it failed.
        package var problem: JournalProblem?
    }

    private let url: String
    private let node: NodeIdentity
    private let isReplicated: Bool
    private let bounds: PostgreSQLBounds
    private let connection = Mutex<PostgreSQLConnection?>(nil)

    /// Opens nothing yet.
    ///
    /// - Parameters:
    ///   - isReplicated: whether the server must replicate synchronously.
    ///   - answer: how long a transaction may take.
    package init(url: String, node: NodeIdentity, isReplicated: Bool, answer: Duration) {
        self.url = url
        self.node = node
        self.isReplicated = isReplicated
        var bounds = PostgreSQLBounds()
        bounds.connect = .seconds(2)
        bounds.answer = answer
        self.bounds = bounds
    }

    /// Connects, and makes or updates the schema.
    ///
    /// - Throws: `incompatible` also where the server must replicate synchronously and does not.
    package func connect() throws(JournalProblem) {
        try connection.withLock { connection throws(JournalProblem) in
            connection = nil
            let open = try PostgreSQLConnection(url: url, bounds: bounds)
            try open.begin(durability: .processCrash, isShared: true, isReplicated: isReplicated)
            try PostgreSQLMigration(connection: open).run()
            connection = open
        }
    }

    /// One round trip.
    package func run(_ transaction: KeeperTransaction) -> Answer {
        connection.withLock { connection in
            guard let open = connection else {
                return Answer(
                    answer: .failed, problem: JournalProblem(.unreachable, "the connection to PostgreSQL is not open"))
            }
            let commands = KeeperStatements.commands(transaction, of: node)
            var reading = Reading()
            do throws(JournalProblem) {
                try open.run(commands, within: bounds.answer) { command, rows in
                    switch command - commands.count + KeeperStatements.reading {
                    case 0: reading.addNodes(rows)
                    case 1: reading.addSlots(rows)
                    default: break
                    }
                }
            } catch {
                if open.lastFailure == KeeperStatements.fenced { return Answer(answer: .fenced) }
                connection = nil
                return Answer(answer: .failed, problem: error)
            }
            if let problem = reading.problem { return Answer(answer: .failed, problem: problem) }
            return Answer(answer: .committed(reading.snapshot), nodes: reading.nodes)
        }
    }

    /// Both tables as they are read.
    private struct Reading {
        var snapshot = ClusterSnapshot(nodes: [], slots: [])
        var nodes: [NodeIdentity] = []
        var problem: JournalProblem?

        mutating func addNodes(_ rows: PostgreSQLRows) {
            for row in 0..<rows.count {
                let run = rows.text(row, 0)
                guard let contracts = ContractCoding.contracts(of: rows.text(row, 3)) else {
                    problem = JournalProblem(
                        .corrupt, "what node \(rows.text(row, 4)) says of its carriers in PostgreSQL cannot be read")
                    return
                }
                snapshot.nodes.append(
                    NodeRow(
                        run: run, beat: rows.integer(row, 1), isLeaving: rows.flag(row, 2), contracts: contracts))
                nodes.append(
                    NodeIdentity(
                        run: run, name: rows.text(row, 4), address: rows.text(row, 5), version: rows.text(row, 6)))
            }
        }

        mutating func addSlots(_ rows: PostgreSQLRows) {
            for row in 0..<rows.count {
                snapshot.slots.append(
                    SlotRow(
                        key: SlotKey(rows.text(row, 0), Int(rows.integer(row, 1))),
                        owner: rows.isNull(row, 2) ? nil : rows.text(row, 2), epoch: rows.integer(row, 3),
                        share: Int(rows.integer(row, 4)), isReady: rows.flag(row, 5),
                        avoided: rows.isNull(row, 6) ? nil : rows.text(row, 6)))
            }
        }
    }
}
