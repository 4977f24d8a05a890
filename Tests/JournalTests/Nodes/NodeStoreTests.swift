import Cluster
import TestPrograms
import Testing

@testable import Journal

/// What a keeper's transactions do to the tables, against PostgreSQL.
@Suite(.enabled(if: PostgreSQLServer.isThere)) struct NodeStoreTests {
    private static let contracts = ["main": CarrierContract(rate: 15, slots: 2)]
    private static let slot = SlotKey("main", 0)

    /// A node's connection, and its transactions one after the other.
    private final class Node {
        let run: String
        let store: NodeStore
        private var lastID: UInt64 = 0

        init(_ run: String, _ url: String) throws {
            self.run = run
            store = NodeStore(
                url: url,
                node: NodeIdentity(run: run, name: "node-\(run)", address: "https://\(run).example", version: "1"),
                isReplicated: false, answer: .seconds(10))
            try store.connect()
        }

        @discardableResult
        func run(_ changes: KeeperChange...) -> KeeperAnswer {
            lastID += 1
            return store.run(KeeperTransaction(id: lastID, run: run, changes: changes)).answer
        }

        func snapshot(_ changes: KeeperChange...) throws -> ClusterSnapshot {
            lastID += 1
            let answer = store.run(KeeperTransaction(id: lastID, run: run, changes: changes)).answer
            guard case .committed(let snapshot) = answer else { throw HarnessError("\(answer)") }
            return snapshot
        }
    }

    private func database() async throws -> (PostgreSQLServer, database: String) {
        let server = try await PostgreSQLServer.shared()
        return (server, try server.makeDatabase())
    }

    @Test func nodesJoinBeatAndAreSeen() async throws {
        let (server, database) = try await database()
        let a = try Node("a", server.url(of: database))
        let b = try Node("b", server.url(of: database))
        #expect(a.run() == .fenced)
        #expect(try a.snapshot(.join(Self.contracts)).nodes.map(\.beat) == [1])
        let both = try b.snapshot(
            .join(["main": CarrierContract(rate: 10, slots: 3), "other": CarrierContract(rate: 1, slots: 1)]))
        #expect(both.nodes.map(\.run) == ["a", "b"])
        #expect(both.nodes.map(\.contracts["main"]?.rate) == [15, 10])
        #expect(both.contract(of: "main") == CarrierContract(rate: 10, slots: 2))
        // A join that is said again is a beat.
        #expect(try a.snapshot(.join(Self.contracts)).nodes.map(\.beat) == [2, 1])
        let described = try a.snapshot(.describe([:], isLeaving: true))
        #expect(described.nodes[0] == NodeRow(run: "a", beat: 3, isLeaving: true, contracts: [:]))
        #expect(try server.sql(["SELECT number FROM smppost.node ORDER BY run"], in: database) == ["0", "1"])
        let names = b.store.run(KeeperTransaction(id: 9, run: "b", changes: [])).nodes
        #expect(names.map(\.name) == ["node-a", "node-b"])
        #expect(names.map(\.address) == ["https://a.example", "https://b.example"])
    }

    @Test func aSlotIsTakenSharedReadyAndReleased() async throws {
        let (server, database) = try await database()
        let a = try Node("a", server.url(of: database))
        let b = try Node("b", server.url(of: database))
        a.run(.join(Self.contracts))
        b.run(.join(Self.contracts))
        let free = try a.snapshot(.open(carrier: "main", slots: 2), .open(carrier: "main", slots: 2))
        #expect(free.slots == [SlotRow(key: Self.slot), SlotRow(key: SlotKey("main", 1))])
        #expect(
            try a.snapshot(.take(Self.slot, epoch: 0, share: 8, most: 15)).slots[0]
                == SlotRow(key: Self.slot, owner: "a", epoch: 1, share: 8))
        // It is not free any more; nor is it as it was seen.
        #expect(try b.snapshot(.take(Self.slot, epoch: 1, share: 8, most: 15)).slots[0].owner == "a")
        #expect(try a.snapshot(.ready(Self.slot, epoch: 0, true)).slots[0].isReady == false)
        #expect(try a.snapshot(.ready(Self.slot, epoch: 1, true)).slots[0].isReady)
        // All together stay at the carrier's rate.
        let second = SlotKey("main", 1)
        #expect(try b.snapshot(.take(second, epoch: 0, share: 10, most: 15)).slots[1].share == 7)
        #expect(try b.snapshot(.share(second, epoch: 1, share: 8, most: 15)).slots[1].share == 7)
        #expect(try b.snapshot(.share(second, epoch: 1, share: 3, most: 15)).slots[1].share == 3)
        #expect(try b.snapshot(.share(second, epoch: 2, share: 7, most: 15)).slots[1].share == 7)
        // Only its owner gives it away.
        #expect(try b.snapshot(.release(Self.slot, epoch: 1, isAvoided: false)).slots[0].owner == "a")
        #expect(
            try a.snapshot(.release(Self.slot, epoch: 1, isAvoided: true)).slots[0]
                == SlotRow(key: Self.slot, epoch: 2, avoided: "a"))
    }

    @Test func whoIsTakenForDeadIsFencedWithAllThatItHas() async throws {
        let (server, database) = try await database()
        let a = try Node("a", server.url(of: database))
        let b = try Node("b", server.url(of: database))
        a.run(.join(Self.contracts))
        b.run(.join(Self.contracts))
        a.run(.open(carrier: "main", slots: 1), .open(carrier: "other", slots: 1))
        let seen = try a.snapshot(
            .take(Self.slot, epoch: 0, share: 8, most: 15), .take(SlotKey("other", 0), epoch: 0, share: 1, most: 1))
        let beat = try #require(seen.nodes.first).beat
        // It has beaten since: it is not dead.
        let alive = try b.snapshot(.takeOver(run: "a", beat: beat - 1, carriers: ["main"]))
        #expect(alive.slots.map(\.owner) == ["a", "a"])
        let taken = try b.snapshot(.takeOver(run: "a", beat: beat, carriers: ["main"]))
        #expect(taken.nodes.map(\.run) == ["b"])
        #expect(
            taken.slots == [
                SlotRow(key: Self.slot, owner: "b", epoch: 2, share: 8), SlotRow(key: SlotKey("other", 0), epoch: 2),
            ])
        #expect(a.run() == .fenced)
        // All of it is undone, not only the beat.
        #expect(a.run(.take(SlotKey("other", 0), epoch: 2, share: 1, most: 1)) == .fenced)
        #expect(try b.snapshot().slots[1].owner == nil)
        #expect(try b.snapshot(.depart).nodes.isEmpty)
        #expect(b.run() == .fenced)
    }

    /// Numbers rest for a day after their run.
    @Test func numbersRest() async throws {
        let (server, database) = try await database()
        let url = server.url(of: database)
        try Node("a", url).run(.join([:]), .depart)
        try Node("b", url).run(.join([:]))
        let numbers = "SELECT run || number FROM smppost.node ORDER BY run"
        #expect(try server.sql([numbers], in: database) == ["a0", "b1"])
        try server.sql(["UPDATE smppost.node SET ended = now() - interval '25 hours' WHERE run = 'a'"], in: database)
        try Node("c", url).run(.join([:]))
        #expect(try server.sql([numbers], in: database) == ["b1", "c0"])
    }

    /// A failover would lose what nodes go by.
    @Test func withoutSynchronousReplicationThereIsNoConnection() async throws {
        let (server, database) = try await database()
        let node = NodeIdentity(run: "a", name: "a", address: "https://a.example", version: "1")
        let store = NodeStore(url: server.url(of: database), node: node, isReplicated: true, answer: .seconds(5))
        let problem = #expect(throws: JournalProblem.self) { try store.connect() }
        #expect(problem?.kind == .incompatible)
        #expect(problem?.words.contains("synchronous_standby_names") == true)
        #expect(store.run(KeeperTransaction(id: 1, run: "a", changes: [])).answer == .failed)
    }

    /// Nodes write the journal together; one that is none of them does not, and keeps them out.
    @Test func nodesShareTheJournalAndNobodyElseDoes() async throws {
        let (server, database) = try await database()
        let url = server.url(of: database)
        let (first, second) = (PostgreSQLStore(url: url, use: .nodes), PostgreSQLStore(url: url, use: .nodes))
        try first.open()
        try second.open()
        let alone = PostgreSQLStore(url: url)
        let refused = #expect(throws: JournalProblem.self) { try alone.open() }
        #expect(refused?.words.contains("another smppost writes the journal") == true)
        first.close()
        second.close()
        try await eventually("free") { PostgreSQLSamples.kind { try alone.open() } == nil }
        let late = #expect(throws: JournalProblem.self) { try first.open() }
        #expect(late?.words.contains("an smppost without \"cluster\"") == true)
    }

    /// Nodes are upgraded one after the other.
    @Test func aNewerSchemaThatOlderOnesMayUseIsUsed() async throws {
        let (server, database) = try await database()
        let store = PostgreSQLStore(url: server.url(of: database))
        try store.open()
        let newer = "INSERT INTO smppost.version (version, oldest_reader) VALUES (998, \(PostgreSQLSchema.version))"
        try server.sql([newer], in: database)
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))
        #expect(try PostgreSQLReader(url: server.url(of: database)).messages(JournalFilter()).isEmpty == false)
        let newest = "INSERT INTO smppost.version (version, oldest_reader) VALUES (999, 998)"
        try server.sql([newest], in: database)
        #expect(PostgreSQLSamples.kind { try store.open() } == .incompatible)
    }
}
