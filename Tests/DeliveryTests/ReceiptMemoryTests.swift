import Carriers
import Journal
import Logging
import Messaging
import NIOCore
import NIOEmbedded
import SMPP
import Synchronization
import Testing

@testable import Delivery

/// A receipt whose segment is not in memory any more.
@Suite struct ReceiptMemoryTests {
    private func life(
        _ number: UInt64, to recipient: String = "79161234567", receipts: [ReceiptRecord] = []
    ) throws -> MessageLife {
        let id = try #require(MessageID(rawValue: number))
        var life = MessageLife(
            message: MessageRecord(
                id: id, account: "acme", recipient: recipient, sender: "ACME", segments: 1, text: nil,
                fingerprint: Fingerprint(high: 0, low: 0)))
        life.outcome = OutcomeRecord(
            id: id, at: 1_000, outcome: "accepted", httpStatus: 200, code: nil, carrier: "main",
            segments: [.accepted(id: "a1")])
        life.receipts = receipts
        return life
    }

    private func received(_ state: ReceiptState) -> ReceivedReceipt {
        ReceivedReceipt(DeliveryReceipt(messageID: "A1", state: state), source: "79161234567", destination: "Firm")
    }

    @Test func theOnlyOneThatFitsIsMeant() throws {
        let match = ReceiptMatch(tag: 7, segment: 2, form: .folded, delay: .seconds(4))
        func outcome(
            _ lives: [MessageLife], _ state: ReceiptState = .delivered, comparesNumbers: Bool = true
        ) -> ReceiptOutcome? {
            ReceiptMemory.outcome(
                of: received(state), among: lives.map { JournalRecall.Found(segment: 2, life: $0) },
                least: .unknown, comparesNumbers: comparesNumbers, now: 5_000)
        }
        #expect(outcome([try life(7)]) == .matched(match))
        #expect(outcome([try life(7, to: "7916*****67"), try life(8, to: "79990000000")]) == .matched(match))
        #expect(outcome([try life(8, to: "79990000000")]) == nil)
        #expect(outcome([try life(7, to: "79990000000")], comparesNumbers: false) == .matched(match))
        #expect(outcome([try life(7), try life(8)]) == nil)
        #expect(outcome([]) == nil)
        let before = ReceiptRecord(
            message: MessageID(rawValue: 7), segment: 2, at: 0, carrier: "main", carrierID: "a1", state: "delivered",
            error: nil, delay: nil, isDuplicate: false)
        #expect(outcome([try life(7, receipts: [before])]) == .duplicate(match))
        #expect(outcome([try life(7, receipts: [before])], .expired) == .matched(match))
    }

    @Test func theTrackerKeepsAndAsks() throws {
        let loop = EmbeddedEventLoop()
        let kept = Mutex<[ForgottenSegment]>([])
        let events = Mutex<[ReceiptEvent]>([])
        let memory = ReceiptMemory(
            keep: { segments in kept.withLock { $0 += segments } },
            find: { ids, _, received, then in
                let found = kept.withLock { $0.first { ids.contains($0.id) } }
                then(
                    found.map { .matched(ReceiptMatch(tag: $0.tag, segment: $0.segment, form: .folded, delay: .zero)) })
            })
        let tracker = ReceiptTracker(
            carrier: "main", rules: ReceiptRules(ids: .same), limits: ReceiptMatcher.Limits(segments: 2),
            memory: memory, eventLoop: loop,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { event, reply in
            if event.wait != .begins { events.withLock { $0.append(event) } }
            reply?(.kept)
        }
        func now() -> MonotonicTime { MonotonicTime(nanoseconds: loop.now.uptimeNanoseconds) }
        func deliver(_ id: String) {
            tracker.deliver(
                InboundDelivery(
                    carrier: "main", bind: "1",
                    message: ShortMessage(
                        source: SMPPAddress("79161234567"), destination: SMPPAddress("Firm"), esmClass: 4,
                        shortMessage: Array("id:\(id) stat:DELIVRD".utf8)),
                    isData: false, at: now(), answeredUpTo: now()))
        }
        func accept(_ tag: UInt64) {
            tracker.accepted([
                AcceptedSegment(tag: tag, segment: 0, carrierID: "00A\(tag)", destination: "79161234567", at: now())
            ])
        }
        accept(1)
        deliver("00A1")
        for tag: UInt64 in 2...4 { accept(tag) }
        #expect(kept.withLock { $0 } == [ForgottenSegment(tag: 2, segment: 0, id: "a2")])
        deliver("A2")
        deliver("A9")
        loop.advanceTime(by: .seconds(61))
        let matched = events.withLock { $0.map(\.outcome) }.map { outcome -> UInt64? in
            if case .matched(let match) = outcome { match.tag } else { nil }
        }
        #expect(matched == [1, 2, nil])
        let snapshot = try tracker.snapshot().wait()
        #expect(snapshot.matched == 2 && snapshot.unmatched == 1)
    }
}
