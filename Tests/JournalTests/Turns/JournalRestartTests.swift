import Messaging
import Synchronization
import Testing

@testable import Journal

/// What the next process knows.
@Suite struct JournalRestartTests {
    @Test func whatHasNoOutcomeIsInDoubt() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        #expect(await first.begin(1, "under way").word == "new")
        #expect(await first.begin(2, "accepted").word == "new")
        #expect(await first.begin(3, "delivered").word == "new")
        #expect(await first.begin(4, "refused").word == "new")
        #expect(await first.begin(5, "silent").word == "new")
        #expect(
            await first.commit([
                .outcome(.now(2, "accepted", [.accepted(id: "a")])),
                .outcome(.now(3, "accepted", [.accepted(id: "b")])),
                .outcome(.now(4, "refused", [.refused(status: 11)])),
                .outcome(.now(5, "unknown", [.unknown(reason: "carrier_timeout")])), .delivered([.now(3)]),
            ]))
        // The process ends here: nothing is stopped in order.
        let segments = Mutex<[RestoredSegment]>([])
        let doubts = Mutex<[RestoredDoubt]>([])
        let interrupted = Mutex<[InterruptedMessage]>([])
        let next = await JournalRig(disk) {
            $0.restored = { new in segments.withLock { $0 += new } }
            $0.restoredDoubts = { left in doubts.withLock { $0 = left } }
            $0.restoredInterrupted = { left in interrupted.withLock { $0 = left } }
        }
        #expect(interrupted.withLock { $0 } == [InterruptedMessage(message: .now(1), account: "acme", segments: 0)])
        #expect(doubts.withLock { $0.map(\.message) } == [.now(1), .now(5)])
        #expect(doubts.withLock { $0.map(\.reason) } == ["connection_lost", "code"])
        #expect(doubts.withLock { $0.map(\.segments) } == [[], [0]])
        #expect(doubts.withLock { $0.allSatisfy { $0.account == "acme" && $0.recipient == "79160000000" } })
        #expect(next.journal.health.inDoubt == 2)
        #expect(next.journal.health.entries == 3)
        let again = await next.begin(11, "under way").outcome
        #expect(again?.outcome == "unknown")
        #expect(again?.id == .now(1))
        #expect(await next.begin(12, "accepted").outcome?.segments == [.accepted(id: "a")])
        #expect(await next.begin(13, "delivered").word == "new")
        #expect(await next.begin(14, "refused").word == "new")
        #expect(await next.begin(15, "silent").outcome?.code == "code")
        #expect(segments.withLock { $0.filter { !$0.isLost }.map(\.carrierID).sorted() } == ["a", "b"])
        // Any carrier may have the first.
        #expect(segments.withLock { $0.filter(\.isLost).map(\.message) } == [.now(1), .now(5)])
        #expect(segments.withLock { $0.filter(\.isLost).map(\.carrier.isEmpty) } == [true, false])
        #expect(segments.withLock { $0.allSatisfy { $0.recipient == "79160000000" && $0.sender == "ACME" } })
        // Who has an outcome is no such message any more.
        #expect(await next.commit([.outcome(.interrupted(.now(1), at: 0, segments: 0))]))
        await next.stop()
        segments.withLock { $0 = [] }
        let last = await JournalRig(disk) {
            $0.restored = { new in segments.withLock { $0 += new } }
            $0.restoredDoubts = { left in doubts.withLock { $0 = left } }
            $0.restoredInterrupted = { left in interrupted.withLock { $0 = left } }
        }
        #expect(interrupted.withLock { $0.map(\.message) } == [.now(13), .now(14)])
        #expect(doubts.withLock { $0.map(\.message) } == [.now(1), .now(5), .now(13), .now(14)])
        // Its receipt may still come, from any carrier.
        #expect(segments.withLock { $0.contains { $0.message == .now(1) && $0.isLost && $0.carrier.isEmpty } })
        #expect(await last.begin(21, "under way").outcome?.isInterrupted == true)
        await last.stop()
        await first.stop()
    }

    /// What receipts said of a segment is known with it.
    @Test func whatReceiptsSaidComesWithItsSegment() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        for number: UInt64 in 1...3 {
            #expect(await first.begin(number, "text \(number)").word == "new")
            #expect(await first.commit([.outcome(.now(number, "accepted", [.accepted(id: "a"), .accepted(id: "b")]))]))
        }
        func receipt(_ number: UInt64, _ state: String) -> JournalRecord {
            .receipt(
                ReceiptRecord(
                    message: .now(number), segment: 1, at: 0, carrier: "main", carrierID: "b", state: state, error: nil,
                    delay: nil, isDuplicate: false))
        }
        #expect(await first.commit([receipt(1, "enroute"), receipt(1, "delivered"), receipt(3, "expired")]))
        let segments = Mutex<[RestoredSegment]>([])
        let next = await JournalRig(disk) { $0.restored = { new in segments.withLock { $0 += new } } }
        #expect(segments.withLock { $0.map(\.state) } == [nil, "delivered", nil, nil, nil, "expired"])
        await next.stop()
        await first.stop()
    }

    /// Of what is too much for memory only those come that wait for their receipts, and of a carrier without receipts none.
    @Test(arguments: [true, false]) func theNewestSegmentsAndThoseThatWait(hasReceipts: Bool) async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        for number: UInt64 in 1...5 {
            #expect(await first.begin(number, "text \(number)").word == "new")
            #expect(await first.commit([.outcome(.now(number, "accepted", [.accepted(id: "a\(number)")]))]))
        }
        for number: UInt64 in [1, 3] where hasReceipts {
            let receipt = ReceiptRecord(
                message: .now(number), segment: 0, at: 0, carrier: "main", carrierID: "a\(number)", state: "delivered",
                error: nil, delay: nil, isDuplicate: false)
            #expect(await first.commit([.receipt(receipt)]))
        }
        let segments = Mutex<[RestoredSegment]>([])
        let next = await JournalRig(disk) {
            $0.receiptSegments = 2
            $0.finalStates = ["delivered"]
            $0.restored = { new in segments.withLock { $0 += new } }
        }
        #expect(segments.withLock { $0.map(\.carrierID) } == (hasReceipts ? ["a2", "a4", "a5"] : ["a4", "a5"]))
        await next.stop()
        await first.stop()
    }

    /// A message that was under way, and its receipt: the next process but one knows it by the receipt's id.
    @Test func aReceiptTellsWhatWasUnderWay() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        #expect(await first.begin(1, "under way").word == "new")
        let receipt = ReceiptRecord(
            message: .now(1), segment: 0, at: JournalClock.now(), carrier: "main", carrierID: "77", state: "delivered",
            error: nil, delay: nil, isDuplicate: false)
        #expect(await first.commit([.receipt(receipt)]))
        let segments = Mutex<[RestoredSegment]>([])
        let next = await JournalRig(disk) { $0.restored = { new in segments.withLock { $0 += new } } }
        #expect(segments.withLock { $0.map(\.carrierID) } == ["77"])
        #expect(segments.withLock { $0.map(\.isLost) } == [false])
        #expect(segments.withLock { $0.map(\.state) } == ["delivered"])
        await next.stop()
        await first.stop()
    }

    /// The second message is new because the first one's answer was delivered, which the journal tells last.
    @Test func sameTextTwiceIsTwoMessages() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        #expect(await first.begin(1).word == "new")
        #expect(await first.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")]))]))
        #expect(await first.commit([.delivered([.now(1)])]))
        #expect(await first.begin(2).word == "new")
        #expect(await first.commit([.outcome(.now(2, "accepted", [.accepted(id: "b")]))]))
        let next = await JournalRig(disk)
        #expect(await next.begin(3).outcome?.id == .now(2))
        await next.stop()
        await first.stop()
    }

    @Test func replaysAreNoMessages() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk)
        #expect(await first.begin(1).word == "new")
        #expect(await first.begin(2).word == "under way")
        #expect(await first.commit([.outcome(.now(1, "unknown", [.unknown(reason: "connection_lost")]))]))
        #expect(await first.begin(3).word == "repeats")
        let next = await JournalRig(disk)
        #expect(next.journal.health.entries == 1)
        #expect(await next.begin(4).outcome?.id == .now(1))
        #expect(
            await next.commit([
                .late(
                    LateRecord(
                        id: .now(1), at: JournalClock.now(), carrier: "main", segment: 0, status: 0, carrierID: "x"))
            ]))
        // And what was resolved stays so.
        let third = await JournalRig(disk)
        #expect(await third.begin(5).outcome?.segments == [.accepted(id: "x")])
        for rig in [third, next, first] { await rig.stop() }
    }

    @Test func duplicateWindowIsKeptToo() async {
        let disk = MemoryDisk()
        let first = await JournalRig(disk) { $0.ledger.duplicateWindow = 60_000 }
        #expect(await first.begin(1).word == "new")
        #expect(
            await first.commit([.outcome(.now(1, "accepted", [.accepted(id: "a")])), .delivered([.now(1)])]))
        let next = await JournalRig(disk) { $0.ledger.duplicateWindow = 60_000 }
        #expect(await next.begin(2).outcome?.id == .now(1))
        let third = await JournalRig(disk)
        #expect(await third.begin(3).word == "new")
        for rig in [third, next, first] { await rig.stop() }
    }
}
