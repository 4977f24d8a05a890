import Foundation
import Messaging
import SMPP
import Settings

/// What people read at PlanFix, in both languages.
struct PlanFixWords: Sendable {
    var isRussian: Bool
    /// What stands in place of these.
    var own: [PlanFixChatSettings.Text: String] = [:]
    var zone: TimeZone

    typealias Text = PlanFixChatSettings.Text

    /// `{time}` and `{code}` put in; without a code its brackets and the blank before it go with it.
    ///
    /// - Parameters:
    ///   - time: milliseconds since 1970.
    ///   - code: the carrier's, of a receipt.
    func text(_ text: Text, time: UInt64, code: String? = nil) -> String {
        let words = own[text] ?? (isRussian ? Self.russian(text) : Self.english(text))
        let coded = code.map { code in
            words.contains("{code}") || text == .delivered || text == .sent ? words : words + " (\(code))"
        }
        let timed = (coded ?? words).replacing("{time}", with: clock(time))
        guard let code else {
            let bare = [" ({code})", "({code})", " {code}", "{code}"].reduce(timed) { $0.replacing($1, with: "") }
            return bare.trimmingCharacters(in: .whitespaces)
        }
        return timed.replacing("{code}", with: code)
    }

    private static func russian(_ text: Text) -> String {
        switch text {
        case .sent: "Отправлено"
        case .delivered: "Доставлено {time}"
        case .expired: "Не доставлено: срок доставки истёк"
        case .deleted: "Не доставлено: сообщение удалено у оператора"
        case .undeliverable: "Не доставлено: абонент недоступен или номер не обслуживается"
        case .unknown: "Оператор не знает, доставлено ли сообщение"
        case .rejected: "Не доставлено: оператор отклонил сообщение"
        case .skipped: "Не доставлено: оператор пропустил сообщение"
        }
    }

    private static func english(_ text: Text) -> String {
        switch text {
        case .sent: "Sent"
        case .delivered: "Delivered {time}"
        case .expired: "Not delivered: its time is over"
        case .deleted: "Not delivered: the message was deleted at the carrier"
        case .undeliverable: "Not delivered: the subscriber cannot be reached, or the number is not in service"
        case .unknown: "The carrier does not know whether the message was delivered"
        case .rejected: "Not delivered: the carrier rejected the message"
        case .skipped: "Not delivered: the carrier skipped the message"
        }
    }

    /// The carrier refused after all.
    var refusedLate: String { isRussian ? "Оператор отклонил сообщение." : "The carrier refused the message." }

    /// The process ended before anybody knew.
    var interrupted: String {
        isRussian
            ? "Результат неизвестен: сервис перезапустился, сообщение могло уйти, не повторяйте."
            : "Result unknown: the service was restarted, the message may have gone, do not repeat."
    }

    /// What a subscriber has written, with what has to be known of it. PlanFix takes no message without a text.
    func text(of message: AssembledMessage) -> String {
        var text = message.text
        if let data = message.data {
            let count = data.octets.count
            text =
                isRussian
                ? "[Двоичное сообщение, размер в байтах: \(count). Его нельзя показать как текст.]"
                : "[A binary message, size in bytes: \(count). It cannot be shown as text.]"
        } else if text.isEmpty {
            text = isRussian ? "[Пустое сообщение.]" : "[An empty message.]"
        } else if text.allSatisfy(\.isWhitespace) {
            text = isRussian ? "[В сообщении одни пробелы.]" : "[The message has only blanks.]"
        }
        if message.received < message.parts {
            text +=
                isRussian
                ? "\n[Пришло частей: \(message.received) из \(message.parts).]"
                : "\n[\(message.received) of \(message.parts) parts came.]"
        }
        return text
    }

    /// `12:04`.
    private func clock(_ milliseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        let day = 86_400
        let seconds = ((Int(milliseconds / 1000) + zone.secondsFromGMT(for: date)) % day + day) % day
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return digits(seconds / 3600) + ":" + digits(seconds / 60 % 60)
    }
}

extension PlanFixChatSettings.Text {
    /// Nil for a state that is not the end.
    init?(_ state: ReceiptState) { self.init(rawValue: state.rawValue) }
}
