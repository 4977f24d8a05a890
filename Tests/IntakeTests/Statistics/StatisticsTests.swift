import NIOCore
import NIOEmbedded
import SMPP
import Testing

@testable import Intake

/// What is counted of requests, for the monitor.
@Suite struct StatisticsTests {
    private func statistics(_ intake: EmbeddedIntake) -> IntakeStatistics {
        var total = IntakeStatistics()
        intake.loop.counters.add(to: &total)
        return total
    }

    @Test func repliesAreCountedByAccountAndError() throws {
        let intake = try EmbeddedIntake()
        for _ in 0..<3 { intake.send(EmbeddedIntake.post()) }
        intake.send(EmbeddedIntake.post("key=secret-key&to=79161234567"))
        intake.send(EmbeddedIntake.post("key=wrong&to=79161234567&text=x"))
        intake.send(EmbeddedIntake.post(path: "/other"))
        let statistics = statistics(intake)
        #expect(statistics.replies[ReplyLabel(account: "acme", status: 200, code: nil)] == 3)
        #expect(statistics.replies[ReplyLabel(account: nil, status: 400, code: .missingField)] == 1)
        #expect(statistics.replies[ReplyLabel(account: nil, status: 401, code: .badCredentials)] == 1)
        #expect(statistics.replies[ReplyLabel(account: nil, status: 404, code: .notFound)] == 1)
        #expect(statistics.replies.values.reduce(0, +) == statistics.requests)
        #expect(statistics.times.buckets.reduce(0, +) == UInt64(statistics.requests))
        #expect(statistics.openRequests == 0)
    }

    /// In our own words, and of them only the key that people must look at is a name.
    @Test(arguments: HandshakeFailure.allCases) func failuresOfTLSAreToldInWords(failure: HandshakeFailure) {
        #expect(failure.words.hasPrefix("it ") || failure.words.hasPrefix("what it "))
        for raw in ["alert", "SSL", "wrong version number", "_ca:"] { #expect(!failure.words.contains(raw)) }
    }

    @Test func requestsAreTimedToTheirReply() throws {
        let intake = try EmbeddedIntake(automatic: nil)
        intake.send(EmbeddedIntake.post())
        #expect(statistics(intake).openRequests == 1)
        intake.time.advanceTime(by: .milliseconds(1_500))
        intake.handler.answer("hello", ScriptedHandler.accepted)
        intake.time.run()
        let statistics = statistics(intake)
        #expect(statistics.openRequests == 0)
        #expect(statistics.times.sum == 1.5)
        let bucket = try #require(TimeHistogram.answers.firstIndex(of: 2))
        #expect(statistics.times.buckets[bucket] == 1)
    }

    @Test func timesBeyondEveryBoundAreKept() {
        let times = LoopTimes()
        times.add(nanoseconds: 31_000_000_000)
        times.add(nanoseconds: 1_000_000)
        times.add(nanoseconds: -5)
        var total = TimeHistogram()
        times.add(to: &total)
        #expect(total.buckets.first == 2 && total.buckets.last == 1 && total.sum == 31.001)
    }

    @Test func loopsAreAdded() {
        let loops = [LoopCounters(), LoopCounters()]
        for loop in loops { loop.makeCounter(ReplyLabel(account: "acme", status: 200, code: nil)).add(2) }
        var total = IntakeStatistics()
        for loop in loops { loop.add(to: &total) }
        #expect(total.replies == [ReplyLabel(account: "acme", status: 200, code: nil): 4])
    }
}
