import Foundation
import HTTPService
import SMPP
import Synchronization
import TLS
import Testing

@testable import LoadTest

@Suite(.serialized) struct FormRunTests {
    private typealias Answering = @Sendable (Int, String, Duration) -> (FormServer.Answer, after: Duration)

    private static let atOnce: Answering = { _, _, _ in (FormServer.ok(), .zero) }

    private func withServer(
        _ answer: @escaping Answering,
        _ body: (FormServer) async throws -> Void
    ) async throws {
        let server = try await FormServer.start(answer)
        do {
            try await body(server)
            try await server.stop()
        } catch {
            try? await server.stop()
            throw error
        }
    }

    @Test func openLoopSendsEveryMessageOnce() async throws {
        try await withServer(Self.atOnce) { server in
            var plan = try server.plan(.open(.constant(400, seconds: 1), .even))
            plan.threads = 2
            plan.connections = 5
            let report = try await LoadRun(plan).run()
            #expect(report.messages == 400)
            #expect(report.count(.accepted) == 400)
            #expect(report.acceptedSegments == 400)
            #expect(report.connections.opened == 5)
            #expect(report.connections.lost == 0)
            #expect(report.response.count == 400)
            #expect(report.service.max <= report.response.max)
            #expect((0.99...10).contains(report.elapsed))
            let maker = MessageMaker(plan.mix, seed: plan.seed, run: plan.run)
            let numbers = server.received.withLock { $0 }.compactMap { maker.marker.number(in: $0) }
            #expect(numbers.sorted() == Array(0..<400))
            #expect(report.series.reduce(0) { $0 + $1.accepted } == 400)
        }
    }

    @Test func closedLoopKeepsItsNumberUnderWay() async throws {
        let answer: Answering = { _, _, _ in (FormServer.ok(), .milliseconds(20)) }
        try await withServer(answer) { server in
            var plan = try server.plan(.closed(workers: 4, seconds: 1))
            plan.connections = 4
            let report = try await LoadRun(plan).run()
            // Four at a time, 20 ms each: 200 at most.
            #expect((20...204).contains(report.messages))
            #expect(report.errors == 0)
            #expect(report.response.p50 >= 19.9)
            plan.messages = 10
            #expect(try await LoadRun(plan).run().messages == 10)
        }
    }

    /// The target stands still for 200 ms of each second: every message of that time sees it, though only as many as there
    /// are connections were sent. A closed loop sees it with one message of each connection.
    @Test func aStallIsSeenByAllWhomItHoldsUp() async throws {
        let stall: Answering = { _, _, since in
            let phase = since.inSeconds.truncatingRemainder(dividingBy: 1)
            return (FormServer.ok(), phase > 0.8 ? .seconds(1 - phase) : .zero)
        }
        try await withServer(stall) { server in
            var plan = try server.plan(.open(.constant(500, seconds: 2), .even))
            plan.connections = 2
            let open = try await LoadRun(plan).run()
            #expect(open.errors == 0)
            #expect(open.messages == 1_000)
            // A fifth of the time: the 90th percentile is within the stall, and p99 near its length.
            #expect(open.response.p90 > 60)
            #expect(open.response.p99 > 150)
            // The time from the actual start hides it.
            #expect(open.service.p90 < 60)
            plan.pacing = .closed(workers: 2, seconds: 2)
            let closed = try await LoadRun(plan).run()
            #expect(closed.response.p95 < 60)
        }
    }

