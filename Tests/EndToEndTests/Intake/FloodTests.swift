import Foundation
import TestPrograms
import Testing

/// Strangers in a crowd, beside customers who must not notice.
@Suite(.serialized) struct FloodTests {
    /// Wrong passwords for a customer's own login and for logins that do not exist.
    @Test(arguments: [1, 100]) func wrongLoginsCostTheHonestNothing(_ addresses: Int) async throws {
        let accounts = [AccountSetup(), AccountSetup(name: "second", login: "second")]
        try await withBridgeAndSimulator(BridgeSetup(accounts: accounts, logLevel: "info")) { bridge, _ in
            #expect(try await bridge.post(.message()).status == 200)
            let strangers = try ProcessHandle(
                "python3",
                [
                    Repository.testFile("Peers/wrong_logins.py"), "\(bridge.port)", TestAccount.login, "\(addresses)",
                    "200",
                    "6",
                ])
            let posters = try await Posters.start(bridge, clients: 2, pause: 10, seconds: 5)
            // Never proven before, and not from the strangers' addresses.
            try await eventually("a first login", atMost: .seconds(20)) {
                try await bridge.post(.message(login: "second")).status == 200
            }
            let report = try await posters.report()
            #expect(Set(report.outcomes.keys) == ["200 accepted"], "\(report.outcomes)")
            let flood = try await strangers.waitForExit(atMost: .seconds(60))
            let statuses = try JSONDecoder().decode([String: Int].self, from: Data(flood.standardOutput.utf8))
            #expect(
                statuses["200"] == nil && (statuses["401", default: 0] + statuses["429", default: 0]) > 0, "\(statuses)"
            )
        }
    }

    /// Descriptors run out while a carrier's link is cut: accepting rests and does not spin, and the link comes back.
    @Test func noDescriptorIsLeft() async throws {
        var simulator = try await Simulator.start()
        defer { simulator.process.kill() }
        var setup = BridgeSetup(logLevel: "info")
        setup.carriers[0].port = simulator.port
        let bridge = try await Bridge.start(setup)
        defer { bridge.discard() }
        try await bridge.awaitReady()
        let pid = bridge.process.id
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
        let limited = try await run("prlimit", ["--pid", "\(pid)", "--nofile=\(open + 4)"])
        #expect(limited.exitCode == 0)
        let crowd = try ProcessHandle(
            "python3",
            [
                "-c",
                "import socket,time\nc=[]\nfor n in range(60):\n s=socket.socket();s.settimeout(1)\n try: s.connect(('127.0.0.1',\(bridge.port)));c.append(s)\n except OSError: pass\nprint('silent',flush=True)\ntime.sleep(60)",
            ])
        defer { crowd.kill() }
        try await crowd.waitForOutput(containing: "silent")
        try await bridge.process.waitForOutput(containing: "cannot accept connections")
        simulator.process.kill()
        let (before, begin) = (try processorSeconds(pid), ContinuousClock.now)
        try await bridge.process.waitForOutput(containing: "carrier is down")
        simulator = try await Simulator.start(port: simulator.port)
        // It is the crowd's that the link had: as long as it stays nothing can be made.
        try await Task.sleep(for: .seconds(3))
        let spent = try processorSeconds(pid) - before
        #expect(spent < 0.5 * ((ContinuousClock.now - begin) / .seconds(1)), "accepting spins: \(spent) s")
        crowd.kill()
        try await eventually("the link is back", atMost: .seconds(20)) {
            (try? await bridge.monitor("/readyz"))?.status == 200
        }
        try await eventually("served") { (try? await bridge.post(.message()))?.status == 200 }
    }

    /// Connections that come and go leave nothing behind once there is memory for as many as come at once; the long form is `Tests/Benchmarks/floods.py`.
    @Test func aConnectionThatIsGoneIsGone() async throws {
        try await withBridgeAndSimulator(BridgeSetup(logLevel: "info")) { bridge, _ in
            func comeAndGo(_ count: Int) async throws {
                let script =
                    "import socket\nfor n in range(\(count)):\n s=socket.socket();s.connect(('127.0.0.1',\(bridge.port)));s.close()"
                #expect(try await run("python3", ["-c", script]).exitCode == 0)
            }
            func files() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/\(bridge.process.id)/fd").count
            }
            let before = try files()
            // What lived on would be 40 MB more in each round; how many come at once differs, and so may their memory.
            var memory = 0
            var least = Int.max
            for _ in 0..<6 where least >= 6_000 {
                try await comeAndGo(6_000)
                try await eventually("gone") { try files() <= before }
                let now = try residentKiB(bridge.process.id)
                if memory > 0 { least = min(least, now - memory) }
                memory = now
            }
            #expect(least < 6_000)
        }
    }

    private func residentKiB(_ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }

    /// User and system time of a process.
    private func processorSeconds(_ pid: Int32) throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat.suffix(from: try #require(stat.lastIndex(of: ")"))).split(separator: " ")
        return ((Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// A crowd that says nothing takes its share of the places and no more, also where descriptors are few; carriers keep theirs.
    @Test func aSilentCrowdKeepsNobodyOut() async throws {
        try await withSimulator { simulator in
            var setup = BridgeSetup(intakeLines: ["max_connections: 10000", "max_connections_per_address: 5000"])
            setup.carriers[0].port = simulator.port
            // All the descriptors that it can get are 150.
            let bridge = try await Bridge.start(setup, under: ["bash", "-c", "ulimit -n 150; exec \"$0\" \"$@\""])
            defer { bridge.discard() }
            try await bridge.awaitReady()
            #expect(bridge.process.current.everything.contains("is more than the limit of 150 open files leaves"))
            let crowd = try ProcessHandle(
                "python3",
                [
                    "-c",
                    "import socket\nc=[]\nfor n in range(300):\n s=socket.socket();s.settimeout(1)\n try: s.connect(('127.0.0.1',\(bridge.port)));c.append(s)\n except OSError: pass\nprint('silent',flush=True)\nimport time;time.sleep(60)",
                ])
            defer { crowd.kill() }
            try await crowd.waitForOutput(containing: "silent")
            // The monitor and the carrier's link have descriptors all the same.
            try await eventually("a new link") {
                let answer = try await Curl.run(
                    CurlRequest(
                        url: "http://127.0.0.1:\(bridge.monitorPort)/carriers/main/rebind", method: "POST", body: ""))
                return answer.status == 200
            }
            try await eventually("bound again") {
                try await bridge.carriers()[0].binds.allSatisfy { $0.state == "bound" }
            }
            // Who probes hears of it.
            try await eventually("full") {
                let ready = try await bridge.monitor("/readyz")
                return ready.status == 503 && ready.body.contains("the intake is full")
            }
            let check = try await run(
                Repository.smppost, ["binds", "--check", "--url", "http://127.0.0.1:\(bridge.monitorPort)"])
            #expect(
                check.exitCode == 2
                    && check.standardOutput.hasPrefix("SMPPOST CRITICAL - the intake is full (75 connections)"))
            let metrics = try await bridge.monitor("/metrics").body
            #expect(metrics.contains("smppost_intake_full 1") && metrics.contains("smppost_http_connections_limit 75"))
            #expect(metrics.contains(/smppost_requests_refused_total\{reason="max_connections"\} [1-9]/))
            crowd.kill()
            try await eventually("served") { (try? await bridge.post(.message()))?.status == 200 }
        }
    }
}
