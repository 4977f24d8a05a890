import Messaging
import SMPP
import Testing

@testable import Journal

/// Random lives of messages against a plain model of who must not be sent anything twice.
@Suite struct InDoubtWalkTests {
    /// What the world knows of the last message of one fingerprint that was let through.
    private struct Sent {
        var id: MessageID
        var since: UInt64
        var isUnderWay = true
        /// Nil while nobody knows; by segment.
        var segments: [Bool?] = []
        var isDelivered = false

        /// Whether a repeat must not be sent: something went, or may have, and its client has no final answer.
        var isOwed: Bool {
            if isUnderWay { return true }
            if isDelivered { return false }
            return segments.contains { $0 != false }
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func neverTwice(_ seed: UInt64) {
        var chance = SplitMix64(seed: seed)
        var rules = InDoubtLedger.Rules()
        rules.ttl = 10_000
        rules.waiters = 3
        var ledger = InDoubtLedger(rules: rules)
        var world: [UInt64: Sent] = [:]
        var now: UInt64 = 1_000
        var nextID: UInt64 = 1
        let refusal: InDoubtLedger.RefusalStatus = { _, status in status == 0x58 ? 503 : 422 }

        for _ in 0..<2_000 {
            now += chance.below(200)
            let text = chance.below(6)
            let sent = world[text]
            switch chance.below(8) {
            case 0...2:
                let id = MessageID.made(nextID)
                nextID += 1
                switch ledger.begin(id, .made(text), at: now) {
                case .new:
                    if let sent, sent.since + rules.ttl > now { #expect(!sent.isOwed, "sent twice, seed \(seed)") }
                    world[text] = Sent(id: id, since: now)
                case .repeats(let answer):
                    #expect(answer.original == sent?.id)
                    #expect(sent?.isUnderWay == false)
                case .underWay(let original):
                    #expect(original == sent?.id)
                    #expect(sent?.isUnderWay == true)
                case .full: #expect(sent?.isUnderWay == true)
                }
            case 3:
                guard let sent, sent.isUnderWay else { continue }
                let parts = (0...chance.below(2)).map { _ in chance.below(4) }
                let segments: [SegmentRecord] = parts.map {
                    $0 < 2 ? .accepted(id: "a") : $0 == 2 ? .refused(status: 0x0B) : .unknown(reason: "connection_lost")
                }
                world[text]?.isUnderWay = false
                world[text]?.segments = parts.map { $0 < 2 ? true : $0 == 2 ? false : nil }
                _ = ledger.end(.of(sent.id, segments), refusal: refusal)
            case 4:
                guard let sent, !sent.isUnderWay, !sent.segments.contains(nil), sent.segments.contains(true) else {
                    continue
                }
                world[text]?.isDelivered = true
                ledger.delivered(sent.id)
            case 5:
                guard let sent, !sent.isUnderWay, let place = sent.segments.firstIndex(of: nil) else { continue }
                let isAccepted = chance.below(2) == 0
                world[text]?.segments[place] = isAccepted
                let status: UInt32 = isAccepted ? 0 : chance.below(2) == 0 ? 0x58 : 0x0B
                ledger.take(
                    LateRecord(
                        id: sent.id, at: now, carrier: "main", segment: place, status: status, carrierID: "l"),
                    refusal: refusal)
            case 6:
                guard let sent, sent.isUnderWay, chance.below(4) == 0 else { continue }
                // It could not be recorded and was not sent.
                _ = ledger.abandon(sent.id)
                world[text] = nil
            default: ledger.expire(at: now)
            }
            #expect(ledger.count <= 6)
        }
        ledger.expire(at: now + rules.ttl)
        #expect(ledger.count == 0)
        #expect(ledger.unknownCount == 0)
    }
}

extension OutcomeRecord {
    /// What a carrier's answers to all segments mean together.
    fileprivate static func of(_ id: MessageID, _ segments: [SegmentRecord]) -> OutcomeRecord {
        var (accepted, unknown) = (0, 0)
        for segment in segments {
            if case .accepted = segment { accepted += 1 }
            if case .unknown = segment { unknown += 1 }
        }
        let word =
            unknown > 0 ? "unknown" : accepted == segments.count ? "accepted" : accepted > 0 ? "partial" : "refused"
        return OutcomeRecord(
            id: id, at: 0, outcome: word, httpStatus: 200, code: nil, carrier: "main", segments: segments)
    }
}

extension SplitMix64 {
    fileprivate mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
