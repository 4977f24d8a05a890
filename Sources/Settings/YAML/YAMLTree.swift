/// A value of a YAML file with its place.
package struct YAMLNode {
    /// Where the value begins.
    package var place: Place
    /// What stands there.
    package var content: YAMLContent
}

/// What stands in a YAML value.
package enum YAMLContent {
    /// A single value as it is written; `isPlain` where it has neither quotes nor block style.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
    /// Something that has been reported already: readers stay silent about it.
    case broken
}

/// A key of a YAML mapping and its value.
package struct YAMLEntry {
    /// Where the key begins.
    package var place: Place
    /// As written.
    package var key: String
    /// What stands behind it.
    package var value: YAMLNode
}

extension YAMLNode {
    /// `key:` with nothing behind it, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What stands here, for messages. The text itself only where it is not `secret`.
    func found(secret: Bool = false) -> String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .broken: "a broken value"
        case .scalar(let text, _): isNull ? "nothing" : secret ? "text" : text.quoted
        }
    }
}

extension String {
    /// The text in double quotes, control characters replaced and no longer than 40 characters: fit for one line.
    var quoted: String {
        let visible = String(unicodeScalars.prefix(41).map { $0.properties.isPrintable ? Character($0) : "\u{FFFD}" })
        return "\"" + (visible.unicodeScalars.count > 40 ? String(visible.prefix(39)) + "…" : visible) + "\""
    }
}

extension Unicode.Scalar.Properties {
    /// Whether the scalar is neither a control, a format character, a surrogate nor a line separator.
    fileprivate var isPrintable: Bool {
        ![.control, .format, .surrogate, .lineSeparator, .paragraphSeparator].contains(generalCategory)
    }
}
