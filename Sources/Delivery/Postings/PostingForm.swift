import Foundation
import HTTPService
import Journal
import Messaging

/// Whose URL something is posted to, as the journal keeps it.
enum PostingTarget: Hashable, Sendable {
    /// The one of this carrier's inbound messages.
    case inbound(carrier: String)
    /// The one of the account that sent this message. What the receipt says tells it from the message's others, so that one which a
    /// carrier brings again after a restart has the same name; empty = an earlier version kept it.
    case receipt(of: MessageID, saying: String)
    /// The one of the account that sent this message: its outcome, or what came to it later.
    case outcome(of: MessageID)
    /// The chat of this account, with somebody: what one has written goes there in its order.
    case chat(account: String, contact: String)

    init?(stored: String) {
        let parts = stored.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case Self.inboundWord: self = .inbound(carrier: parts[1])
        case Self.receiptWord:
            let receipt = parts[1].split(separator: "/", maxSplits: 1).map(String.init)
            guard let text = receipt.first, let id = MessageID(parsing: text) else { return nil }
            self = .receipt(of: id, saying: receipt.count > 1 ? receipt[1] : "")
        case Self.outcomeWord:
            guard let id = MessageID(parsing: parts[1]) else { return nil }
            self = .outcome(of: id)
        case Self.chatWord:
            let chat = parts[1].split(separator: "/", maxSplits: 1).map(String.init)
            guard chat.count == 2 else { return nil }
            self = .chat(account: chat[0], contact: chat[1])
        default: return nil
        }
    }

    var stored: String {
        switch self {
        case .inbound(let carrier): "\(Self.inboundWord)/\(carrier)"
        case .receipt(let id, ""): "\(Self.receiptWord)/\(id)"
        case .receipt(let id, let saying): "\(Self.receiptWord)/\(id)/\(saying)"
        case .outcome(let id): "\(Self.outcomeWord)/\(id)"
        case .chat(let account, let contact): "\(Self.chatWord)/\(account)/\(contact)"
        }
    }

    /// What `X-Smppost-Posting` says.
    ///
    /// - Parameter id: of the row.
    func name(id: MessageID) -> String {
        switch self {
        case .inbound, .receipt(_, ""), .outcome, .chat: "\(id)"
        case .receipt(let message, let saying): "\(message)-\(saying)"
        }
    }

    /// What `X-Smppost-Event` says.
    var event: String {
        switch self {
        case .inbound: Self.inboundWord
        case .receipt: Self.receiptWord
        case .outcome: Self.outcomeWord
        case .chat: Self.chatWord
        }
    }

    private static let inboundWord = "inbound"
    private static let receiptWord = "receipt"
    private static let outcomeWord = "outcome"
    private static let chatWord = "chat"
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
            id: id, at: receipt.at,
            target: PostingTarget.receipt(of: message, saying: saying(of: receipt)).stored,
            form: FormCoding.encode(fields))
    }

    /// What tells a receipt from the others of its message.
    static func saying(of receipt: ReceiptRecord) -> String { "\((receipt.segment ?? 0) + 1)-\(receipt.state)" }

    /// In place of an outcome: a response has come later.
    static let lateOutcome = "late"
    /// Likewise: the process ended before there was one.
    static let interruptedOutcome = "interrupted"

    /// - Parameters:
    ///   - outcome: as `OutcomeRecord.outcome`, or one of these words.
    ///   - words: for a person.
    static func posting(of outcome: String, _ message: MessageID, id: MessageID, words: String) -> PostingRecord {
        PostingRecord(
            id: id, at: JournalClock.now(), target: PostingTarget.outcome(of: message).stored,
            form: FormCoding.encode([("outcome", outcome), ("text", words)]))
    }

    /// What only the journal knows of a receipt's message.
    static func rest(_ life: MessageLife) -> String {
        FormCoding.encode([
            ("to", life.message.recipient), ("from", life.message.sender),
            ("segments", "\(max(1, life.outcome?.segments.count ?? life.message.segments))"),
        ])
    }

    /// What the journal keeps of what a message says.
    static func journalled(_ message: AssembledMessage) -> String {
        message.data.map { "\($0.alphabet.name):\(base64($0))" } ?? message.text
    }

    /// What is no text, or none that can be read.
    private static func base64(_ data: InboundContent) -> String { Data(data.octets).base64EncodedString() }

    static func posting(of message: AssembledMessage, carrier: String, at now: UInt64) -> PostingRecord {
        var fields = [
            ("from", message.from), ("to", message.to), ("text", message.text), ("id", message.id.description),
            ("carrier", carrier), ("received_at", JournalClock.text(now)), ("parts", "\(message.parts)"),
        ]
        if let data = message.data {
            fields.append(("octets", base64(data)))
            fields.append(("alphabet", data.alphabet.name))
        }
        if message.received < message.parts { fields.append(("parts_received", "\(message.received)")) }
        return PostingRecord(
            id: message.id, at: now, target: PostingTarget.inbound(carrier: carrier).stored,
            form: FormCoding.encode(fields))
    }
}
