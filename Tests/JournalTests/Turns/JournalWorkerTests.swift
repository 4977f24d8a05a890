import Messaging
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// The journal's thread: what is committed before what is told.
@Suite struct JournalWorkerTests {
    @Test func newIsCommittedBeforeItIsTold() async {
        let rig = await JournalRig()
        #expect(await rig.begin(1).word == "new")
        guard case .message(let message) = rig.disk.records.first else {
            Issue.record("no message")
            return
        }
        #expect(message.id == .now(1))
        #expect(message.recipient == "79160000000")
        #expect(message.text == nil)
        #expect(await rig.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]))
        #expect(rig.disk.records.count == 2)
        await rig.stop()
        #expect(rig.journal.health.written == 2)
    }

    @Test func textAndNumberAsConfigured() async throws {
        let rig = await JournalRig {
            $0.keepText = true
            $0.maskNumbers = true
        }
        #expect(await rig.begin(1, "secret").word == "new")
        guard case .message(let message) = rig.disk.records.first else {
            Issue.record("no message")
            return
        }
        #expect(message.recipient == "7916*****00")
        // Numbers that look the same under the mask are told apart, and people do not see by what.
        let key = try #require(message.recipientKey)
        #expect(message.keptRecipient == "7916*****00~" + String(key, radix: 16))
        let parts = MessageRecord.recipient(in: message.keptRecipient)
        #expect(parts.0 == "7916*****00" && parts.key == key)
        #expect(MessageRecord.recipient(in: "79160000000~1").key == nil)
        let hash = RecipientHash(Array(0..<32))
        #expect(hash.of(79_160_000_000) != hash.of(79_160_000_100) && hash.of(1) == RecipientHash(Array(0..<32)).of(1))
        #expect(message.text == "secret")
        await rig.stop()
    }

    @Test func repeatIsAnsweredAndItsOutcomeCommitted() async {
        let rig = await JournalRig()
        #expect(await rig.begin(1).word == "new")
        #expect(await rig.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]))
        let answer = await rig.begin(2)
        #expect(answer.outcome?.segments == [.accepted(id: "a")])
        guard case .outcome(let replay) = rig.disk.records.last else {
            Issue.record("no outcome")
            return
        }
        #expect(replay.id == .now(2))
        #expect(replay.replayOf == .now(1))
        #expect(await rig.commit([.delivered([.now(1), .now(2)])]))
        #expect(await rig.begin(3).word == "new")
        await rig.stop()
        #expect(rig.journal.health.replayed == 1)
    }

    @Test func waitersGetTheEndAfterItsCommit() async throws {
        let rig = await JournalRig()
        #expect(await rig.begin(1).word == "new")
        #expect(await rig.begin(2).word == "under way")
        #expect(await rig.begin(3).word == "under way")
        // The third one's time is over before the end.
        var leaving = OutcomeRecord.now(3, "unknown", [])
        leaving.replayOf = .now(1)
        #expect(await rig.commit([.outcome(leaving)]))
        #expect(await rig.commit([.outcome(.now(1, "partial", [.accepted(id: "a"), .refused(status: 8)]))]))
        try await eventually("told") { rig.end(of: 2) != nil }
        #expect(rig.end(of: 2)?.outcome?.outcome == "partial")
        #expect(rig.end(of: 3) == nil)
        let replays = rig.disk.records.filter { record in
            if case .outcome(let outcome) = record { outcome.replayOf == .now(1) } else { false }
        }
        #expect(replays.count == 2)
        await rig.stop()
    }

    @Test func manyBatchesShareATransaction() async {
        let rig = await JournalRig { $0.commitWithin = .milliseconds(300) }
        await withTaskGroup { group in
            for number in 1...50 as ClosedRange<UInt64> {
                group.addTask { #expect(await rig.begin(number, "text \(number)").word == "new") }
            }
        }
        #expect(rig.disk.records.count == 50)
        #expect(rig.journal.health.commits < 10)
        await rig.stop()
    }

    @Test func stopWritesWhatIsThere() async {
        let rig = await JournalRig()
        for number in 1...1_000 as ClosedRange<UInt64> {
            rig.journal.append([.late(.made(number, 0, 0))])
        }
        await rig.stop()
        #expect(rig.disk.records.count == 1_000)
    }

    @Test func fullQueueRefusesTheNewAndKeepsTheOwed()
        async throws
    {
        let disk = MemoryDisk()
        disk.set(.fails(.full))
        let rig = await JournalRig(disk) { $0.queue = 10 }
        // Nothing can be written, so what is owed stays.
        for number in 1...10 as ClosedRange<UInt64> { rig.journal.append([.late(.made(number, 0, 0))]) }
        // While the thread has them in its hands they take no place, so it must have tried again after it took them.
        let before = disk.openings
        try await eventually("kept") { rig.journal.health.queued == 10 && disk.openings >= before + 2 }
        rig.journal.append([.late(.made(11, 0, 0))])
        rig.hand([.late(.made(12, 0, 0))])
        disk.set(nil)
        try await eventually("written") { rig.disk.records.count == 11 }
        await rig.stop()
        #expect(rig.disk.records.contains(.late(.made(12, 0, 0))))
        #expect(!rig.disk.records.contains(.late(.made(11, 0, 0))))
    }

    /// The machine's clock is set a year ahead, and back: what is in doubt stays so, and nothing is old that was not.
    @Test func aClockThatIsSetEndsNothing() async {
        let clock = SetClock()
        let time = JournalTime { clock.now }
        let rig = await JournalRig { $0.now = { clock.now } }
        #expect(await rig.begin(1).word == "new")
        #expect(await rig.commit([.outcome(.now(1, "unknown", [.unknown(reason: "carrier_timeout")]))]))
        for (number, days) in [(2, 365), (3, -365)] as [(UInt64, Int64)] {
            clock.set(days: days)
            #expect(await rig.begin(number).outcome?.outcome == "unknown")
            let day: UInt64 = 86_400_000
            #expect(time.even < JournalClock.now() + day && time.even > JournalClock.now() - day)
            #expect(time.earliest < JournalClock.now() + day)
        }
        await rig.stop()
    }

    @Test func oldRecordsGoInSteps() async throws {
        let disk = MemoryDisk()
        disk.state.withLock { $0.old = 5_000 }
        let rig = await JournalRig(disk) { $0.retention = 3_600_000 }
        try await eventually("pruned") { rig.journal.health.pruned == 5_000 }
        #expect(disk.state.withLock { $0.pruned.count } == 3)
        await rig.stop()
    }
}

/// The machine's clock, as somebody sets it.
private final class SetClock: Sendable {
    private let offset = Atomic<Int64>(0)

    var now: UInt64 { UInt64(Int64(JournalClock.now()) + offset.load(ordering: .relaxed)) }

    func set(days: Int64) {
        offset.store(days * 86_400_000, ordering: .relaxed)
    }
}
