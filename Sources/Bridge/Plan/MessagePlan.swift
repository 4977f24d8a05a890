package import Intake
package import Messaging

/// What a form asks for, read under its account's rules: who sends what to whom. No carrier is chosen yet.
package struct MessagePlan: Equatable, Sendable {
    package var recipient: PhoneNumber
    package var sender: SenderName
    /// As it came but for control characters: the carrier's policy decides its encoding.
    package var text: String
    package var options: MessageOptions

    /// Reads a form's values.
    ///
    /// - Throws: the reply's code: `bad_number`, `several_numbers`, `extension`, `destination_not_allowed`,
    ///   `recipient_blocked`, `bad_sender`, `sender_not_allowed`, `bad_class`, `bad_validity` or `text_empty`.
    package init(
        from: String, to: String, text: String, options: FormOptions = FormOptions(), rules: AccountRules
    ) throws(ReplyCode) {
        do {
            recipient = try PhoneNumber(to, rules: rules.numbers)
        } catch {
            throw ReplyCode(error)
        }
        guard rules.allows(recipient) else { throw .destinationNotAllowed }
        guard !rules.blocks(recipient) else { throw .recipientBlocked }
        sender = try Self.sender(from, rules: rules)
        self.options = try rules.options.with(options)
        self.text = TextCleaning.clean(text)
        guard !self.text.isEmpty else { throw .textEmpty }
    }

    /// The name as the account's list writes it decides; spaces around it are a form's accident.
    private static func sender(_ from: String, rules: AccountRules) throws(ReplyCode) -> SenderName {
        let given = from.trimmingSpaces
        guard let name = given.isEmpty ? rules.defaultSender : given else {
            guard rules.mayOmitSender else { throw .badSender }
            return .absent
        }
        let sender: SenderName
        do {
            sender = try SenderName(name)
        } catch {
            throw .badSender
        }
        guard rules.allowsSender(name) || rules.allowsSender(sender.text) else { throw .senderNotAllowed }
        return sender
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        // By characters only where there is something to trim: that is slow.
        let octets = utf8.span
        let isBlank = { (octet: UInt8) in octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        guard !octets.isEmpty, isBlank(octets[0]) || isBlank(octets[octets.count - 1]) else { return self }
        var view = Substring(self)
        while let first = view.first, first == " " || first == "\t" { view.removeFirst() }
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        return String(view)
    }
}

extension ReplyCode {
    /// The reply to a number that cannot be read. A number that is too short or has letters is wrong, not guessed at.
    init(_ problem: NumberProblem) {
        switch problem {
        case .several: self = .severalNumbers
        case .hasExtension: self = .extension
        case .empty, .badCharacter, .tooShort, .tooLong, .notInternational: self = .badNumber
        }
    }

    /// The reply to a text that no carrier may be given.
    init(_ problem: TextProblem) {
        switch problem {
        case .empty: self = .textEmpty
        case .tooLong: self = .textTooLong
        }
    }
}
