import HTTPService
import Journal
import Messaging

/// Whose URL something is posted to, as the journal keeps it.
enum PostingTarget: Hashable, Sendable {
    /// The one of this carrier's inbound messages.
    case inbound(carrier: String)
    /// The one of the account that sent this message.
    case receipt(of: MessageID)

    init?(stored: String) {
        let parts = stored.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case Self.inboundWord: self = .inbound(carrier: parts[1])
        case Self.receiptWord:
            guard let id = MessageID(parsing: parts[1]) else { return nil }
            self = .receipt(of: id)
        default: return nil
        }
    }

    var stored: String {
        switch self {
        case .inbound(let carrier): "\(Self.inboundWord)/\(carrier)"
        case .receipt(let id): "\(Self.receiptWord)/\(id)"
        }
    }

    /// What `X-Smppost-Event` says.
    var event: String {
        switch self {
        case .inbound: Self.inboundWord
        case .receipt: Self.receiptWord
        }
    }

    private static let inboundWord = "inbound"
    private static let receiptWord = "receipt"
}

/// The forms that are posted.
enum PostingForm {
    /// Nil for a receipt of no message.
    static func posting(of receipt: ReceiptRecord, id: MessageID) -> PostingRecord? {
        guard let message = receipt.message else { return nil }
        var fields = [("id", message.description), ("state", receipt.state)]
        if let segment = receipt.segment { fields.append(("segment", "\(segment + 1)")) }
        if let error = receipt.error { fields.append(("error", error)) }
        fields.append(("carrier", receipt.carrier))
        fields.append(("done_at", JournalClock.text(receipt.at)))
        return PostingRecord(
            id: id, at: receipt.at, target: PostingTarget.receipt(of: message).stored, form: FormCoding.encode(fields))
    }

    /// What only the journal knows of a receipt's message.
    static func rest(_ life: MessageLife) -> String {
        FormCoding.encode([
            ("to", life.message.recipient), ("from", life.message.sender),
            ("segments", "\(max(1, life.outcome?.segments.count ?? life.message.segments))"),
        ])
    }

    static func posting(of message: AssembledMessage, carrier: String, at now: UInt64) -> PostingRecord {
        var fields = [
            ("from", message.from), ("to", message.to), ("text", message.text), ("id", message.id.description),
            ("carrier", carrier), ("received_at", JournalClock.text(now)), ("parts", "\(message.parts)"),
        ]
        if message.received < message.parts { fields.append(("parts_received", "\(message.received)")) }
        return PostingRecord(
            id: message.id, at: now, target: PostingTarget.inbound(carrier: carrier).stored,
            form: FormCoding.encode(fields))
    }
}
