import Carriers
import Cluster
import Journal
import Logging
import NIOCore
import NIOPosix
import Nodes
import SMPP
import TestPrograms
import Testing

/// A node's keeper with PostgreSQL and a carrier that nobody answers for.
@Suite(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(2))) struct NodeKeeperTests {
    private struct Rig {
        let server: PostgreSQLServer
        let database: String
        let keeper: NodeKeeper
        let carrier: Carrier

        /// Of short waits; nobody dies of a machine that is slow.
        init(isReplicated: Bool = false) async throws {
            server = try await PostgreSQLServer.shared()
            database = PostgreSQLServer.newName
            _ = try await server.psql("CREATE DATABASE \(database)", in: "postgres")
            var times = KeeperTimes()
            (times.beat, times.gap, times.quiet) = (.milliseconds(100), .milliseconds(20), .milliseconds(300))
            (times.answer, times.hold, times.kill) = (.seconds(20), .seconds(50), .seconds(60))
            let logger = Logger(label: "nodes-tests") { _ in SwiftLogNoOpLogHandler() }
            keeper = try NodeKeeper(
                NodeSetup(
                    name: "a", address: "https://a.example", version: "1", url: server.url(of: database),
                    isReplicated: isReplicated, endsWithin: .seconds(20)),
                contracts: ["main": CarrierContract(rate: 3, slots: 2)], times: times, logger: logger)
            var setup = CarrierSetup(name: "main", hosts: [HostPort(host: "127.0.0.1", port: 1)])
            setup.binds = [BindPlan(kind: .transceiver, count: 2)]
            carrier = Carrier(
                CarrierConfiguration(setup), group: MultiThreadedEventLoopGroup.singleton, logger: logger,
                lease: keeper.lease)
        }

        func start() async throws {
            try await keeper.check()
            carrier.start()
            keeper.start([carrier])
        }

        func rows(_ query: String) async throws -> String { try await server.psql(query, in: database) }

        func awaitSlots() async throws {
            try await eventually("taken") {
                try await rows("SELECT slot, share FROM smppost.bind_slot WHERE owner IS NOT NULL ORDER BY slot")
                    == "0|2\n1|1\n"
            }
        }

        func end() async throws {
            await keeper.stop()
            try await carrier.stop().get()
            await keeper.end()
        }
    }

    @Test func aNodeTakesItsSlotsAndLeavesThemInOrder() async throws {
        let rig = try await Rig()
        try await rig.start()
        try await rig.awaitSlots()
        try await eventually("bound here") { try await rig.carrier.status().get().binds.count == 2 }
        try await rig.end()
        #expect(try await rig.rows("SELECT count(owner), sum(share) FROM smppost.bind_slot") == "0|0\n")
        #expect(try await rig.rows("SELECT count(*) FROM smppost.node WHERE NOT fenced") == "0\n")
    }

    /// Who was taken for dead lets go of everything and comes again as somebody else.
    @Test func aFencedNodeJoinsAnew() async throws {
        let rig = try await Rig()
        try await rig.start()
        try await rig.awaitSlots()
        let first = try await rig.rows("SELECT run FROM smppost.node")
        _ = try await rig.rows(
            """
            WITH dead AS (UPDATE smppost.node SET fenced = true)
            UPDATE smppost.bind_slot SET owner = NULL, share = 0, epoch = epoch + 1
            """)
        try await rig.awaitSlots()
        let second = try await rig.rows("SELECT run FROM smppost.node WHERE NOT fenced")
        #expect(second != first && second.count > 10)
        try await rig.end()
    }

    @Test func aServerWithoutStandbysIsRefused() async throws {
        let rig = try await Rig(isReplicated: true)
        await #expect(throws: JournalProblem.self) { try await rig.keeper.check() }
        await rig.keeper.end()
    }
}
