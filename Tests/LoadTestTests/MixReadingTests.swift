import Settings
import Testing

@testable import LoadTest

@Suite struct MixReadingTests {
    private func read(_ yaml: String) throws -> MessageMix {
        try MixReading.read(yaml: yaml, file: "mix.yaml") { name in
            guard name == "good" else { throw ConfigurationProblem(file: name, line: 1, column: 1, message: "") }
            return "secret"
        }
    }

    @Test func readsEverything() throws {
        let mix = try read(
            """
            from: [ACME, Shop]
            numbers: ["79160000000-79160000099", "79169999999"]
            accounts:
              - { name: acme, login: a, password_file: good, weight: 3 }
              - { name: shop, key: k }
            messages:
              - { weight: 7, text: "Code {digits:6} no. {counter} {{x} {marker}" }
              - { alphabet: cyrillic, length: 30-70, account: shop, from: X, numbers: ["123"] }
              - { alphabet: gsm, length: 400 }
            """)
        #expect(mix.from == ["ACME", "Shop"])
        #expect(mix.numbers.map(\.first) == [79_160_000_000, 79_169_999_999])
        #expect(mix.accounts.map(\.credentials) == [.password(login: "a", password: "secret"), .key("k")])
        #expect(mix.accounts.map(\.weight) == [3, 1])
        #expect(
            mix.entries[0].text
                == .template([.literal("Code "), .digits(6), .literal(" no. "), .counter, .literal(" {x} "), .marker]))
        #expect(mix.entries[0].weight == 7)
        #expect(mix.entries[1].account == 1)
        #expect(mix.entries[1].from == ["X"])
        #expect(mix.entries[1].numbers == [.init(first: 123, last: 123, digits: 3)])
        #expect(mix.entries[2].text == .generated(.gsm, length: 400...400))
    }

    @Test(arguments: [
        ("", "mix.yaml:1:1: the file is empty"),
        ("messages: [", "mix.yaml:2:1: not valid YAML"),
        ("a: 1\nmessages: [{ text: x }]", "mix.yaml:1:1: this key is not known"),
        ("from: [X]", "mix.yaml:1:1: \"messages\" is missing"),
        ("messages: []", "mix.yaml:1:11: \"messages\" has no entry"),
        ("messages:\n  - { text: x, weight: 0 }", "mix.yaml:2:24: a weight is a whole number"),
        ("messages:\n  - { text: \"{nonsense}\" }", "mix.yaml:2:13: a brace begins"),
        ("messages:\n  - { text: \"{digits:19}\" }", "mix.yaml:2:13: a brace begins"),
        ("messages:\n  - { text: \"{counter\" }", "mix.yaml:2:13: a brace begins"),
        ("messages:\n  - { alphabet: klingon, length: 40 }", "mix.yaml:2:17: alphabet is one of gsm"),
        ("messages:\n  - { alphabet: gsm, length: 40-20 }", "mix.yaml:2:30: length is"),
        ("messages:\n  - { alphabet: gsm, length: 2 }", "mix.yaml:2:30: length is"),
        ("messages:\n  - { alphabet: gsm }", "mix.yaml:2:5: a message has"),
        ("messages:\n  - { text: x, length: 40 }", "mix.yaml:2:24: \"length\" is for"),
        ("messages:\n  - { text: x, account: y }", "mix.yaml:2:25: no account"),
        ("numbers: [12x]\nmessages: [{ text: x }]", "mix.yaml:1:10: a number has"),
        ("numbers: [\"200-100\"]\nmessages: [{ text: x }]", "mix.yaml:1:10: a number has"),
        ("accounts: [{ login: a }]\nmessages: [{ text: x }]", "mix.yaml:1:12: an account has one of"),
        ("accounts: [{ password: a }]\nmessages: [{ text: x }]", "mix.yaml:1:12: an account with a password"),
        ("accounts: [{ key_file: bad }]\nmessages: [{ text: x }]", "mix.yaml:1:24: this file cannot be read"),
        ("messages: x", "mix.yaml:1:11: \"messages\" is a list"),
        ("messages:\n  - { text: x, text: y }", "a key stands twice"),
    ])
    func tellsWhere(yaml: String, problem: String) {
        let error = #expect(throws: ConfigurationProblems.self) { try read(yaml) }
        #expect(error.map { "\($0)".contains(problem) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func tellsAllAtOnce() {
        let error = #expect(throws: ConfigurationProblems.self) {
            try read("x: 1\nmessages:\n  - { weight: 0, text: \"{}\" }")
        }
        #expect(error?.problems.count == 3)
    }

    @Test func secretsAreNotDescribed() throws {
        let mix = try read("accounts: [{ login: a, password: hunter2 }]\nmessages: [{ text: x }]")
        #expect(!"\(mix.accounts[0].credentials)".contains("hunter2"))
    }
}
