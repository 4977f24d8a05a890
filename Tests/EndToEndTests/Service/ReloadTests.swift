import Foundation
import TestPrograms
import Testing

/// SIGHUP and `POST /reload`: a valid configuration is applied under load without a failed request, an invalid one is refused
/// whole.
@Suite(.serialized) struct ReloadTests {
    /// Every other reload changes an account, every other one a carrier; one carrier never changes.
    @Test func fiftyReloadsUnderLoadFailNoRequest() async throws {
        let setup = Self.twoCarriers()
        try await withBridgeAndSimulator(setup, simulator: ["--latency", "5ms"]) { bridge, simulator in
            var setup = setup
            for index in setup.carriers.indices { setup.carriers[index].port = simulator.port }
            try await bridge.awaitAllBound()
            #expect(try await simulator.counters().binds == 2)
            let posters = [
                try await Posters.start(bridge, clients: 6, seconds: 25),
                try await Posters.start(bridge, login: "english", clients: 2, pause: 5, seconds: 25),
            ]
            let begin = ContinuousClock.now
            for number in 1...50 {
                if number.isMultiple(of: 2) {
                    setup.carriers[0].window = 10 + number
                } else {
                    setup.accounts[1].lines = ["rate: \(1_000 + number)/s"]
                }
                let answer = try await bridge.reload(setup)
                #expect(answer.status == 200, "\(answer.body)")
                let report = try answer.reload()
                #expect(report.applied && report.generation == number + 1)
                #expect(report.carriers?.changed == (number.isMultiple(of: 2) ? ["main"] : []))
                #expect(report.carriers?.unchanged == (number.isMultiple(of: 2) ? ["steady"] : ["main", "steady"]))
            }
            try await bridge.awaitHandedOver()
            #expect(ContinuousClock.now - begin < .seconds(24), "the load ended before the reloads")
            var accepted = 0
            for poster in posters {
                let report = try await poster.report()
                #expect(Set(report.outcomes.keys) == ["200 accepted"], "\(report.outcomes)")
                accepted += report.accepted
            }
            let counters = try await simulator.counters()
            #expect(counters.accepted == accepted)
            #expect(counters.submits == accepted)
            // The changed carrier was bound anew 25 times, the other one never.
            #expect((counters.binds, counters.unbinds, counters.openBinds) == (27, 25, 2))
            #expect(try await bridge.configuration().generation == 51)
        }
    }

    /// Where the SMSC allows one bind, the old one ends first, and messages wait for the new one.
    @Test func aBindLimitLosesNoMessage() async throws {
        let port = try Ports.free()
        let smsc = try ProcessHandle("python3", [Repository.testFile("Peers/one_bind_smsc.py"), "\(port)"])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        var setup = BridgeSetup(carriers: [CarrierSetup(port: port, lines: ["timeouts: { connect: 1s, bind: 1s }"])])
        try await withBridge(setup) { bridge in
            let posters = try await Posters.start(bridge, clients: 8, seconds: 6)
            setup.carriers[0].window = 20
            let answer = try await bridge.reload(setup)
            #expect(try answer.reload().carriers?.changed == ["main"])
            try await bridge.awaitHandedOver()
            let report = try await posters.report()
            #expect(Set(report.outcomes.keys) == ["200 accepted"], "\(report.outcomes)")
            let seen = smsc.current.standardOutput.split(separator: "\n").filter { $0 != "refused" }
            #expect(seen == ["listening", "bound", "unbound", "bound"])
            #expect(smsc.current.standardOutput.contains("refused"))
        }
    }

    /// What waits goes to the new binds, and the SMSC sees no more than its rate over old and new ones.
    @Test func aFullQueueMovesAndTheRateHolds() async throws {
        let setup = BridgeSetup(carriers: [CarrierSetup(window: 10, lines: ["rate: 30/s"])], logLevel: "notice")
        let limits = ["--no-faults", "--rate", "30", "--rate-second", "sliding", "--latency", "50ms"]
        try await withBridgeAndSimulator(setup, simulator: limits) { bridge, simulator in
            var setup = setup
            setup.carriers[0].port = simulator.port
            try await warmUp(bridge, simulator)
            let posters = try await OpenPosters.start(bridge, rate: 60, seconds: 4)
            try await eventually("40 wait") { try await bridge.carriers()[0].binds[0].waiting >= 40 }
            for window in [11, 12] {
                setup.carriers[0].window = window
                #expect(try await bridge.reload(setup).reload().carriers?.changed == ["main"])
                // The old binds have the answers to what they have begun, and no queue to write.
                try await eventually("handed over", atMost: .seconds(2)) {
                    try await bridge.configuration().switching.isEmpty
                }
                #expect(try await bridge.carriers()[0].binds[0].waiting >= 20)
            }
            let run = CarrierRun(posts: try await posters.posts(), carrier: try await simulator.counters())
            run.expectTruth()
            #expect(run.toldAccepted == run.carrier.submits, run.told)
            #expect(run.carrier.maxInOneSecond <= 30, run.told)
            #expect(run.toldAccepted >= 110, run.told)
        }
    }

