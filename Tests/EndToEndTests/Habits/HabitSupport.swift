import Foundation
import TestPrograms
import Testing

/// A scenario of the simulator, a carrier file for it, and what the bridge must make of both.
struct Habit: Sendable {
    let scenario: String
    var window = 10
    /// The entries of `binds:`.
    var binds = "{ kind: transceiver }"
    /// Further lines of the carrier file.
    var lines: [String] = []
    let check: @Sendable (HabitRun) async throws -> Void
    /// What holds when the bridge has stopped.
    var afterwards: (@Sendable (HabitRun) async throws -> Void)?

    init(
        _ scenario: String, window: Int = 10, binds: String = "{ kind: transceiver }", _ lines: [String] = [],
        check: @escaping @Sendable (HabitRun) async throws -> Void,
        afterwards: (@Sendable (HabitRun) async throws -> Void)? = nil
    ) {
        self.scenario = scenario
        self.window = window
        self.binds = binds
        self.lines = lines
        self.check = check
        self.afterwards = afterwards
    }

    /// Plays all of them at once: one bridge, and for each a carrier with a simulator of its own.
    static func play(_ habits: [Habit]) async throws {
        let simulators = try await start(habits)
        defer { for simulator in simulators { simulator.process.kill() } }
        let carriers = zip(habits, simulators).enumerated().map { place, pair in
            CarrierSetup(
                name: "c\(place)", port: pair.1.port, window: pair.0.window, bindList: pair.0.binds,
                lines: ["required: false"] + pair.0.linesWithDefaults)
        }
        let routes = habits.indices.map { "  - { prefix: \"\(HabitRun.prefix($0))\", carriers: [c\($0)] }" }
        let account = AccountSetup(
            carriers: ["c0"], anySender: true, lines: ["routes:\n    " + routes.joined(separator: "\n    ")])
        let setup = BridgeSetup(accounts: [account], carriers: carriers, logLevel: "info")
        let runs = try await withBridge(setup, awaitingReady: false) { bridge in
            // The password is checked once: what follows finds it in the cache.
            _ = try await bridge.post(.message(to: "no number"))
            let runs = zip(habits, simulators).enumerated().map { place, pair in
                HabitRun(habit: pair.0, place: place, bridge: bridge, simulator: pair.1)
            }
            await withTaskGroup { group in
                for run in runs { group.addTask { await run.judge(run.habit.check) } }
            }
            return runs
        }
        for run in runs {
            if let afterwards = run.habit.afterwards { await run.judge(afterwards) }
            try await run.simulator.process.stop()
        }
    }

    private var linesWithDefaults: [String] {
        let quick = "timeouts: { response: 2s, bind: 5s, unbind: 1s }"
        return lines.contains { $0.hasPrefix("timeouts:") } ? lines : lines + [quick]
    }

