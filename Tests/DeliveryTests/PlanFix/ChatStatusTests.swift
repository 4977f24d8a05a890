import Foundation
import HTTPService
import Journal
import Messaging
import SMPP
import Settings
import TLS
import Testing

@testable import Delivery

/// What status of a message follows from what, and in which words.
@Suite struct ChatStatusTests {
    private static let id = MessageID(rawValue: 77 << 22)!

    /// An account with a chat and a webhook.
    private func account(
        _ language: String = "ru", _ change: (inout PlanFixChatSettings) -> Void = { _ in }
    ) throws -> PlanFixAccount {
        var settings = AccountSettings()
        (settings.name, settings.language, settings.country) = ("acme", language, .ru)
        let url = try #require(HTTPURL("https://planfix.example/webchat/api"))
        var chat = PlanFixChatSettings(token: KeyHash(hashing: [1]), url: url, planfixToken: "t", providerID: "p")
        chat.zone = "UTC"
        change(&chat)
        settings.planFixChat = chat
        var webhook = PlanFixWebhookSettings(url: url)
        webhook.zone = "UTC"
        settings.planFixWebhook = webhook
        return try #require(PlanFixAccount(settings))
    }

    /// - Parameter count: as the message's record has it; 0 = not known.
    private func life(
        _ segments: [SegmentRecord]?, _ states: [(Int, String)] = [], isChat: Bool = true, count: Int = 1
    ) -> MessageLife {
        var life = MessageLife(
            message: MessageRecord(
                id: Self.id, account: "acme", recipient: "79161234567", sender: "ACME", segments: count, text: nil,
                fingerprint: Fingerprint(high: 0, low: 0)))
        life.reference = isChat ? "pf-7" : nil
        life.outcome = segments.map { segments in
            OutcomeRecord(
                id: Self.id, at: 0, outcome: "accepted", httpStatus: 200, code: nil, carrier: "main", segments: segments
            )
        }
        life.receipts = states.map { segment, state in
            ReceiptRecord(
                message: Self.id, segment: segment, at: 12 * 3_600_000 + 4 * 60_000, carrier: "main", carrierID: "x",
                state: state, error: state == "undeliverable" ? "011" : "000", delay: nil, isDuplicate: false)
        }
        return life
    }

    private static let accepted = SegmentRecord.accepted(id: "x")

    @Test func receiptsSayOneThingTogether() {
        let two = [Self.accepted, Self.accepted]
        func word(_ segments: [SegmentRecord]?, _ states: [(Int, String)]) -> String? {
            guard let progress = DeliveryProgress(life(segments, states)) else { return nil }
            switch progress.word {
            case .delivered: return "delivered"
            case .failed(let state): return state.rawValue
            }
        }
        #expect(word([Self.accepted], []) == nil)
        #expect(word([Self.accepted], [(0, "enroute"), (0, "accepted")]) == nil)
        #expect(word([Self.accepted], [(0, "delivered")]) == "delivered")
        #expect(word(two, [(0, "delivered"), (0, "delivered")]) == nil)
        #expect(word(two, [(1, "delivered"), (0, "delivered")]) == "delivered")
        #expect(word(two, [(1, "delivered"), (0, "expired"), (0, "delivered")]) == "expired")
        // Of a message whose process was killed only its receipts tell.
        #expect(word(nil, [(0, "delivered")]) == "delivered")
        #expect(word(nil, [(2, "delivered")]) == nil)
        // Before the outcome a part's receipt may be one of many.
        #expect(DeliveryProgress(life(nil, [(0, "delivered")], count: 0)) == nil)
        #expect(DeliveryProgress(life(nil, [(0, "delivered")], count: 2)) == nil)
        #expect(DeliveryProgress(life(nil, [(0, "delivered"), (1, "delivered")], count: 2)) != nil)
        // The carrier that took it needed fewer than the first would have.
        #expect(DeliveryProgress(life([Self.accepted], [(0, "delivered")], count: 2)) != nil)
        #expect(word([.unknown(reason: "carrier_timeout")], [(0, "delivered")]) == "delivered")
        // What never went is never delivered.
        #expect(word([Self.accepted, .refused(status: 11)], [(0, "delivered")]) == nil)
        #expect(word([Self.accepted, .notSent], [(0, "expired")]) == nil)
    }

