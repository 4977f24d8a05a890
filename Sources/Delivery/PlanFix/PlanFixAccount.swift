import Foundation
import HTTPService
import Journal
package import Messaging
import SMPP
package import Settings

/// An account that is told at PlanFix what becomes of its messages: of its chat's as their statuses, of the others by its webhook.
struct PlanFixAccount: Sendable {
    /// Its chat.
    struct Chat: Sendable {
        var ids: ContactIDs
        /// Nil = what was written to.
        var channel: String?
        /// Milliseconds.
        var ttl: UInt64
        /// What PlanFix shows of a message that was delivered.
        var delivered: String
        var words: PlanFixWords
    }

    var name: String
    /// How its subscribers' numbers are read.
    var numbers: NumberRules
    var chat: Chat?
    /// Of its webhook; nil = it has none.
    var webhook: PlanFixWords?

    /// Nil for an account that PlanFix is not told of.
    init?(_ settings: AccountSettings) {
        guard settings.planFixChat != nil || settings.planFixWebhook != nil else { return nil }
        name = settings.name
        numbers = NumberRules(country: settings.country, shortNumbers: true)
        let isRussian = settings.language == "ru"
        func zone(_ name: String?) -> TimeZone { name.flatMap { TimeZone(identifier: $0) } ?? .current }
        chat = settings.planFixChat.map { chat in
            Chat(
                ids: ContactIDs(chat), channel: chat.channel,
                ttl: UInt64(max(0, chat.conversationTTL.nanoseconds / 1_000_000)), delivered: chat.delivered.rawValue,
                words: PlanFixWords(isRussian: isRussian, own: chat.texts, zone: zone(chat.zone)))
        }
        webhook = settings.planFixWebhook.map { PlanFixWords(isRussian: isRussian, zone: zone($0.zone)) }
    }

    /// Whether what becomes of this message is told here, and not by the account's `receipts`.
    func isTold(of life: MessageLife) -> Bool { life.reference != nil ? chat != nil : webhook != nil }

    /// Where a form goes.
    typealias Telling = (key: PostingKey, form: String)

    /// What a receipt tells; nil where it says nothing yet, or nothing new.
    ///
    /// - Parameter saying: `PostingForm.saying` of it.
    func telling(receipt saying: String, of life: MessageLife) -> Telling? {
        guard let progress = DeliveryProgress(life), PostingForm.saying(of: progress.receipt) == saying else {
            return nil
        }
        let (text, isDelivered): (PlanFixWords.Text, Bool) =
            switch progress.word {
            case .delivered: (.delivered, true)
            case .failed(let state): (PlanFixWords.Text(state) ?? .unknown, false)
            }
        let code = progress.receipt.error.flatMap { $0.contains { $0 != "0" } ? $0 : nil }
        return telling(
            of: life, status: progress.receipt.state, at: progress.receipt.at, error: code,
            shown: isDelivered ? chat?.delivered ?? "" : "error"
        ) { $0.text(text, time: progress.receipt.at, code: code) }
    }

    /// What an outcome tells, or a response that came later; nil where receipts have told more, or will, and where a repeat or a restart
    /// asks for what has been told.
    func telling(outcome record: PostingRecord, of life: MessageLife) -> Telling? {
        if let progress = DeliveryProgress(life) {
            guard progress.isTold(byOutcomeOf: life) else { return nil }
            return telling(receipt: PostingForm.saying(of: progress.receipt), of: life)
        }
        guard let fields = FormCoding.decode(record.form[...]) else { return nil }
        var outcome = fields["outcome"] ?? ""
        if outcome == PostingForm.lateOutcome {
            guard let isAccepted = DeliveryProgress.late(life) else { return nil }
            outcome = isAccepted ? "accepted" : "refused"
        }
        let isInterrupted = outcome == PostingForm.interruptedOutcome
        if isInterrupted {
            // Another node's message may have ended meanwhile.
            guard life.outcome?.isInterrupted == true else { return nil }
            outcome = "unknown"
        } else if record.id != life.message.id, outcome == "unknown", life.outcome != nil {
            return nil
        }
        let isSent = outcome == "accepted"
        return telling(of: life, status: outcome, at: record.at, error: nil, shown: isSent ? "sent" : "error") {
            words in
            if isSent { return words.text(.sent, time: record.at) }
            if isInterrupted { return words.interrupted }
            let text = fields["text"] ?? ""
            return text.isEmpty ? words.refusedLate : text
        }
    }

    /// - Parameters:
    ///   - status: a `ReceiptState`, or an outcome.
    ///   - moment: milliseconds since 1970.
    ///   - shown: `messageStatus`.
    private func telling(
        of life: MessageLife, status: String, at moment: UInt64, error: String?, shown: String,
        _ text: (PlanFixWords) -> String
    ) -> Telling? {
        if let reference = life.reference {
            guard let chat else { return nil }
            let form = FormCoding.encode([
                ("cmd", "messageStatus"), ("messageId", reference), ("messageStatus", shown),
                ("messageStatusText", text(chat.words)),
            ])
            return (.chat(name), form)
        }
        guard let webhook else { return nil }
        var fields = [
            ("id", life.message.id.description), ("status", status), ("status_text", text(webhook)),
            ("to", life.message.recipient), ("from", life.message.sender),
            ("segments", "\(max(1, life.outcome?.segments.count ?? life.message.segments))"),
            ("at", JournalClock.text(moment)),
        ]
        if let carrier = life.outcome?.carrier { fields.append(("carrier", carrier)) }
        if let error { fields.append(("error", error)) }
        return (.account(name), FormCoding.encode(fields))
    }
}

extension ContactIDs {
    /// As a chat's configuration says.
    package init(_ settings: PlanFixChatSettings) {
        self = settings.idKey.map { .sealed(SealKey($0)) } ?? .numbers
    }
}