    private static func start(_ habits: [Habit]) async throws -> [Simulator] {
        try await withThrowingTaskGroup { group in
            for (place, habit) in habits.enumerated() {
                group.addTask { (place, try await Simulator.start(["--no-faults", "--scenario", habit.scenario])) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// A habit that is being played.
struct HabitRun: Sendable {
    let habit: Habit
    let place: Int
    let bridge: Bridge
    let simulator: Simulator

    /// Numbers of this scenario's carrier begin so.
    static func prefix(_ place: Int) -> String { "79\(100 + place)" }

    /// What failures say first.
    var told: Comment { "scenario \(habit.scenario) \(habit.lines)" }

    func judge(_ check: (HabitRun) async throws -> Void) async {
        do {
            try await check(self)
        } catch {
            Issue.record("scenario \(habit.scenario) \(habit.lines): \(error)")
        }
    }

    /// Posts one message.
    func post(_ text: String = "Hello", from: String = "ACME", number: Int = 0) async throws -> Reply {
        let digits = String(String(1_000_000 + number).suffix(6))
        return try await bridge.post(
            .message(to: Self.prefix(place) + digits, text: text, from: from), headers: ["Accept: application/json"])
    }

    /// Posts one after the other and requires that all are accepted.
    func accept(_ count: Int = 1, _ text: String = "Hello") async throws {
        for number in 0..<count {
            let reply = try await post("\(text) \(UUID().uuidString.prefix(8))", number: number)
            #expect(reply.status == 200, told)
        }
    }

    /// Posts all at once; the statuses.
    func together(_ count: Int, _ text: String = "Hello") async throws -> [Int] {
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                group.addTask { try await self.post("\(text) \(number)", number: number).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    func carrier() async throws -> HabitCarrier {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let page = try decoder.decode(HabitCarriers.self, from: Data(try await bridge.monitor("/binds").body.utf8))
        return try #require(page.carriers.first { $0.name == "c\(place)" })
    }

    func bind() async throws -> HabitBind { try #require(try await carrier().binds.first) }

    func counters() async throws -> HabitCounters {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let body = try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(simulator.statusPort)/counters")).body
        return try decoder.decode(HabitCounters.self, from: Data(body.utf8))
    }

    /// The received messages, as the SMSC reads them.
    func messages() async throws -> [HabitMessage] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let body = try await Curl.run(CurlRequest(url: "http://127.0.0.1:\(simulator.statusPort)/messages")).body
        return try decoder.decode([HabitMessage].self, from: Data(body.utf8))
    }

    /// Waits until so many binds are up.
    func awaitBound(_ count: Int = 1) async throws {
        try await eventually("bound") { try await carrier().binds.count { $0.state == "bound" } == count }
    }

    /// Waits for this `last_error_code` of the first bind, which has it in words too.
    func awaitError(_ code: String) async throws {
        try await eventually(code) { try await bind().lastErrorCode == code }
        #expect(try await bind().lastError?.isEmpty == false, told)
    }

    /// Requires that the habit was played, that the bridge did what it must so often (0: nothing is asked of it), and that
    /// no bind was lost.
    func expectKept(_ kept: Int, binds: Int = 1) async throws {
        try await eventually("kept \(kept) times", atMost: .seconds(10)) {
            let now = try await counters()
            return now.habitsKept >= kept || now.habitsBroken > 0
        }
        let seen = try await counters()
        #expect(seen.habitsPlayed > 0 || kept > 0, told)
        #expect(seen.habitsKept == kept, told)
        #expect(seen.habitsBroken == 0, told)
        #expect(seen.binds == binds && seen.openBinds == binds, told)
    }

    /// Waits for another bind than the first, after a loss for this reason.
    func awaitReturn(after reason: String) async throws {
        try await eventually("bound again") {
            let binds = try await counters().binds
            let state = try await bind().state
            return binds >= 2 && state == "bound"
        }
        #expect(try await bind().history.contains { $0.reason == reason }, told)
    }

    /// Waits for receipts of these states, all of them of messages that are known.
    func awaitReceipts(_ states: [String: Int], matched: Int? = nil, duplicates: Int = 0) async throws {
        let total = states.values.reduce(0, +)
        try await eventually("\(total) receipts", atMost: .seconds(10)) {
            try await carrier().receipts.states.values.reduce(0, +) >= total
        }
        try await eventually("matched", atMost: .seconds(5)) {
            let receipts = try await carrier().receipts
            return receipts.matched + receipts.duplicates + receipts.parked + receipts.unmatched >= total
        }
        let receipts = try await carrier().receipts
        #expect(receipts.states == states, told)
        #expect(receipts.matched == matched ?? total, told)
        #expect(receipts.duplicates == duplicates, told)
        #expect(receipts.unmatched == 0, told)
    }
}

private struct HabitCarriers: Decodable {
    var carriers: [HabitCarrier]
}

/// A carrier of `/binds`.
struct HabitCarrier: Decodable {
    struct Link: Decodable {
        var health: String
    }

    struct Receipts: Decodable {
        var matched: Int
        var duplicates: Int
        var unmatched: Int
        var early: Int
        var parked: Int
        var otherMessages: Int
        var ids: String
        var states: [String: Int]
    }

    var name: String
    var ready: Bool
    var links: [Link]
    var receipts: Receipts
    var binds: [HabitBind]
}

/// A bind of `/binds`.
struct HabitBind: Decodable {
    struct Change: Decodable {
        var state: String
        var reason: String?
    }

    struct Totals: Decodable {
        var accepted: Int
        var late: Int
        var throttled: Int
        var delivered: Int
        var misplaced: Int
    }

    var kind: String
    var state: String
    var lastError: String?
    var lastErrorCode: String?
    var smscSystemId: String?
    var windowInUse: Int
    var congestion: Int
    var enquireLinkRtt: Double?
    var history: [Change]
    var totals: Totals
}

/// One of `GET /messages` of a simulator.
struct HabitMessage: Decodable {
    var text: String
    var dataCoding: UInt8
    var octets: String
}

/// `GET /counters` of a simulator.
struct HabitCounters: Decodable {
    var binds: Int
    var openBinds: Int
    var refusedBinds: Int
    var submits: Int
    var throttled: Int
    var windowExceeded: Int
    var maxUnanswered: Int
    var maxInOneSecond: Int
    var enquireLinks: Int
    var unbinds: Int
    var habitsPlayed: Int
    var habitsKept: Int
    var habitsBroken: Int
}
