import Journal
import Messaging

/// Records for tests: short to write, and different from each other.
enum Sample {
    /// 2025-11-24T16:00:00Z.
    static let now: UInt64 = 1_764_000_000_000

    /// The `number`th id of a moment.
    static func id(at moment: UInt64 = now, _ number: Int64 = 1) -> MessageID {
        JournalSchema.id(JournalSchema.firstKey(at: moment) + number)!
    }

    static func message(
        _ id: MessageID, account: String = "acme", to recipient: String = "79161234567", text: String? = nil
    ) -> MessageRecord {
        MessageRecord(
            id: id, account: account, recipient: recipient, sender: "ACME", segments: 1, text: text,
            fingerprint: Fingerprint(high: id.rawValue &* 0x9E37_79B9_7F4A_7C15, low: ~id.rawValue))
    }

    static func outcome(
        _ id: MessageID, _ outcome: String = "accepted", carrier: String? = "main", replayOf: MessageID? = nil
    ) -> OutcomeRecord {
        OutcomeRecord(
            id: id, at: id.unixMilliseconds + 20, outcome: outcome, httpStatus: outcome == "accepted" ? 200 : 502,
            code: outcome == "accepted" ? nil : "smpp", carrier: carrier, segments: [.accepted(id: "1A2B")],
            replayOf: replayOf)
    }

    static func receipt(
        _ message: MessageID?, at moment: UInt64 = now + 5_000, _ state: String = "delivered"
    ) -> ReceiptRecord {
        ReceiptRecord(
            message: message, segment: message == nil ? nil : 0, at: moment, carrier: "main", carrierID: "1A2B",
            state: state, error: "000", delay: message == nil ? nil : 4_980, isDuplicate: false)
    }

    static func late(_ id: MessageID) -> LateRecord {
        LateRecord(id: id, at: id.unixMilliseconds + 9_000, carrier: "main", segment: 1, status: 0, carrierID: "77")
    }

    static func inbound(_ id: MessageID, from: String = "79160000001", carrier: String = "main") -> InboundRecord {
        InboundRecord(
            id: id, at: id.unixMilliseconds + 3, carrier: carrier, from: from, to: "1234", segments: 2, text: "STOP")
    }
}

extension JournalUnderTest {
    /// Everything from a moment on, as one list.
    func replayed(since moment: UInt64 = 0) throws -> [JournalRecord] {
        try store.everything(since: moment)
    }

    /// The ids of a list.
    func ids(_ change: (inout JournalFilter) -> Void = { _ in }) throws -> [MessageID] {
        var filter = JournalFilter()
        change(&filter)
        return try reader.messages(filter).map(\.message.id)
    }
}
