import Intake
import Messaging
import SMPP

extension MessagePlan {
    /// The reply to a form that cannot be read, with what its sender needs to know to write a better one.
    static func refusal(
        _ code: ReplyCode, from: String, to: String, rules: AccountRules, language: Language
    ) -> IntakeReply {
        var reply = IntakeReply(code, language: language)
        switch code {
        case .badNumber: reply.message = isBlank(to) ? noNumber(language) : badNumber(rules.numbers.country, language)
        case .badSender where isBlank(from): reply.message = noSender(language)
        default: break
        }
        return reply
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private static func noNumber(_ language: Language) -> String {
        switch language {
        case .ru: "Не указан номер получателя. Заполните его."
        case .en: "The recipient number is missing. Fill it in."
        }
    }

    private static func badNumber(_ country: Country?, _ language: Language) -> String {
        switch (language, country?.example) {
        case (.ru, let example?): "Неверный номер получателя. Укажите его так: \(example), или с + и кодом страны."
        case (.ru, nil): "Неверный номер получателя. Укажите его с + и кодом страны."
        case (.en, let example?): "Wrong recipient number. Write it as \(example), or with + and the country code."
        case (.en, nil): "Wrong recipient number. Write it with + and the country code."
        }
    }

    private static func noSender(_ language: Language) -> String {
        switch language {
        case .ru: "Не указано имя отправителя. Заполните его, или пусть администратор задаст имя по умолчанию."
        case .en: "The sender name is missing. Fill it in, or have the administrator set a default one."
        }
    }
}
