import Testing

@testable import Settings

@Suite("YAML files")
struct YAMLFileTests {
    /// What is said of a file with these bytes.
    private func problems(_ bytes: [UInt8]) -> [String] {
        let log = ProblemLog()
        _ = YAMLFile.parse(bytes: bytes, file: "f", log: log)
        return log.sortedProblems.map(\.description)
    }

    private func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

    @Test(arguments: ["", "# only a comment\n", "\n\n", "---\n", "\u{FEFF}"])
    func empty(_ text: String) {
        let found = problems(text)
        // `---` alone is a document with nothing in it: readers say so.
        #expect(text == "---\n" ? found == [] : found == ["f:1:1: the file is empty"])
    }

    @Test func encodings() {
        #expect(problems(Array("a: 1\nb: ".utf8) + [0xC3, 0x28]) == ["f:2:4: not UTF-8 text"])
        #expect(problems([0xFF, 0xFE, 0x61, 0x00]) == ["f:1:1: not UTF-8 text"])
        #expect(
            problems("a: 1\nb: x\u{0}y") == ["f:2:5: control character U+0000; a configuration file is plain text"])
        #expect(problems("a: \u{85}") == ["f:1:4: control character U+0085; a configuration file is plain text"])
        #expect(problems("\u{FEFF}a: 1\r\nb: 2\r\n") == [])
        #expect(problems("a: Привет, 😀\n") == [])
    }

    @Test func syntax() {
        #expect(problems("a: 1\n\tb: 2\n") == ["f:2:1: a tab cannot indent YAML; use spaces"])
        #expect(problems("a:\n\t- b\n") == ["f:2:1: a tab cannot indent YAML; use spaces"])
        #expect(
            problems("a: [1, 2\nb: 3\n").first?.hasPrefix("f:2:2: not valid YAML: ") == true,
            "\(problems("a: [1, 2\nb: 3\n"))")
        #expect(problems("a: \"x\n").first?.contains("not valid YAML: found unexpected end of stream") == true)
        #expect(problems("a: 1\n b: 2\n").first?.hasPrefix("f:2:3: not valid YAML: mapping values are not") == true)
        #expect(
            problems("a: 1\n---\nb: 2\n") == [
                "f:2:1: not valid YAML: but found another document expected a single document in the stream that begins in "
                    + "line 1"
            ])
    }

    @Test func duplicatesAllAtOnce() {
        #expect(
            problems("a: 1\nb: { x: 1, x: 2, x: 3 }\na: 2\n\"a\": 3\n") == [
                "f:2:12: the key \"x\" stands twice; it is in line 2 already",
                "f:2:18: the key \"x\" stands twice; it is in line 2 already",
                "f:3:1: the key \"a\" stands twice; it is in line 1 already",
                "f:4:1: the key \"a\" stands twice; it is in line 1 already",
            ])
        let many = (0..<50).map { _ in "a: 1\n" }.joined()
        #expect(problems(many) == ["f:21:1: a key stands twice in this mapping"])
    }

    @Test func aliasesAndTags() {
        let message = YAMLSource.aliasMessage
        #expect(problems("a: &x 1\nb: *x\n") == ["f:2:4: \(message)"])
        #expect(problems("a: &x 1\n") == ["f:1:4: \(message)"])
        #expect(problems("<<: { a: 1 }\n") == ["f:1:1: \(message)"])
        #expect(problems("a: !secret x\nb: !!int 5\n").count == 2)
        #expect(problems("a: !!str 5\n") == [])
        #expect(problems("a: 'R&D *all* & more'\nb: x # &a *a\n") == [])
        // A few aliases that stand for billions of values, as a key: refused before anything counts them.
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...30 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(problems(bomb + "? *a30\n: 1\n") == ["f:2:10: \(message)"])
    }

    @Test func keysMustBeWords() {
        #expect(problems("[a, b]: 1\n") == ["f:1:1: a key must be a plain word"])
        #expect(problems("? { a: 1 }\n: 2\n") == ["f:1:3: a key must be a plain word"])
    }

    @Test func nesting() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(problems(deep).count == 1)
        #expect(problems(String(repeating: "- ", count: 100_000)).count == 1)
        #expect(problems(String(repeating: "? ", count: 100_000)).count == 1)
        let level = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        #expect(problems("a: " + level) == ["f:1:16: nested deeper than 12 levels"])
    }

    @Test func size() throws {
        let fixture = try Fixture()
        try fixture.write("carriers/main.yaml", Array(repeating: UInt8(ascii: "#"), count: YAMLSource.maximumSize + 1))
        #expect(fixture.problems() == ["carriers/main.yaml:1:1: this file is larger than 1MiB"])
        try fixture.remove("carriers/main.yaml")
        try fixture.write("carriers/main.yaml/x", "")
        #expect(fixture.problems() == ["carriers/main.yaml:1:1: this file is a directory, not a file"])
    }

    @Test func textInMessagesIsShortAndVisible() {
        #expect("a\u{1B}[31m\n".quoted == "\"a\u{FFFD}[31m\u{FFFD}\"")
        #expect(String(repeating: "x", count: 100).quoted == "\"" + String(repeating: "x", count: 39) + "…\"")
        #expect("password=abc".shownKey == "(not shown)")
        #expect("senders".shownKey == "\"senders\"")
    }
}
