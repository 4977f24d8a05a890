import Foundation

/// JSON laid out for people.
enum PrettyJSON {
    /// The same JSON on several lines; what is no JSON stays as it is.
    static func text(_ json: String) -> String {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8)),
            let pretty = try? JSONSerialization.data(
                withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { return json }
        return String(decoding: pretty, as: UTF8.self)
    }
}
