import Messaging
import SMPP
import Testing

@testable import Journal

@Suite struct RecordCodingTests {
    private func octets(_ records: [JournalRecord]) -> [UInt8] {
        var encoder = RecordEncoder(after: [])
        for record in records { encoder.add(record) }
        return encoder.finish()
    }

    @Test func everyRecordComesBack() throws {
        var chance = SplitMix64(seed: 11)
        for _ in 0..<500 {
            let records = (0..<Int.random(in: 0..<12, using: &chance)).map { _ in AnyRecord.record(&chance) }
            #expect(try RecordDecoder.records(in: octets(records)[...]) == records)
        }
    }

    /// Room for a record is made before it is written: also for one whose numbers take all that numbers can.
    @Test func theWidestRecordsHaveRoom() throws {
        let id = MessageID(rawValue: UInt64(Int64.max))!
        let (number, text) = (UInt64.max, String(repeating: "Я", count: 70_000))
        let segments: [SegmentRecord] = [.accepted(id: text), .refused(status: .max), .unknown(reason: text), .notSent]
        let records: [JournalRecord] = [
            .message(
                MessageRecord(
                    id: id, account: text, recipient: text, sender: text, segments: .max, text: text,
                    fingerprint: Fingerprint(high: number, low: number))),
            .outcome(
                OutcomeRecord(
                    id: id, at: number, outcome: text, httpStatus: .max, code: text, carrier: text,
                    segments: Array(repeating: segments, count: 64).flatMap(\.self), replayOf: id)),
            .delivered(Array(repeating: id, count: 1_000)), .posted(Array(repeating: id, count: 1_000)),
            .late(
                LateRecord(id: id, at: number, carrier: text, segment: .max, status: .max, carrierID: text)),
            .receipt(
                ReceiptRecord(
                    message: id, segment: .max, at: number, carrier: text, carrierID: text, state: text, error: text,
                    delay: number, isDuplicate: true)),
            .inbound(
                InboundRecord(
                    id: id, at: number, carrier: text, from: text, to: text, segments: .max, received: .max, text: text)
            ),
            .inboundPart(
                InboundPartRecord(
                    id: id, at: number, carrier: text, from: text, to: text, reference: .max, part: .max, parts: .max,
                    content: text)),
            .posting(PostingRecord(id: id, at: number, target: text, form: text)),
            .forgotten(ForgottenRecord(id: id, segment: .max, key: -1)),
            .reference(ReferenceRecord(id: id, reference: text)),
        ]
        for record in records { #expect(try RecordDecoder.records(in: octets([record])[...]) == [record]) }
    }

    @Test func bytesOfNobodyAreAnErrorAndNoCrash() {
        var chance = SplitMix64(seed: 12)
        var (refused, taken) = (0, 0)
        for round in 0..<4_000 {
            var bytes = octets((0..<3).map { _ in AnyRecord.record(&chance) })
            switch round % 3 {
            case 0: bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &chance)))
            case 1:
                for _ in 0..<Int.random(in: 1...6, using: &chance) {
                    bytes[Int.random(in: 0..<bytes.count, using: &chance)] = .random(in: 0...255, using: &chance)
                }
            default: bytes = (0..<80).map { _ in UInt8.random(in: 0...255, using: &chance) }
            }
            do {
                // What is read is what would be written for it: nothing is taken in two ways.
                let records = try RecordDecoder.records(in: bytes[...])
                #expect(try RecordDecoder.records(in: octets(records)[...]) == records)
                taken += 1
            } catch {
                refused += 1
            }
        }
        #expect(refused > 2_000)
        #expect(taken > 0)
    }

    /// A length that no octets stand behind must not be believed before it is paid for.
    @Test(arguments: [JournalTable.delivered.rawValue, JournalRecord.postedKind])
    func aGreatLengthCostsNothing(_ kind: UInt8) {
        let bytes: [UInt8] = [kind, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: RecordDecoder.Failure.self) { try RecordDecoder.records(in: bytes[...]) }
    }
}

