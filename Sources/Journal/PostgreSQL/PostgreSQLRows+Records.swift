import Messaging

/// Rows as records; nil = no store of ours wrote the row, which is left out.
///
/// Columns stand as in `PostgreSQLSchema.Table.columns`, from `column` on.
extension PostgreSQLRows {
    func message(_ row: Int32, from column: Int32 = 0) -> MessageRecord? {
        guard let id = JournalSchema.id(integer(row, column)) else { return nil }
        return MessageRecord(
            id: id, account: text(row, column + 4), recipient: text(row, column + 5), sender: text(row, column + 6),
            segments: Int(integer(row, column + 3)), text: optionalText(row, column + 7),
            fingerprint: Fingerprint(
                high: UInt64(bitPattern: integer(row, column + 1)), low: UInt64(bitPattern: integer(row, column + 2))))
    }

    /// Nil also where there is none: a join's nulls.
    func outcome(_ row: Int32, from column: Int32 = 0) -> OutcomeRecord? {
        guard let key = optionalInteger(row, column), let id = JournalSchema.id(key),
            let segments = SegmentCoding.segments(in: text(row, column + 7))
        else { return nil }
        return OutcomeRecord(
            id: id, at: moment(row, column + 1), outcome: text(row, column + 4),
            httpStatus: Int(integer(row, column + 3)), code: optionalText(row, column + 5),
            carrier: optionalText(row, column + 6),
            segments: segments, replayOf: optionalInteger(row, column + 2).flatMap(JournalSchema.id))
    }

    func late(_ row: Int32) -> LateRecord? {
        guard let id = JournalSchema.id(integer(row, 0)) else { return nil }
        return LateRecord(
            id: id, at: moment(row, 1), carrier: text(row, 5), segment: Int(integer(row, 3)),
            status: UInt32(clamping: integer(row, 4)), carrierID: text(row, 6))
    }

    func receipt(_ row: Int32) -> ReceiptRecord {
        ReceiptRecord(
            message: optionalInteger(row, 3).flatMap(JournalSchema.id), segment: optionalInteger(row, 5).map(Int.init),
            at: moment(row, 1), carrier: text(row, 7), carrierID: text(row, 8), state: text(row, 9),
            error: optionalText(row, 10), delay: optionalInteger(row, 4).map { UInt64(clamping: $0) },
            isDuplicate: flag(row, 6))
    }

    func inbound(_ row: Int32) -> InboundRecord? {
        guard let id = JournalSchema.id(integer(row, 0)) else { return nil }
        return InboundRecord(
            id: id, at: moment(row, 1), carrier: text(row, 4), from: text(row, 5), to: text(row, 6),
            segments: Int(integer(row, 2)), received: Int(integer(row, 3)), text: optionalText(row, 7))
    }

    func inboundPart(_ row: Int32) -> InboundPartRecord? {
        guard let id = JournalSchema.id(integer(row, 0)) else { return nil }
        return InboundPartRecord(
            id: id, at: moment(row, 1), carrier: text(row, 5), from: text(row, 6), to: text(row, 7),
            reference: UInt32(clamping: integer(row, 3)), part: Int(integer(row, 2)), parts: Int(integer(row, 4)),
            content: text(row, 8))
    }

    func posting(_ row: Int32) -> PostingRecord? {
        guard let id = JournalSchema.id(integer(row, 0)) else { return nil }
        return PostingRecord(id: id, at: moment(row, 1), target: text(row, 2), form: text(row, 3))
    }

    private func moment(_ row: Int32, _ column: Int32) -> UInt64 { UInt64(clamping: integer(row, column)) }
}
