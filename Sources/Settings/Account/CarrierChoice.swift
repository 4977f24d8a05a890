/// An entry of `carriers:` of an account or of one of its routes.
package struct CarrierChoice: Hashable, Sendable {
    /// `name`, or the entry itself.
    package var name: String
    /// `weight`: 1 to 1000. Neighbouring entries with a weight share the messages in proportion; nil = one after the other.
    package var weight: Int?

    package init(_ name: String, weight: Int? = nil) {
        self.name = name
        self.weight = weight
    }
}

/// An entry of `routes:` of an account: other carriers for numbers with a prefix.
package struct PrefixRoute: Hashable, Sendable {
    /// `prefix`: 1 to 15 digits. The longest one that a number begins with decides.
    package var prefix: String
    /// `carriers`: as the account's.
    package var carriers: [CarrierChoice]

    package init(prefix: String, carriers: [CarrierChoice]) {
        self.prefix = prefix
        self.carriers = carriers
    }
}

extension MappingReader {
    /// A prefix of numbers: 1 to 15 digits, perhaps behind a `+`. Nil where `text` is none.
    static func prefix(_ text: String) -> String? {
        let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
        return (1...15).contains(digits.utf8.count) && digits.utf8.allSatisfy(\.isDigit) ? digits : nil
    }

    /// What a prefix is, for messages.
    static var wantedPrefix: String { "a prefix of 1 to 15 digits" }

    /// The list below `carriers` and the place of each name; empty after a report.
    func carrierChoices() -> (choices: [CarrierChoice], places: [Place]) {
        guard let nodes = list("carriers", limit: 100, ifEmpty: "names no carrier") else {
            missing("carriers", hint: "the names of one or more files of the carriers directory, without .yaml")
            return ([], [])
        }
        var choices: [CarrierChoice] = []
        var places: [Place] = []
        for node in nodes {
            guard let (choice, place) = carrierChoice(node) else { continue }
            if choices.contains(where: { $0.name == choice.name }) {
                log.problem("\(choice.name.quoted) stands twice in \"carriers\"", at: place)
            } else {
                choices.append(choice)
                places.append(place)
            }
        }
        return (choices, places)
    }

    /// A name, or a mapping of `name` and `weight`; nil after a report.
    private func carrierChoice(_ node: YAMLNode) -> (CarrierChoice, Place)? {
        guard case .mapping = node.content else {
            let wanted = "the name of a carrier, or { name: NAME, weight: 1 to 1000 }"
            let name = scalar(node, named: "carriers", wanted: wanted) { $0.isEmpty ? nil : $0 }
            return name.map { (CarrierChoice($0), node.place) }
        }
        let entry = MappingReader(
            node, path: "\(path).carriers", place: node.place, log: log, called: "an entry of \"carriers\"")
        let name = entry.requiredString("name", limit: 64)
        if !entry.has("weight") { entry.missing("weight", hint: "1 to 1000; without a weight write the name alone") }
        let weight = entry.integer("weight", in: 1...1000, default: 1)
        entry.finish()
        return name.isEmpty ? nil : (CarrierChoice(name, weight: weight), entry.place(of: "name"))
    }
}