    @Test func anInvalidConfigurationIsRefusedWholeAndToldWhere() async throws {
        let setup = BridgeSetup()
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            var setup = setup
            setup.carriers[0].port = simulator.port
            setup.accounts[1].lines = ["rate: fast", "routes: [{ prefix: \"7\", carriers: [mian] }]"]
            setup.carriers[0].window = 0
            let answer = try await bridge.reload(setup)
            #expect(answer.status == 422)
            let report = try answer.reload()
            #expect(!report.applied)
            let problems = try #require(report.problems)
            #expect(problems.count == 3, "\(problems)")
            #expect(problems.allSatisfy { $0.line > 1 && $0.column > 1 })
            #expect(
                problems.contains { $0.file.hasSuffix("accounts.yaml") && $0.message.hasPrefix("\"rate\" must be") })
            #expect(problems.contains { $0.message.contains("did you mean \"main\"") })
            #expect(problems.contains { $0.file.hasSuffix("main.yaml") && $0.message.hasPrefix("\"window\" must be") })
            let first = try #require(problems.first)
            try await bridge.process.waitForOutput(
                containing: "\(first.file):\(first.line):\(first.column): \(first.message)")
            // By the signal it is the same, and the bridge goes on with what it has.
            kill(bridge.process.id, SIGHUP)
            try await bridge.process.waitForOutput(containing: "cause=SIGHUP")
            #expect(try await bridge.configuration().generation == 1)
            #expect(try await bridge.post(.message(login: "english")).status == 200)
            #expect(try await simulator.counters().binds == 1)
        }
    }

    @Test func accountsChangeAtOnce() async throws {
        let setup = BridgeSetup()
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            var setup = setup
            setup.carriers[0].port = simulator.port
            #expect(try await bridge.post(.message()).status == 200)
            #expect(try await bridge.post(.message(login: "english")).status == 200)

            // `acme` is disabled, `english` is gone, `third` comes, and the log says more.
            setup.accounts = [
                AccountSetup(hasKey: true, lines: ["enabled: false"]), AccountSetup(name: "third", login: "third"),
            ]
            setup.logLevel = "trace"
            let report = try await bridge.reload(setup).reload()
            #expect(report.applied && report.needsRestart == [] && report.carriers?.unchanged == ["main"])
            #expect(try await bridge.post(.message()).status == 403)
            #expect(try await bridge.post(.message(login: "english")).status == 401)
            #expect(try await bridge.post(.message(login: "third")).status == 200)

            // By SIGHUP, and what cannot be applied is named.
            setup.accounts = [AccountSetup(hasKey: true), AccountSetup(name: "third", login: "third", language: "en")]
            setup.replyWithin = "9s"
            try await bridge.write(setup)
            kill(bridge.process.id, SIGHUP)
            try await bridge.process.waitForOutput(containing: "intake.reply_within changed: it needs a restart")
            try await eventually("generation 3") { try await bridge.configuration().generation == 3 }
            #expect(try await bridge.post(.message()).status == 200)
            let refused = try await bridge.post(.message(to: "12", login: "third"))
            #expect(refused.headers["content-language"] == "en")
            #expect(try await simulator.counters().binds == 1)
        }
    }

    /// A carrier that is new is waited for, one that is gone unbinds, and another text policy needs no new binds.
    @Test func carriersComeAndGo() async throws {
        let setup = Self.twoCarriers()
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            var setup = setup
            for index in setup.carriers.indices { setup.carriers[index].port = simulator.port }
            try await bridge.awaitAllBound()
            setup.carriers.removeLast()
            setup.carriers.append(CarrierSetup(name: "third", port: simulator.port))
            setup.accounts[1].carriers = ["third"]
            try FileManager.default.removeItem(atPath: bridge.folder.file("carriers/steady.yaml"))
            let report = try await bridge.reload(setup).reload()
            #expect((report.carriers?.added, report.carriers?.removed) == (["third"], ["steady"]))
            // At once: it waits for the new carrier's bind.
            #expect(try await bridge.post(.message(login: "english")).status == 200)
            try await bridge.awaitHandedOver()
            #expect(try await bridge.carriers().map(\.name) == ["main", "third"])
            let counters = try await simulator.counters()
            #expect((counters.binds, counters.unbinds) == (3, 1))
            // Only texts change: the binds stay.
            setup.carriers[0].lines = ["text: { max_parts: 1 }"]
            let restyled = try await bridge.reload(setup).reload()
            #expect(restyled.carriers?.restyled == ["main"])
            #expect(try await bridge.post(.message(text: String(repeating: "я", count: 71))).status == 422)
            #expect(try await simulator.counters().binds == 3)
        }
    }

    /// Each of them is a configuration of its own, one after the other; what only the first one changed changes once.
    @Test func concurrentReloadsComeOneAfterTheOther() async throws {
        let setup = BridgeSetup()
        try await withBridgeAndSimulator(setup) { bridge, simulator in
            var setup = setup
            setup.carriers[0].port = simulator.port
            setup.carriers[0].window = 20
            try await bridge.write(setup)
            let reports = try await withThrowingTaskGroup(of: ReloadAnswer.self) { group in
                for _ in 0..<5 { group.addTask { try await bridge.askForReload().reload() } }
                var reports: [ReloadAnswer] = []
                for try await report in group { reports.append(report) }
                return reports.sorted { $0.generation ?? 0 < $1.generation ?? 0 }
            }
            #expect(reports.map(\.generation) == [2, 3, 4, 5, 6])
            #expect(reports.map { $0.carriers?.changed } == [["main"], [], [], [], []])
            try await bridge.awaitHandedOver()
            let counters = try await simulator.counters()
            #expect((counters.binds, counters.unbinds) == (2, 1))
        }
    }

    private static func twoCarriers() -> BridgeSetup {
        BridgeSetup(
            accounts: [
                AccountSetup(hasKey: true), AccountSetup(name: "english", login: "english", carriers: ["steady"]),
            ],
            carriers: [CarrierSetup(), CarrierSetup(name: "steady")], logLevel: "notice")
    }
}

