import Foundation
import Testing

/// Every alert says the same in English and in Russian.
@Suite struct AlertWordsTests {
    private static func annotations() throws -> [String: [String: String]] {
        let text = try String(contentsOfFile: Repository.file("config/prometheus/alerts.yml"), encoding: .utf8)
        var all: [String: [String: String]] = [:]
        for rule in text.split(separator: "      - alert: ").dropFirst() {
            let lines = rule.split(separator: "\n").map(String.init)
            var words: [String: String] = [:]
            var key = ""
            for line in lines.dropFirst() {
                if let match = line.wholeMatch(of: #/ {10}(\w+): (.*)/#) {
                    key = String(match.1)
                    words[key] = match.2 == ">-" ? "" : String(match.2)
                } else if line.hasPrefix("            "), !key.isEmpty {
                    words[key, default: ""] += line.dropFirst(12) + " "
                }
            }
            all[lines[0]] = words
        }
        return all
    }

    /// Commands, metrics and keys in back-ticks, and what Prometheus fills in.
    private static func facts(_ text: String) -> Set<String> {
        Set(
            (text.matches(of: /`[^`]*`/).map { String($0.output) }
                + text.matches(of: /\{\{.*?\}\}/).map { String($0.output) }))
    }

    @Test func bothLanguagesHaveTheFacts() throws {
        let alerts = try Self.annotations()
        #expect(alerts.count >= 33)
        for (name, words) in alerts {
            for key in ["summary", "description"] {
                let (english, russian) = (words[key, default: ""], words[key + "_ru", default: ""])
                #expect(!english.isEmpty && !russian.isEmpty, "\(name): \(key)")
                #expect(russian.contains(/[а-яё]/), "\(name): \(russian)")
                #expect(Self.facts(english) == Self.facts(russian), "\(name)")
            }
        }
    }
}
