/// The attachments of a message. PlanFix's pages name `attachments[url]` and `attachments[name]`, once each for each attachment; whatever
/// begins with `attachments` and holds something is one, however it is spelled:
///
/// | field | |
/// |---|---|
/// | `attachments[url]`, `attachments[url][]`, `attachments[0][url]` | a link |
/// | `attachments`, `attachments[]`, `attachments[0]` with `http://…` or `https://…` | a link |
/// | any other, as `attachments[name]` | says something of an attachment, which has a link besides |
package struct ChatAttachments: Sendable, Hashable {
    /// In their order.
    package private(set) var links: [String] = []
    /// How often each other field was there, by its name without indices.
    private var others: [String: Int] = [:]

    /// Whether something stands where a link must, and is none: another scheme, or control characters within.
    private var hasForeignLink = false

    /// More links are a broken form.
    private static let most = 20

    package init() {}

    var isEmpty: Bool { links.isEmpty && others.isEmpty && !hasForeignLink }

    /// Whether there is a link for everything that is said of attachments, of `http` or `https`.
    var haveLinks: Bool { !hasForeignLink && others.values.allSatisfy { $0 <= links.count } }

    static func isAttachment(_ name: String) -> Bool { name.hasPrefix("attachments") }

    /// - Throws: `field_too_long` for one too many.
    mutating func add(_ name: String, _ value: String) throws(ReplyCode) {
        guard !value.isEmpty else { return }
        let plain = name.lowercased().filter { !$0.isNumber }.replacing("[]", with: "")
        let start = value.prefix(8).lowercased()
        let isWeb = start.hasPrefix("https://") || start.hasPrefix("http://")
        if plain.contains("url") || plain == "attachments" && isWeb {
            let isWhole = !value.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
            if isWeb, isWhole { links.append(value) } else { hasForeignLink = true }
        } else {
            others[plain, default: 0] += 1
        }
        guard links.count <= Self.most, others.count <= Self.most else { throw .fieldTooLong }
    }
}