    @Test func outcomesAreTold() async throws {
        let answers: [FormServer.Answer] = [
            FormServer.ok(), .reply("HTTP/1.1 502 R\r\nX-Outcome: refused\r\nContent-Length: 0\r\n\r\n"),
            .reply("HTTP/1.1 502 P\r\nX-Outcome: partial\r\nX-Segments: 1/2\r\nContent-Length: 0\r\n\r\n"),
            .reply("HTTP/1.1 503 N\r\nX-Outcome: not-sent\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            .reply("HTTP/1.1 504 U\r\nX-Outcome: unknown\r\nContent-Length: 0\r\n\r\n"), .hangUp, .silence,
            .reply("nonsense and more nonsense\r\n\r\n"),
        ]
        let answer: Answering = { number, _, _ in (answers[number % answers.count], .zero) }
        try await withServer(answer) { server in
            var plan = try server.plan(.open(.constant(100, seconds: 0.8), .even))
            plan.connections = 40
            plan.timeout = .milliseconds(500)
            plan.thresholds = [try Threshold("errors>50%"), try Threshold("timeouts>10")]
            let report = try await LoadRun(plan).run()
            let kinds: [LoadOutcome] = [
                .accepted, .refused, .partial, .notSent, .unknown, .connectionLost, .timedOut, .unreadable,
            ]
            for kind in kinds { #expect(report.count(kind) == 10, "\(kind.name)") }
            #expect(report.errors == 70)
            #expect(report.faults.contains { $0.text == "HTTP 503 not-sent" && $0.count == 10 })
            #expect(report.checks.map(\.passed) == [false, true])
            #expect(report.acceptedSegments == 20)
        }
    }

    /// Twenty a second by one connection that takes 400 ms each: what cannot be begun in time is an error.
    @Test func whatComesTooLateIsAnError() async throws {
        let slow: Answering = { _, _, _ in (FormServer.ok(), .milliseconds(400)) }
        try await withServer(slow) { server in
            var plan = try server.plan(.open(.constant(20, seconds: 0.5), .even))
            plan.connections = 1
            plan.timeout = .milliseconds(500)
            let report = try await LoadRun(plan).run()
            #expect(report.messages == 10)
            #expect(report.count(.notStarted) >= 6)
            #expect(report.count(.notStarted) + report.count(.accepted) == 10)
            #expect(report.errors == report.count(.notStarted))
        }
    }

    @Test func stopEndsItWithAReport() async throws {
        let answer: Answering = { _, _, _ in (FormServer.ok(), .milliseconds(5)) }
        try await withServer(answer) { server in
            let plan = try server.plan(.open(.constant(200, seconds: 60), .even))
            let seen = Atomic(0)
            let holder = Mutex<LoadRun?>(nil)
            let run = LoadRun(plan) { progress in
                if case .second = progress {
                    seen.add(1, ordering: .relaxed)
                    holder.withLock { $0 }?.stop()
                }
            }
            holder.withLock { $0 = run }
            let report = try await run.run()
            #expect(report.interrupted)
            #expect((100...400).contains(report.messages))
            #expect(report.errors == 0)
            #expect(report.elapsed < 5)
            #expect(seen.load(ordering: .relaxed) >= 1)
        }
    }

    @Test func aStrangersCertificateIsRefused() async throws {
        try await withServer(Self.atOnce) { server in
            let plan = LoadPlan(
                target: .form(try server.url, try TLSClientContext()), pacing: .open(.constant(10, seconds: 1), .even),
                run: 1)
            let failure = await #expect(throws: LoadFailure.self) { try await LoadRun(plan).run() }
            #expect(failure?.description.contains("certificate") == true, "\(failure?.description ?? "")")
            let blind = LoadPlan(
                target: .form(try server.url, try TLSClientContext(verifyPeer: false)),
                pacing: .open(.constant(10, seconds: 0.5), .even), run: 1)
            #expect(try await LoadRun(blind).run().count(.accepted) == 5)
        }
    }

    @Test func nobodyThereIsAFailure() async throws {
        let server = try await FormServer.start { _, _, _ in (FormServer.ok(), .zero) }
        let plan = try server.plan(.open(.constant(10, seconds: 1), .even))
        try await server.stop()
        let failure = await #expect(throws: LoadFailure.self) { try await LoadRun(plan).run() }
        #expect(failure?.description.contains("refused") == true, "\(failure?.description ?? "")")
    }

    @Test func aMissingRecordIsToldBeforeAnythingIsSent() async throws {
        try await withServer(Self.atOnce) { server in
            var plan = try server.plan(.open(.constant(10, seconds: 1), .even))
            plan.audit = HTTPURL(statusPage: "http://127.0.0.1:1")
            let failure = await #expect(throws: LoadFailure.self) { try await LoadRun(plan).run() }
            #expect(failure?.description.hasPrefix("--audit") == true)
            #expect(server.received.withLock { $0.isEmpty })
        }
    }

    @Test func pageAddresses() {
        #expect(HTTPURL(statusPage: "http://127.0.0.1:8080")?.description == "http://127.0.0.1:8080")
        #expect(HTTPURL(statusPage: "http://[::1]:8080/")?.description == "http://[::1]:8080")
        #expect(HTTPURL(statusPage: "HTTP://host")?.port == 80)
        #expect(HTTPURL(statusPage: "http://host:443")?.port == 443)
        for text in ["https://h:1", "h:1", "http://", "http://h/x", "http://h:0", ""] {
            #expect(HTTPURL(statusPage: text) == nil)
        }
    }
}
