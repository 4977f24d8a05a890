import Foundation

/// A reply as a client reads it.
struct ParsedReply {
    var status: Int
    var reason: String
    var fields: [String: String]
    var body: String

    /// A field without regard to the case of its name.
    subscript(_ name: String) -> String? { fields[name.lowercased()] }

    /// The body as JSON.
    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    /// All replies in `text`, one behind another; nil when anything in it is not a whole reply.
    static func all(in text: String, toHead: Bool = false) -> [ParsedReply]? {
        var rest = Array(text.utf8)[...]
        var replies: [ParsedReply] = []
        while !rest.isEmpty {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            rest = rest[end.upperBound...]
            let start = lines[0].split(separator: " ", maxSplits: 2)
            guard start.count == 3, start[0] == "HTTP/1.1", let status = Int(start[1]) else { return nil }
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstRange(of: ": ") else { return nil }
                let name = line[..<colon.lowerBound].lowercased()
                guard fields[name] == nil else { return nil }
                fields[name] = String(line[colon.upperBound...])
            }
            var body = ""
            if status != 100 {
                guard let length = fields["content-length"].flatMap({ Int($0) }) else { return nil }
                if !toHead {
                    guard rest.count >= length else { return nil }
                    guard let text = String(validating: rest.prefix(length), as: UTF8.self) else { return nil }
                    body = text
                    rest = rest.dropFirst(length)
                }
            }
            replies.append(ParsedReply(status: status, reason: String(start[2]), fields: fields, body: body))
        }
        return replies
    }
}