/// Records of every kind, with whatever their fields may hold.
enum AnyRecord {
    static func record(_ chance: inout SplitMix64) -> JournalRecord {
        switch Int.random(in: 0..<9, using: &chance) {
        case 0:
            return .message(
                MessageRecord(
                    id: id(&chance), account: text(&chance), recipient: text(&chance), sender: text(&chance),
                    segments: .random(in: 0...255, using: &chance), text: optional(&chance, text),
                    fingerprint: Fingerprint(high: number(&chance), low: number(&chance))))
        case 1:
            return .outcome(
                OutcomeRecord(
                    id: id(&chance), at: number(&chance), outcome: text(&chance),
                    httpStatus: .random(in: 0...999, using: &chance), code: optional(&chance, text),
                    carrier: optional(&chance, text),
                    segments: (0..<Int.random(in: 0..<4, using: &chance)).map { _ in segment(&chance) },
                    replayOf: optional(&chance, id)))
        case 2: return .delivered((0..<Int.random(in: 0..<9, using: &chance)).map { _ in id(&chance) })
        case 3:
            return .late(
                LateRecord(
                    id: id(&chance), at: number(&chance), carrier: text(&chance),
                    segment: .random(in: 0...254, using: &chance), status: .random(in: 0 ... .max, using: &chance),
                    carrierID: text(&chance)))
        case 4:
            return .receipt(
                ReceiptRecord(
                    message: optional(&chance, id), segment: optional(&chance) { .random(in: 0...254, using: &$0) },
                    at: number(&chance), carrier: text(&chance), carrierID: text(&chance), state: text(&chance),
                    error: optional(&chance, text), delay: optional(&chance, number),
                    isDuplicate: .random(using: &chance)))
        case 5:
            return .inbound(
                InboundRecord(
                    id: id(&chance), at: number(&chance), carrier: text(&chance), from: text(&chance),
                    to: text(&chance), segments: .random(in: 1...255, using: &chance),
                    received: .random(in: 1...255, using: &chance), text: optional(&chance, text)))
        case 6:
            return .inboundPart(
                InboundPartRecord(
                    id: id(&chance), at: number(&chance), carrier: text(&chance), from: text(&chance),
                    to: text(&chance), reference: .random(in: 0 ... .max, using: &chance),
                    part: .random(in: 1...255, using: &chance), parts: .random(in: 1...255, using: &chance),
                    content: text(&chance)))
        case 7:
            return .posting(
                PostingRecord(id: id(&chance), at: number(&chance), target: text(&chance), form: text(&chance)))
        default: return .posted((0..<Int.random(in: 0..<9, using: &chance)).map { _ in id(&chance) })
        }
    }

    private static func segment(_ chance: inout SplitMix64) -> SegmentRecord {
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: .accepted(id: text(&chance))
        case 1: .refused(status: .random(in: 0 ... .max, using: &chance))
        case 2: .unknown(reason: text(&chance))
        default: .notSent
        }
    }

    private static func optional<Value>(_ chance: inout SplitMix64, _ make: (inout SplitMix64) -> Value) -> Value? {
        Bool.random(using: &chance) ? make(&chance) : nil
    }

    private static func id(_ chance: inout SplitMix64) -> MessageID {
        MessageID(rawValue: chance.next() >> UInt64.random(in: 1...63, using: &chance))!
    }

    private static func number(_ chance: inout SplitMix64) -> UInt64 {
        chance.next() >> UInt64.random(in: 0...63, using: &chance)
    }

    private static func text(_ chance: inout SplitMix64) -> String {
        let letters = ["a", "7", "Я", "\0", "😀", ",", "\\", "\n"]
        return (0..<Int.random(in: 0..<20, using: &chance)).map { _ in letters.randomElement(using: &chance)! }.joined()
    }
}
