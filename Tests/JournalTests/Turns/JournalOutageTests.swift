import Messaging
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// A database that fails: nothing is told that is not recorded, and nothing is forgotten.
@Suite struct JournalOutageTests {
    @Test(arguments: [JournalProblem.Kind.full, .readOnly, .corrupt, .unreachable, .failed])
    func refusesAndRecovers(_ kind: JournalProblem.Kind) async throws {
        let rig = await JournalRig()
        #expect(await rig.begin(1, "before").word == "new")
        rig.disk.set(.fails(kind))
        #expect(await rig.begin(2, "first to fail").word == "failed")
        #expect(await rig.begin(3, "later").word == "failed")
        try await eventually("told") { !rig.journal.health.isWriting }
        #expect(rig.journal.health.problem?.kind == kind)
        // The outcome of what was sent before waits for the database; nobody is told meanwhile.
        let outcome = Task { await rig.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]) }
        // That its repeat was not sent would be believed of it, too.
        #expect(await rig.begin(4, "before").word == "in doubt")
        rig.disk.set(nil)
        #expect(await outcome.value)
        try await eventually("writing") { rig.journal.health.isWriting }
        #expect(await rig.begin(5, "before").outcome?.outcome == "accepted")
        // What was refused is new.
        #expect(await rig.begin(6, "first to fail").word == "new")
        #expect(await rig.begin(7, "later").word == "new")
        await rig.stop()
    }

    /// The database may have a record whose message was refused: it is told that it was not sent.
    @Test func lostAnswerLeavesNoDoubt() async throws {
        let disk = MemoryDisk()
        let rig = await JournalRig(disk)
        disk.set(.loses)
        #expect(await rig.begin(1).word == "failed")
        try await eventually("writing") { disk.openings > 1 && rig.journal.health.isWriting }
        #expect(await rig.begin(2).word == "new")
        #expect(await rig.commit([.outcome(.now(2, "accepted", [.accepted(id: "a")]))]))
        await rig.stop()
        let next = await JournalRig(disk)
        #expect(next.journal.health.inDoubt == 0)
        #expect(await next.begin(3).outcome?.id == .now(2))
        await next.stop()
    }

    /// Also where the repeat is in the very turn that fails, with the outcome of what it repeats.
    @Test func repeatsInTheTurnThatFailsAreInDoubt() async throws {
        let rig = await JournalRig { $0.commitWithin = .milliseconds(200) }
        #expect(await rig.begin(1, "sent").word == "new")
        rig.disk.set(.fails(.full))
        async let waiting = rig.begin(2, "sent")
        async let fresh = rig.begin(3, "fresh")
        let words = await [waiting.word, fresh.word]
        #expect(words == ["in doubt", "failed"])
        rig.disk.set(nil)
        try await eventually("writing") { rig.disk.openings > 1 && rig.journal.health.isWriting }
        #expect(await rig.begin(4, "fresh").word == "new")
        #expect(await rig.begin(5, "sent").word == "under way")
        await rig.stop()
    }

    @Test func waitersOfARefusedMessageAreRefused() async throws {
        let rig = await JournalRig { $0.commitWithin = .milliseconds(200) }
        rig.disk.set(.fails(.full))
        async let first = rig.begin(1)
        async let second = rig.begin(2)
        let words = await [first.word, second.word]
        #expect(words == ["failed", "failed"])
        rig.disk.set(nil)
        try await eventually("writing") { rig.disk.openings > 1 && rig.journal.health.isWriting }
        #expect(await rig.begin(3).word == "new")
        await rig.stop()
    }

    @Test func poisonIsGivenUpAndTheRestIsWritten() async throws {
        let rig = await JournalRig()
        rig.disk.set(.refuses(account: "poison"))
        #expect(await rig.begin(1, "a", account: "poison").word == "failed")
        try await eventually("writing again") { rig.disk.openings > 1 && rig.journal.health.isWriting }
        #expect(await rig.begin(2, "b").word == "new")
        #expect(rig.journal.health.dropped == 1)
        await rig.stop()
    }

    @Test func continueSendsWithoutRecordAndStillKnowsRepeats() async throws {
        let rig = await JournalRig { $0.onOutage = .continue }
        rig.disk.set(.fails(.unreachable))
        #expect(await rig.begin(1).word == "new")
        #expect(await rig.begin(2).word == "under way")
        #expect(await rig.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]))
        #expect(await rig.begin(3).outcome?.outcome == "accepted")
        #expect(!rig.journal.health.isWriting)
        rig.disk.set(nil)
        try await eventually("written later") { rig.disk.records.count == 4 }
        #expect(rig.journal.health.dropped == 0)
        await rig.stop()
    }

    @Test func continueHasABound() async throws {
        let rig = await JournalRig {
            $0.onOutage = .continue
            $0.queue = 20
        }
        rig.disk.set(.fails(.unreachable))
        for number in 1...100 as ClosedRange<UInt64> {
            #expect(await rig.begin(number, "text \(number)").word == "new")
        }
        try await eventually("dropped") { rig.journal.health.dropped == 80 }
        rig.disk.set(nil)
        try await eventually("writing") { rig.journal.health.isWriting }
        #expect(rig.disk.records.count == 20)
        await rig.stop()
    }

    @Test func cannotBeOpenedAtTheStart() async throws {
        let disk = MemoryDisk()
        disk.set(.fails(.readOnly))
        let refusing = await JournalRig(disk)
        #expect(!refusing.journal.health.isWriting)
        #expect(refusing.journal.health.problem?.kind == .readOnly)
        #expect(await refusing.begin(1).word == "failed")
        disk.set(nil)
        try await eventually("opened") { refusing.journal.health.isWriting }
        #expect(await refusing.begin(2).word == "new")
        await refusing.stop()
    }
}
