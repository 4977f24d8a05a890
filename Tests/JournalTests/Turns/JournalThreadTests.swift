import Messaging
import Synchronization
import TestPrograms
import Testing

@testable import Journal

/// What the journal's thread tells whoever hands over, from many threads.
@Suite struct JournalThreadTests {
    /// Postings are looked for in the database: they are told when they are there. Nobody else waits for that.
    @Test func whoNeedsReadersIsToldWhenTheySee() async throws {
        let disk = MemoryDisk()
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
        let disk = MemoryDisk()
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
    }
}
