import SMPP

/// The words that the page shares with terminal, probes and log, as members of its script's objects.
enum PageWords {
    /// `oneUp: 'the bind is up', …, states: {…}, conditions: {…},` in this language.
    static func shared(_ language: Language) -> String {
        let words = CarrierWords.allCases.map { member($0.rawValue, $0.phrase[language]) }
        return
            (words + [
                object("states", CarrierWords.states, language),
                object("conditions", CarrierWords.conditions, language),
            ]).joined(separator: ", ") + ","
    }

    private static func object(_ name: String, _ phrases: [String: Phrase], _ language: Language) -> String {
        let members = phrases.sorted { $0.key < $1.key }.map { member($0.key, $0.value[language]) }
        return "\(name): {\(members.joined(separator: ", "))}"
    }

    private static func member(_ name: String, _ text: String) -> String {
        "\(name): '\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }
}