    private func told(_ account: PlanFixAccount, _ saying: String, _ life: MessageLife) -> [String: String]? {
        account.telling(receipt: saying, of: life).flatMap { FormCoding.decode($0.form[...]) }
    }

    @Test func theReceiptThatDecidesIsTold() throws {
        let account = try account()
        let whole = life([Self.accepted, Self.accepted], [(1, "enroute"), (1, "delivered"), (0, "delivered")])
        #expect(told(account, "2-delivered", whole) == nil && told(account, "2-enroute", whole) == nil)
        #expect(
            told(account, "1-delivered", whole) == [
                "cmd": "messageStatus", "messageId": "pf-7", "messageStatus": "read",
                "messageStatusText": "Доставлено 12:04",
            ])
        let sent = try self.account { $0.delivered = .sent }
        #expect(told(sent, "1-delivered", whole)?["messageStatus"] == "sent")
    }

    @Test(arguments: ["ru", "en"], ["expired", "deleted", "undeliverable", "unknown", "rejected", "skipped"])
    func everyFailureHasWords(_ language: String, _ state: String) throws {
        let fields = try #require(told(try account(language), "1-\(state)", life([Self.accepted], [(0, state)])))
        #expect(fields["messageStatus"] == "error")
        let text = fields["messageStatusText"] ?? ""
        #expect(text.contains { ("А"..."я").contains($0) } == (language == "ru"))
        #expect(text.contains("(011)") == (state == "undeliverable"))
        print("\(language) \(state): \(text)")
    }

    private func outcome(
        _ account: PlanFixAccount, _ word: String, _ life: MessageLife, words: String = "Причина."
    ) -> [String: String]? {
        account.telling(outcome: PostingForm.posting(of: word, Self.id, id: Self.id, words: words), of: life)
            .flatMap { FormCoding.decode($0.form[...]) }
    }

    @Test func outcomesAreTold() throws {
        let (russian, english) = (try account(), try account("en"))
        let accepted = outcome(russian, "accepted", life([Self.accepted]))
        #expect(accepted?["messageStatus"] == "sent" && accepted?["messageStatusText"] == "Отправлено")
        #expect(outcome(english, "accepted", life([Self.accepted]))?["messageStatusText"] == "Sent")
        for word in ["refused", "not-sent", "unknown", "partial"] {
            let told = outcome(russian, word, life([.notSent]))
            #expect(told?["messageStatus"] == "error" && told?["messageStatusText"] == "Причина.")
        }
        // A receipt has told more, or will.
        #expect(outcome(russian, "accepted", life([Self.accepted], [(0, "delivered")])) == nil)
        #expect(outcome(russian, "accepted", life([Self.accepted], [(0, "expired")])) == nil)
        // One that says nothing yet has not.
        #expect(outcome(russian, "accepted", life([Self.accepted], [(0, "enroute")]))?["messageStatus"] == "sent")
        let two = life([Self.accepted, Self.accepted], [(0, "delivered")])
        #expect(outcome(russian, "accepted", two)?["messageStatus"] == "sent")
    }

    /// Receipts that all came before the outcome told that they were all.
    @Test(arguments: [0, 2, 3]) func receiptsBeforeTheOutcome(count: Int) throws {
        let account = try account()
        var whole = life(
            [Self.accepted, Self.accepted], [(0, "delivered"), (1, "delivered")], count: count)
        var before = whole
        before.outcome = nil
        whole.outcome?.at = .max
        let byReceipt = told(account, "2-delivered", before)
        let byOutcome = outcome(account, "accepted", whole)
        #expect((byReceipt == nil) == (count != 2) && (byOutcome == nil) == (count == 2))
        #expect((byReceipt ?? byOutcome)?["messageStatus"] == "read")
    }

    /// What a process left behind is told once: at the restart, or by a repeat where nobody has told it.
    @Test(arguments: [
        ("ru", "Результат неизвестен: сервис перезапустился"), ("en", "Result unknown: the service was restarted"),
    ])
    func whatAProcessLeftIsToldOnce(_ language: String, _ words: String) throws {
        let account = try account(language)
        func asked(_ word: String, _ life: MessageLife, by id: MessageID = Self.id) -> [String: String]? {
            account.telling(outcome: PostingForm.posting(of: word, Self.id, id: id, words: "?"), of: life)
                .flatMap { FormCoding.decode($0.form[...]) }
        }
        var left = life(nil)
        let repeated = MessageID(rawValue: 78 << 22)!
        #expect(asked("unknown", left, by: repeated)?["messageStatus"] == "error")
        // Nobody has written down yet that it is lost.
        #expect(asked(PostingForm.interruptedOutcome, left) == nil)
        left.outcome = .interrupted(Self.id, at: 0, segments: 1)
        let told = try #require(asked(PostingForm.interruptedOutcome, left))
        #expect(told["messageStatus"] == "error" && told["messageStatusText"]?.hasPrefix(words) == true)
        #expect(asked("unknown", left, by: repeated) == nil)
        // Its process was another one, and alive.
        #expect(asked(PostingForm.interruptedOutcome, life([Self.accepted])) == nil)
        // A receipt came first.
        left.receipts = life(nil, [(0, "delivered")]).receipts
        #expect(asked(PostingForm.interruptedOutcome, left) == nil)
        #expect(told.count == 4)
    }

    @Test func lateResponsesAreToldWhenTheySaySomething() throws {
        let account = try account()
        var life = life([Self.accepted, .unknown(reason: "carrier_timeout")])
        #expect(outcome(account, PostingForm.lateOutcome, life) == nil)
        func late(_ status: UInt32) -> LateRecord {
            LateRecord(id: Self.id, at: 0, carrier: "main", segment: 1, status: status, carrierID: "")
        }
        life.late = [late(0)]
        #expect(outcome(account, PostingForm.lateOutcome, life, words: "")?["messageStatus"] == "sent")
        life.late = [late(0x0B)]
        let refused = outcome(account, PostingForm.lateOutcome, life, words: "")
        #expect(refused?["messageStatus"] == "error" && refused?["messageStatusText"] == "Оператор отклонил сообщение.")
    }

    @Test func ownTextsStandInPlaceOfOurs() throws {
        let account = try account { $0.texts = [.delivered: "В {time}!", .undeliverable: "Код {code}", .sent: "Ушло"] }
        #expect(
            told(account, "1-delivered", life([Self.accepted], [(0, "delivered")]))?["messageStatusText"] == "В 12:04!")
        #expect(
            told(account, "1-undeliverable", life([Self.accepted], [(0, "undeliverable")]))?["messageStatusText"]
                == "Код 011")
        var without = life([Self.accepted], [(0, "undeliverable")])
        without.receipts[0].error = "000"
        for (text, shown) in [("Код {code}", "Код"), ("Нет ({code}) связи", "Нет связи"), ("{code} нет", "нет")] {
            let account = try self.account { $0.texts = [.undeliverable: text] }
            #expect(told(account, "1-undeliverable", without)?["messageStatusText"] == shown)
        }
        #expect(outcome(account, "accepted", life([Self.accepted]))?["messageStatusText"] == "Ушло")
    }

    @Test func thePlainFormsMessagesGoToTheWebhook() throws {
        let account = try account()
        let life = life([Self.accepted], [(0, "undeliverable")], isChat: false)
        let telling = try #require(account.telling(receipt: "1-undeliverable", of: life))
        #expect(telling.key == .account("acme"))
        let fields = try #require(FormCoding.decode(telling.form[...]))
        #expect(fields["id"] == Self.id.description && fields["status"] == "undeliverable" && fields["error"] == "011")
        #expect(fields["to"] == "79161234567" && fields["from"] == "ACME" && fields["segments"] == "1")
        #expect(fields["carrier"] == "main" && fields["at"] == "1970-01-01T12:04:00.000Z")
    }

    @Test func targetsAreReadBack() {
        for target in [
            PostingTarget.outcome(of: Self.id), .chat(account: "acme", contact: "79161234567"),
            .receipt(of: Self.id, saying: "1-delivered"), .inbound(carrier: "main"),
        ] { #expect(PostingTarget(stored: target.stored) == target) }
        for text in ["chat/acme", "outcome/x", "outcome"] { #expect(PostingTarget(stored: text) == nil) }
    }
}