/// The answer to `POST /reload`.
struct ReloadAnswer: Decodable {
    struct Carriers: Decodable {
        var unchanged: [String]
        var restyled: [String]
        var changed: [String]
        var added: [String]
        var removed: [String]
    }

    struct Problem: Decodable {
        var file: String
        var line: Int
        var column: Int
        var message: String
    }

    var applied: Bool
    var generation: Int?
    var carriers: Carriers?
    var needsRestart: [String]?
    var problems: [Problem]?
}

/// `configuration` of `GET /binds`.
struct ConfigurationPage: Decodable {
    var generation: Int
    var loadedAt: String
    var switching: [String]
}

extension Reply {
    func reload() throws -> ReloadAnswer {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(ReloadAnswer.self, from: Data(body.utf8))
    }
}

extension Bridge {
    /// Writes other files in place of its own.
    func write(_ setup: BridgeSetup) async throws {
        try await setup.write(to: folder, port: port, monitorPort: monitorPort)
    }

    /// Writes other files and asks the monitor for a reload.
    func reload(_ setup: BridgeSetup) async throws -> Reply {
        try await write(setup)
        return try await askForReload()
    }

    /// Asks the monitor for a reload of the files as they are.
    func askForReload() async throws -> Reply {
        try await Curl.run(
            CurlRequest(url: "http://127.0.0.1:\(monitorPort)/reload", method: "POST", body: ""))
    }

    func configuration() async throws -> ConfigurationPage {
        struct Page: Decodable { var configuration: ConfigurationPage }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Page.self, from: Data(try await monitor("/binds").body.utf8)).configuration
    }

    /// Waits until every bind is bound.
    func awaitAllBound() async throws {
        try await eventually("bound") {
            try await carriers().allSatisfy { $0.binds.allSatisfy { $0.state == "bound" } }
        }
    }

    /// Waits until no carrier is between its old binds and its new ones.
    func awaitHandedOver() async throws {
        try await eventually("handed over") { try await configuration().switching.isEmpty }
    }
}
