package import SMPP

extension ReplyCode {
    /// The line a person reads, without `detail`; at most 120 characters and no `<`, `>`, `&`.
    package func text(in language: Language) -> String {
        switch language {
        case .ru: russian
        case .en: english
        }
    }

    /// The line with `detail` (words of ours, never what was sent) in front of the first full stop: `Нет поля: text.`
    package func text(in language: Language, detail: String?) -> String {
        let text = text(in: language)
        guard let detail, let stop = text.firstIndex(of: ".") else { return text }
        return "\(text[..<stop]): \(detail)\(text[stop...])"
    }

    private var russian: String {
        switch self {
        case .missingField: "Не заполнено обязательное поле."
        case .duplicateField: "Поле передано дважды."
        case .fieldTooLong: "Значение поля слишком длинное."
        case .badEncoding: "Поле передано в неверной кодировке, нужна UTF-8."
        case .badRequest: "Запрос составлен неверно."
        case .httpsRequired: "Нужен адрес https://… Этот порт принимает только HTTPS."
        case .badCredentials: "Неверный логин, пароль или ключ."
        case .accountDisabled: "Учётная запись отключена. Обратитесь к администратору."
        case .ipNotAllowed: "Отправка с этого IP-адреса не разрешена. Обратитесь к администратору."
        case .senderNotAllowed: "Имя отправителя не разрешено для этой учётной записи."
        case .destinationNotAllowed: "Отправка на этот номер не разрешена для этой учётной записи."
        case .recipientBlocked: "Номер в стоп-листе, сообщения на него не отправляются."
        case .notFound: "Неверный адрес запроса. Проверьте URL в настройках."
        case .methodNotAllowed: "Запрос должен отправляться методом POST."
        case .requestTimeout: "Запрос не пришёл целиком за отведённое время. Повторите."
        case .bodyTooLarge: "Запрос слишком большой. Сократите текст."
        case .unsupportedMediaType: "Неверный тип данных. Нужна форма application/x-www-form-urlencoded."
        case .headersTooLarge: "Заголовки запроса слишком большие."
        case .badNumber: "Неверный номер получателя. Исправьте номер."
        case .severalNumbers: "Указано несколько номеров. Оставьте один."
        case .extension: "В номере указан добавочный. Уберите его."
        case .badSender: "Неверное имя отправителя. До 11 латинских букв и цифр."
        case .badClass: "Неверный класс сообщения. Нужно число от 0 до 3 или flash."
        case .badValidity: "Неверный срок доставки. Нужно от 1m до 30d: число и s, m, h или d."
        case .textEmpty: "Текст сообщения пуст."
        case .textTooLong: "Текст сообщения слишком длинный. Сократите его."
        case .attachmentsRefused: "Вложения по SMS не отправляются. Уберите их или отправьте ссылку в тексте."
        case .messageIDTaken: "Этот messageId уже использован для другого чата. Не отправлено."
        case .rateLimited: "Превышена скорость отправки учётной записи. Повторите позже."
        case .quotaExceeded: "Квота сообщений учётной записи исчерпана. Не отправлено."
        case .recipientLimited: "На этот номер за час уже отправлено всё, что разрешено. Повторите позже."
        case .lockedOut: "Слишком много неверных попыток входа. Повторите позже."
        case .internal: "Внутренняя ошибка, сообщение не отправлено. Обратитесь к администратору."
        case .noBind: "Не отправлено. Нет подключения к оператору, повторите позже."
        case .busy: "Не отправлено. Сервис занят, повторите позже."
        case .draining: "Не отправлено. Сервис перезапускается, повторите позже."
        case .noJournal: "Не отправлено. Журнал сервиса недоступен, повторите позже."
        case .notRecorded:
            "Результат неизвестен: ответ оператора не удалось записать, сообщение могло уйти, не повторяйте."
        case .carrierTimeout: "Результат неизвестен: оператор не ответил, сообщение могло уйти, не повторяйте."
        case .connectionLost:
            "Результат неизвестен: связь с оператором прервалась, сообщение могло уйти, не повторяйте."
        case .partialUnknown:
            "Результат неизвестен: часть сообщения принята, о другой оператор не ответил, не повторяйте."
        case .partial: "Оператор принял только часть сообщения. Не повторяйте."
        case .carrierRefused: "Оператор отклонил сообщение."
        }
    }

    private var english: String {
        switch self {
        case .missingField: "A required field is missing."
        case .duplicateField: "A field was sent twice."
        case .fieldTooLong: "A field is too long."
        case .badEncoding: "A field has a bad encoding, UTF-8 is needed."
        case .badRequest: "The request is malformed."
        case .httpsRequired: "An https://… address is needed. This port takes HTTPS only."
        case .badCredentials: "Wrong login, password or key."
        case .accountDisabled: "The account is disabled. Ask the administrator."
        case .ipNotAllowed: "Sending from this IP address is not allowed. Ask the administrator."
        case .senderNotAllowed: "The sender name is not allowed for this account."
        case .destinationNotAllowed: "Sending to this number is not allowed for this account."
        case .recipientBlocked: "The number is on the stop list, nothing is sent to it."
        case .notFound: "Wrong request address. Check the URL in the settings."
        case .methodNotAllowed: "The request must use the POST method."
        case .requestTimeout: "The request did not arrive whole in time. Repeat it."
        case .bodyTooLarge: "The request is too large. Shorten the text."
        case .unsupportedMediaType: "Wrong content type. Send a form, application/x-www-form-urlencoded."
        case .headersTooLarge: "The request headers are too large."
        case .badNumber: "Wrong recipient number. Correct it."
        case .severalNumbers: "Several numbers were given. Leave one."
        case .extension: "The number has an extension. Remove it."
        case .badSender: "Wrong sender name. Up to 11 Latin letters and digits."
        case .badClass: "Wrong message class. A number from 0 to 3 or flash is needed."
        case .badValidity: "Wrong validity. From 1m to 30d is needed: a number with s, m, h or d."
        case .textEmpty: "The message text is empty."
        case .textTooLong: "The message text is too long. Shorten it."
        case .attachmentsRefused: "Attachments cannot go by SMS. Remove them, or put a link into the text."
        case .messageIDTaken: "This messageId was used for another chat before. Not sent."
        case .rateLimited: "The account's sending rate is exceeded. Try later."
        case .quotaExceeded: "The account's message quota is used up. Not sent."
        case .recipientLimited: "This number has had all messages that it may get in an hour. Try later."
        case .lockedOut: "Too many wrong sign-in attempts. Try later."
        case .internal: "Internal error, the message was not sent. Ask the administrator."
        case .noBind: "Not sent. No connection to the carrier, try later."
        case .busy: "Not sent. The service is busy, try later."
        case .draining: "Not sent. The service is restarting, try later."
        case .noJournal: "Not sent. The service's journal cannot be written, try later."
        case .notRecorded:
            "Result unknown: the carrier's answer was not recorded, the message may have gone, do not repeat."
        case .carrierTimeout: "Result unknown: the carrier did not answer, the message may have gone, do not repeat."
        case .connectionLost:
            "Result unknown: the carrier connection was lost, the message may have gone, do not repeat."
        case .partialUnknown:
            "Result unknown: part was accepted, about the rest the carrier did not answer, do not repeat."
        case .partial: "The carrier accepted only part of the message. Do not repeat."
        case .carrierRefused: "The carrier refused the message."
        }
    }
}
