import Foundation
import GRDB
import Messaging

/// Reads rows back into records. A damaged file may hold anything: what no store of ours wrote is an error, not a crash.
struct SQLiteRows {
    /// A value that no store of ours wrote.
    struct Unreadable: Error {}

    let row: Row

    /// What a row is ordered by: its first column in every table.
    var key: Int64 {
        get throws { try integer(0) }
    }

    func message(from first: Int = 0) throws -> MessageRecord {
        MessageRecord(
            id: try id(first), account: try text(first + 1), recipient: try text(first + 2),
            sender: try text(first + 3), segments: try small(first + 4), text: try optionalText(first + 5),
            fingerprint: Fingerprint(
                high: UInt64(bitPattern: try integer(first + 6)), low: UInt64(bitPattern: try integer(first + 7))))
    }

    func outcome(from first: Int = 0) throws -> OutcomeRecord {
        guard let segments = SegmentCoding.segments(in: try text(first + 6)) else { throw Unreadable() }
        return OutcomeRecord(
            id: try id(first), at: try moment(first + 1), outcome: try text(first + 2),
            httpStatus: try small(first + 3), code: try optionalText(first + 4), carrier: try optionalText(first + 5),
            segments: segments, replayOf: try optionalID(first + 7))
    }

    func delivered() throws -> [MessageID] {
        guard let octets = Data.fromDatabaseValue(row[1]) else { throw Unreadable() }
        return DeliveredMarks.ids(in: octets)
    }

    /// Of `id`, `at`, `n`, `segment`, `carrier`, `status`, `carrier_id`.
    func late() throws -> LateRecord {
        guard let status = UInt32(exactly: try integer(5)) else { throw Unreadable() }
        return LateRecord(
            id: try id(0), at: try moment(1), carrier: try text(4), segment: try small(3), status: status,
            carrierID: try text(6))
    }

    /// Of `place`, `at`, `n`, `message`, `segment`, `carrier`, `carrier_id`, `state`, `error`, `delay`, `is_duplicate`.
    func receipt() throws -> ReceiptRecord {
        ReceiptRecord(
            message: try optionalID(3), segment: isNull(4) ? nil : try small(4), at: try moment(1),
            carrier: try text(5), carrierID: try text(6), state: try text(7), error: try optionalText(8),
            delay: isNull(9) ? nil : try moment(9), isDuplicate: try integer(10) != 0)
    }

    func inbound() throws -> InboundRecord {
        InboundRecord(
            id: try id(0), at: try moment(1), carrier: try text(2), from: try text(3), to: try text(4),
            segments: try small(5), received: try small(6), text: try optionalText(7))
    }

    /// Of `id`, `at`, `n`, `carrier`, `sender`, `recipient`, `reference`, `parts`, `content`.
    func inboundPart() throws -> InboundPartRecord {
        guard let reference = UInt32(exactly: try integer(6)) else { throw Unreadable() }
        return InboundPartRecord(
            id: try id(0), at: try moment(1), carrier: try text(3), from: try text(4), to: try text(5),
            reference: reference, part: try small(2), parts: try small(7), content: try text(8))
    }

    func posting() throws -> PostingRecord {
        PostingRecord(id: try id(0), at: try moment(1), target: try text(2), form: try text(3))
    }

    func id(_ index: Int) throws -> MessageID {
        guard let id = JournalSchema.id(try integer(index)) else { throw Unreadable() }
        return id
    }

    func isNull(_ index: Int) -> Bool { row.hasNull(atIndex: index) }

    private func optionalID(_ index: Int) throws -> MessageID? { isNull(index) ? nil : try id(index) }

    func integer(_ index: Int) throws -> Int64 {
        guard case .int64(let value) = (row[index] as DatabaseValue).storage else { throw Unreadable() }
        return value
    }

    private func small(_ index: Int) throws -> Int { Int(try integer(index)) }

    private func moment(_ index: Int) throws -> UInt64 {
        guard let value = UInt64(exactly: try integer(index)) else { throw Unreadable() }
        return value
    }

    private func text(_ index: Int) throws -> String {
        guard case .string(let value) = (row[index] as DatabaseValue).storage else { throw Unreadable() }
        return value
    }

    private func optionalText(_ index: Int) throws -> String? { isNull(index) ? nil : try text(index) }
}
