import Foundation
import TestPrograms
import Testing

/// Two nodes, one PostgreSQL, and an SMSC that counts binds as a contract does.
@Suite(.enabled(if: PostgreSQLServer.isThere), .timeLimit(.minutes(5))) struct SlotMoveTests {
    private static let binds = 4

    private static func setup(_ name: String, journal: String, port: Int) async throws -> BridgeSetup {
        let certificate = try await TestCertificate.shared()
        var setup = BridgeSetup(journal: journal)
        setup.lines += [
            "cluster:", "  name: \(name)", "  address: \"https://127.0.0.1:\(port)\"", "  database: managed",
            "  ca: \"\(certificate.certificate)\"", "  certificate: \"\(certificate.certificate)\"",
            "  key: \"\(certificate.key)\"",
        ]
        setup.carriers = [CarrierSetup(port: port, binds: binds, lines: ["rate: 40/s"])]
        return setup
    }

    /// How many binds this node has up.
    private static func bound(_ bridge: Bridge) async throws -> Int {
        try await bridge.carriers().flatMap(\.binds).count { $0.state == "bound" }
    }

    /// A node that dies, and one that is stopped for longer than its lease: never more binds than the contract has, all of them up again
    /// soon, and no message of the dead.
    @Test func bindsMoveToTheNodeThatLives() async throws {
        let journal = try await JournalKind.postgresql.url()
        try await withSimulator(["--max-binds", "\(Self.binds)", "--forget-after", "2s"]) { smsc in
            async let first = Bridge.start(try await Self.setup("a", journal: journal, port: smsc.port))
            let b = try await Bridge.start(try await Self.setup("b", journal: journal, port: smsc.port))
            let a = try await first
            defer { for bridge in [a, b] { bridge.discard() } }
            do {
                try await eventually("two binds each", atMost: .seconds(40)) {
                    let (ofA, ofB) = (try await Self.bound(a), try await Self.bound(b))
                    return ofA == 2 && ofB == 2
                }
                let form = Form.keyed(try await TestSecrets.shared().key, text: "one")
                for node in [a, b] { #expect(try await node.post(form).status == 200) }

                a.process.kill()
                let start = ContinuousClock.now
                try await eventually("all at the other", atMost: .seconds(20)) {
                    try await Self.bound(b) == Self.binds
                }
                // 1 + 7 s, and the binding; more on a machine that is busy.
                #expect(ContinuousClock.now - start < .seconds(15))
                try await eventually("sent over them") { try await b.post(form).status == 200 }

                b.process.signal(SIGSTOP)
                let ended = try await b.process.waitForExit(atMost: .seconds(20))
                #expect(ended.exitCode == 128 + SIGKILL)
                try await eventually("none left") { try await smsc.counters().openBinds == 0 }
                let counted = try await smsc.decode(BindCounters.self, "/counters")
                #expect(counted.maxBinds == Self.binds)
                #expect(counted.excessBinds == 0)
            } catch {
                throw HarnessError(
                    "\(error)\na:\n\(a.process.current.everything.suffix(6_000))\nb:\n"
                        + "\(b.process.current.everything.suffix(6_000))")
            }
        }
    }

    private struct BindCounters: Decodable {
        var maxBinds: Int
        var excessBinds: Int
    }

    /// A node that does not reach the carrier leaves its binds to one that does, and is not given them again at once.
    @Test func bindsGoWhereTheCarrierIsReached() async throws {
        let journal = try await JournalKind.postgresql.url()
        try await withSimulator(["--max-binds", "\(Self.binds)"]) { smsc in
            async let first = Bridge.start(try await Self.setup("a", journal: journal, port: smsc.port))
            let b = try await Bridge.start(try await Self.setup("b", journal: journal, port: try Ports.free()))
            let a = try await first
            defer { for bridge in [a, b] { bridge.discard() } }
            try await eventually("some there", atMost: .seconds(40)) { try await b.carriers()[0].binds.count > 0 }
            try await eventually("all here", atMost: .seconds(40)) {
                let here = try await Self.bound(a)
                return here == Self.binds
            }
            #expect(try await b.carriers()[0].binds.isEmpty)
            let counted = try await smsc.decode(BindCounters.self, "/counters")
            #expect(counted.maxBinds == Self.binds && counted.excessBinds == 0)
        }
    }

    /// A contract counts binds: the new ones come when the old ones have ended. Who is stopped leaves nothing behind.
    @Test func aReloadNeverBindsBesideTheOldBinds() async throws {
        let journal = try await JournalKind.postgresql.url()
        try await withSimulator(["--max-binds", "\(Self.binds)"]) { smsc in
            try await withBridge(try await Self.setup("a", journal: journal, port: smsc.port)) { bridge in
                try await eventually("bound", atMost: .seconds(30)) { try await Self.bound(bridge) == Self.binds }
                let changed = CarrierSetup(port: smsc.port, window: 5, binds: Self.binds, lines: ["rate: 20/s"])
                try bridge.folder.write(changed.yaml, to: "carriers/main.yaml")
                bridge.process.signal(SIGHUP)
                try await bridge.process.waitForOutput(containing: "carrier has its new binds")
                try await eventually("bound anew") {
                    let counters = try await smsc.counters()
                    return counters.binds == 2 * Self.binds && counters.openBinds == Self.binds
                }
                let form = Form.keyed(try await TestSecrets.shared().key, text: "one")
                #expect(try await bridge.post(form).status == 200)
            }
            let counted = try await smsc.decode(BindCounters.self, "/counters")
            #expect(counted.maxBinds == Self.binds && counted.excessBinds == 0)
            #expect(try await smsc.counters().unbinds == 2 * Self.binds)
        }
    }

    /// A node that does not reach PostgreSQL cuts its binds off by itself, without a word and before anything ends it; it takes them again
    /// when it does.
    @Test func withoutPostgreSQLNothingIsHeld() async throws {
        let server = try await PostgreSQLServer()
        let journal = server.url(of: try await server.newDatabase())
        try await withSimulator(["--max-binds", "\(Self.binds)"]) { smsc in
            try await withBridge(try await Self.setup("a", journal: journal, port: smsc.port)) { bridge in
                try await server.crash()
                try await eventually("cut off") { try await smsc.counters().openBinds == 0 }
                #expect(try await smsc.counters().unbinds == 0)
                try await eventually("told") { try await bridge.monitor("/readyz").status == 503 }
                try await server.start()
                try await eventually("bound again", atMost: .seconds(40)) {
                    try await smsc.counters().openBinds == Self.binds
                }
                try await bridge.awaitReady()
                let form = Form.keyed(try await TestSecrets.shared().key, text: "one")
                #expect(try await bridge.post(form).status == 200)
            }
        }
        try await server.remove()
    }

    /// Without synchronous replication a failover would lose rows: somebody must vouch for the database.
    @Test func aServerThatReplicatesNothingIsRefusedAtTheStart() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let journal = try await JournalKind.postgresql.url()
        var setup = try await Self.setup("a", journal: journal, port: try Ports.free())
        setup.lines.removeAll { $0.contains("database: managed") }
        try await setup.write(to: folder, port: try Ports.free(), monitorPort: try Ports.free())
        let ended = try await run(
            Repository.smppost, ["serve", "--config", folder.file("config"), "--carriers", folder.file("carriers")])
        #expect(ended.exitCode == 1)
        #expect(ended.everything.contains("synchronous_standby_names is empty"))
    }
}
