import Foundation
import TestPrograms
import Testing

/// A carrier that is paused, tripped, down and overloaded, one after the other, as page, `/binds`, metrics, command and log tell it.
@Suite(.enabled(if: Browser.isThere, "Chromium is not installed")) struct TellingTests {
    /// Short pauses: what is over is seen to be over within a second or two.
    private static let carrier = [
        "rate: 4/s", "throttle: { pause: 1s, max: 1s, run: 2 }",
        "breaker: { refusals: 2, pause: 1s, silence: 1s, max: 1s }", "timeouts: { response: 1s }",
        "in_time: { reserve: 1s }",
    ]

    private struct Page: Decodable {
        struct Carrier: Decodable {
            struct Why: Decodable {
                var code: String
                var status: String?
            }
            struct Pace: Decodable {
                var configured: Double?
            }
            struct Queue: Decodable {
                var messages: Int
                var wait: Double
                var notInTime: Int
            }

            var light: String
            var state: String
            var trouble: String?
            var why: Why?
            var pace: Pace
            var queue: Queue
        }

        var carriers: [Carrier]
    }

    private static func carrier(_ bridge: Bridge) async throws -> Page.Carrier {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let page = try decoder.decode(Page.self, from: Data(try await bridge.monitor("/binds").body.utf8))
        return try #require(page.carriers.first)
    }

    /// The one state whose metric is 1.
    private static func state(_ metrics: String) -> [String] {
        metrics.matches(of: /(?m)^smppost_carrier_state\{carrier="main",state="(\w+)"\} 1$/).map { String($0.output.1) }
    }

    private static func check(_ bridge: Bridge) async throws -> ProcessOutput {
        try await ProcessHandle(
            Repository.smppost,
            [
                "binds", "--check", "--config", bridge.folder.file("config"), "--carriers",
                bridge.folder.file("carriers"),
            ]
        ).waitForExit()
    }

    /// Waits for the state, while messages come, and looks at it from every side but the page's.
    private static func expect(
        _ state: String, in bridge: Bridge, why: String, exitCodes: Set<Int32>, posting: Bool = true
    ) async throws {
        var told = try await carrier(bridge)
        let posts = Task {
            while posting, !Task.isCancelled { _ = try await bridge.post([.message(), .message()]) }
        }
        defer { posts.cancel() }
        try await eventually("\(state): \(told)") {
            told = try await carrier(bridge)
            return told.state == state
        }
        #expect(told.light != "green")
        if state != "down" { #expect(told.trouble?.contains(why) == true, "\(told)") }
        // It may have been tried, and be ready, in between.
        try await eventually("\(state) in the metrics") {
            self.state(try await bridge.monitor("/metrics").body) == [state]
        }
        try await eventually("\(state) in the check") {
            let check = try await check(bridge)
            return exitCodes.contains(check.exitCode ?? -1) && check.standardOutput.contains(why)
        }
        try await bridge.process.waitForOutput(containing: " carrier is \(state) ")
    }

    private static func awaitReady(_ bridge: Bridge, after count: Int) async throws {
        try await eventually("accepted again") { try await bridge.post(.message()).status == 200 }
        try await eventually("ready") { try await carrier(bridge).state == "ready" }
        try await eventually("told") {
            bridge.process.current.standardOutput.ranges(of: " carrier takes messages again ").count >= count
        }
    }

    @Test(.timeLimit(.minutes(3))) func everyTroubleIsToldOnEverySide() async throws {
        let port = try Ports.free()
        let simulator = try await Simulator.start(port: port, ["--no-faults"])
        defer { simulator.process.kill() }
        let setup = BridgeSetup(
            replyWithin: "4s", accounts: [AccountSetup()],
            carriers: [CarrierSetup(port: port, lines: Self.carrier)], logLevel: "info")
        try await withBridge(setup) { bridge in
            let sentence = "eval=document.querySelector('#carrier-main .sentence').textContent"
            let facts = "eval=document.querySelector('#carrier-main .flow').textContent"
            let awaits = { (state: String) in
                "wait=typeof carriers !== 'undefined' && carriers.get('main')?.data?.state === '\(state)'"
            }
            let browser = try Browser.start([
                "language=en", "open=http://127.0.0.1:\(bridge.monitorPort)/", awaits("ready"), facts, "say=looks",
                awaits("paused"), sentence, "say=paused", awaits("tripped"), sentence, "say=tripped",
                awaits("down"), sentence, "say=down", awaits("ready"), "say=ready",
                "wait=carriers.get('main').data.queue.not_in_time > 0", sentence, facts,
                "eval=document.getElementById('language').click(), 0", sentence,
            ])
            try await browser.hears("looks")
            #expect(Self.state(try await bridge.monitor("/metrics").body) == ["ready"])
            #expect(try await Self.check(bridge).exitCode == 0)

            try await simulator.post("/fault", "action=status:0x58")
            try await Self.expect("paused", in: bridge, why: "ESME_RTHROTTLED", exitCodes: [1, 2])
            try await browser.hears("paused")
            try await simulator.post("/fault")
            try await Self.awaitReady(bridge, after: 1)

            try await simulator.post("/fault", "action=silent")
            try await Self.expect("tripped", in: bridge, why: "it answers nothing", exitCodes: [2])
            try await eventually("not ready") {
                let ready = try await bridge.monitor("/readyz")
                return ready.status == 503 && ready.body.contains("not ready: main is tripped: it answers nothing")
            }
            try await browser.hears("tripped")
            try await simulator.post("/fault")
            try await Self.awaitReady(bridge, after: 2)

            _ = try await simulator.process.stop()
            try await Self.expect("down", in: bridge, why: "connection refused", exitCodes: [2], posting: false)
            try await browser.hears("down")
            let again = try await Simulator.start(port: port, ["--no-faults"])
            defer { again.process.kill() }
            try await Self.awaitReady(bridge, after: 3)
            try await browser.hears("ready")

            let posters = try await OpenPosters.start(bridge, rate: 20, seconds: 3)
            try await eventually("a queue") { try await Self.carrier(bridge).queue.messages > 2 }
            let posts = try await posters.posts()
            let refused = posts.count(where: \.isRefused)
            let told = try await Self.carrier(bridge)
            #expect(refused > 0 && told.queue.notInTime == refused, "\(told)")
            #expect(told.light == "yellow" && told.trouble?.hasPrefix("overloaded: ") == true, "\(told)")
            #expect(told.pace.configured == 4)
            #expect(
                try await bridge.monitor("/metrics").body
                    .contains("\nsmppost_not_in_time_total{carrier=\"main\"} \(refused)\n"))
            #expect(try await Self.check(bridge).exitCode == 1)

            let shown = try await browser.lines().filter { $0.hasPrefix("\"") }
            try #require(shown.count == 7, "\(shown)")
            #expect(shown[0].contains("takes messages") && shown[0].contains("4/s"), "\(shown[0])")
            #expect(shown[1].contains("paused: it refuses for speed (0x00000058 ESME_RTHROTTLED), "))
            #expect(shown[2].contains("tripped: it answers nothing, "))
            #expect(shown[3].hasPrefix("\"the bind is not up; bind 1: "))
            #expect(shown[4].contains("overloaded: messages are refused for lack of time"))
            #expect(shown[5].contains("Refused for lack of time"))
            #expect(shown[6].contains("перегружен: "))
            Self.expectFewLines(bridge.process.current.standardOutput)
        }
    }

    /// Of each trouble one line when it begins and one when it is over; what is tried in vain is no line. It may be over, and
    /// come again, in between.
    private static func expectFewLines(_ log: String) {
        let lines = log.split(separator: "\n")
        let troubles = lines.filter { $0.contains(" warning carrier is ") }
        let states = ["paused", "tripped", "down"]
        #expect((states.count...6).contains(troubles.count), "\(troubles)")
        let told = troubles.compactMap { line in states.first { line.contains(" carrier is \($0) ") } }
        #expect(zip([""] + told, told).filter { $0 != $1 }.map(\.1) == states, "\(troubles)")
        #expect(troubles.last?.contains("reason=") == true)
        let over = lines.count { $0.contains(" notice carrier takes messages again ") && $0.contains(" after=") }
        #expect(over == troubles.count, "\(log)")
        // Start, loss, an attempt in vain with another reason, back.
        #expect(lines.count { $0.contains(" bind is ") } <= 10, "\(log)")
    }
}
