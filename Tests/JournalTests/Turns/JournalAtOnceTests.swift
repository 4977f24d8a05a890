import Messaging
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// Commits that whoever hands over makes itself, beside the journal's thread.
@Suite struct JournalAtOnceTests {
    private func intent(_ id: UInt64, _ text: String) -> MessageIntent {
        MessageIntent(id: .now(id), account: "acme", recipient: "79160000000", sender: "ACME", text: text)
    }

    @Test func theResultIsThereWhenItIsHandedOver() async {
        let rig = await JournalRig(MemoryDisk(.atOnce))
        let result = rig.handOver(intents: [intent(1, "a"), intent(2, "a")])
        #expect(result?.begins.map(\.word) == ["new", "under way"])
        #expect(result?.isCommitted == true)
        #expect(rig.disk.records.count == 1)
        #expect(rig.journal.health.written == 1)
        // Nothing to tell is nothing to do.
        #expect(rig.handOver() == nil)
        await rig.stop()
        // Nothing is taken at once any more.
        #expect(rig.handOver([.late(.made(1, 0, 0))]) == nil)
    }

    /// Whoever hands over never waits: the thread does, and then tells.
    @Test func aSlowDiskIsTheThreadsMatter() async throws {
        let disk = MemoryDisk(.atOnce)
        let rig = await JournalRig(disk)
        disk.state.withLock { $0.isSlow = true }
        #expect(rig.handOver(intents: [intent(9, "z")]) == nil)
        #expect(await rig.begin(1, "a").word == "new")
        #expect(await rig.begin(2, "a").word == "under way")
        #expect(await rig.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]))
        try await eventually("told") { rig.end(of: 2) != nil }
        #expect(disk.state.withLock { $0.threads.count } == 1)
        disk.state.withLock { $0.isSlow = false }
        try await eventually("at once again") { rig.handOver([.late(.made(1, 0, 0))]) != nil }
        await rig.stop()
    }

    /// A commit that fails at once: what was to be sent is refused there and then, and the thread opens the store again.
    @Test func aCommitThatFailsAtOnce() async throws {
        let disk = MemoryDisk(.atOnce)
        let rig = await JournalRig(disk)
        disk.set(.fails(.full))
        let result = rig.handOver(intents: [intent(1, "a")])
        #expect(result?.begins.map(\.word) == ["failed"])
        #expect(result?.isCommitted == false)
        disk.set(nil)
        try await eventually("writing") { disk.openings > 1 && rig.journal.health.isWriting }
        #expect(await rig.begin(2, "a").word == "new")
        await rig.stop()
    }

    /// Postings are looked for in the database: they are told when they are there. Nobody else waits for that.
    @Test func whoNeedsReadersIsToldWhenTheySee() async throws {
        let disk = MemoryDisk(.atOnce)
        let rig = await JournalRig(disk)
        disk.state.withLock { $0.behind = [] }
        let told = Mutex<[String]>([])
        rig.journal.append([.posting(PostingRecord(id: .now(1), at: Sample.now, target: "x/y", form: ""))]) { _ in
            told.withLock { $0.append("posting") }
        }
        rig.journal.settle { told.withLock { $0.append("settled") } }
        #expect(await rig.begin(1, "a").word == "new")
        try await eventually("both wait") { disk.state.withLock { $0.behind?.count } == 2 }
        #expect(told.withLock { $0 } == [])
        for then in disk.state.withLock({ $0.behind }) ?? [] { then() }
        #expect(told.withLock { $0 } == ["posting", "settled"])
        await rig.stop()
    }

    /// From many threads at once: of equal texts one message begins, everything is committed once, and what is told is committed.
    @Test func manyThreads() async {
        let (threads, rounds, texts) = (6, 400, 150)
        let disk = MemoryDisk(.atOnce)
        let rig = await JournalRig(disk)
        let begun = await withTaskGroup(of: [UInt64].self) { group in
            for thread in 0..<threads {
                group.addTask {
                    var begun: [UInt64] = []
                    for round in 0..<rounds {
                        let id = UInt64(1 + thread + round * threads)
                        guard case .new = await rig.begin(id, "text \(id % UInt64(texts))") else { continue }
                        begun.append(id)
                        if id.isMultiple(of: 3) { rig.journal.append([.late(.made(id, 0, 0))]) }
                    }
                    return begun
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        await rig.stop()
        let messages = disk.records.compactMap { record -> MessageID? in
            if case .message(let message) = record { message.id } else { nil }
        }
        #expect(messages.count == texts)
        #expect(Set(messages) == Set(begun.map { .now($0) }))
        #expect(disk.records.count == texts + begun.count { $0.isMultiple(of: 3) })
        #expect(rig.journal.health.written == UInt64(disk.records.count))
        #expect(disk.state.withLock { $0.threads.count } > 1)
    }
}
