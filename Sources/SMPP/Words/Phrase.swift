/// One text for people in every language, so that none can be missing.
package struct Phrase: Hashable, Sendable {
    package var en: String
    package var ru: String

    package init(en: String, ru: String) {
        self.en = en
        self.ru = ru
    }

    /// What is the same in every language: a name, an address, a number.
    package init(_ text: String) {
        self.init(en: text, ru: text)
    }

    package subscript(_ language: Language) -> String {
        switch language {
        case .en: en
        case .ru: ru
        }
    }

    /// With these in place of each `%`, in order; one that there is nothing for stays.
    package func filled(_ values: Phrase...) -> Phrase {
        Phrase(en: Self.fill(en, values.map(\.en)), ru: Self.fill(ru, values.map(\.ru)))
    }

    private static func fill(_ text: String, _ values: [String]) -> String {
        var rest = values[...]
        var filled = ""
        for character in text {
            if character == "%", let value = rest.popFirst() { filled += value } else { filled.append(character) }
        }
        return filled
    }

    /// One after the other.
    package static func + (left: Phrase, right: Phrase) -> Phrase {
        Phrase(en: left.en + right.en, ru: left.ru + right.ru)
    }
}

extension Phrase: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        self.init(value)
    }
}
