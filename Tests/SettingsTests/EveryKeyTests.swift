import Testing

@testable import Settings

/// An unknown key is told at every level, and a value of the wrong type at every key.
@Suite("Every key")
struct EveryKeyTests {
    /// Finds every mapping and every single value of a file.
    struct Walk {
        /// Where a mapping's first key begins.
        var mappings: [Place] = []
        /// Single values, with the path of keys that leads to them.
        var scalars: [(path: String, text: String, place: Place)] = []

        mutating func visit(_ node: YAMLNode, path: String) {
            switch node.content {
            case .broken: break
            case .scalar(let text, _): scalars.append((path, text, node.place))
            case .sequence(let nodes): for node in nodes { visit(node, path: path) }
            case .mapping(let entries):
                if let first = entries.first { mappings.append(first.place) }
                for entry in entries { visit(entry.value, path: path.isEmpty ? entry.key : "\(path).\(entry.key)") }
            }
        }
    }

    /// A configuration with every key, and the walk over one of its files.
    private func walk(_ path: String) throws -> (fixture: Fixture, lines: [String], walk: Walk) {
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        try #require(fixture.problems() == [])
        let text = try #require(FullConfiguration.files[path])
        let root = try #require(YAMLFile.parse(bytes: Array(text.utf8), file: path, log: ProblemLog()))
        var walk = Walk()
        walk.visit(root, path: "")
        return (fixture, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init), walk)
    }

    @Test(arguments: FullConfiguration.files.keys.sorted())
    func unknownKeysAtEachLevel(_ path: String) throws {
        let (fixture, lines, walk) = try walk(path)
        try #require(walk.mappings.count >= 1)
        for place in walk.mappings {
            var changed = lines
            let line = lines[place.line - 1]
            let start = line.index(line.startIndex, offsetBy: place.column - 1)
            // What these are keyed by is data.
            if line[..<start].hasSuffix("chats: { ") { continue }
            let isFlow = line[..<start].contains("{")
            let indent = String(repeating: " ", count: place.column - 1)
            changed[place.line - 1] = line[..<start] + "zzzz: 1" + (isFlow ? ", " : "\n" + indent) + line[start...]
            try fixture.write(path, changed.joined(separator: "\n"))
            let isData = path == "carriers/main.yaml" && line.contains("0x000004")
            let expected =
                isData && !isFlow
                ? "\(path):\(place.line):\(place.column): a status is written"
                : "\(path):\(place.line):\(place.column): unknown key \"zzzz\""
            let problems = fixture.problems()
            #expect(problems.contains { $0.hasPrefix(expected) }, "\(expected): \(problems)")
        }
    }

    @Test(arguments: FullConfiguration.files.keys.sorted())
    func wrongTypesAtEachKey(_ path: String) throws {
        let (fixture, lines, walk) = try walk(path)
        try #require(walk.scalars.count >= 3)
        for (key, text, place) in walk.scalars {
            let line = lines[place.line - 1]
            let start = line.index(line.startIndex, offsetBy: place.column - 1)
            let quote = line[start] == "\"" ? 1 : 0
            let end = line.index(start, offsetBy: text.count + 2 * quote)
            for wrong in ["[[[]]]", "{ a: { b: c } }"] {
                var changed = lines
                changed[place.line - 1] = line[..<start] + wrong + line[end...]
                try fixture.write(path, changed.joined(separator: "\n"))
                let problems = fixture.problems()
                let here = "\(path):\(place.line):"
                #expect(problems.contains { $0.hasPrefix(here) }, "\(key): \(problems)")
            }
        }
    }

    @Test(arguments: FullConfiguration.files.keys.sorted())
    func nothingAtEachKey(_ path: String) throws {
        let (fixture, lines, walk) = try walk(path)
        for (key, text, place) in walk.scalars where !text.isEmpty {
            let line = lines[place.line - 1]
            let start = line.index(line.startIndex, offsetBy: place.column - 1)
            let quote = line[start] == "\"" ? 1 : 0
            let end = line.index(start, offsetBy: text.count + 2 * quote)
            var changed = lines
            changed[place.line - 1] = line[..<start] + "~" + line[end...]
            try fixture.write(path, changed.joined(separator: "\n"))
            #expect(fixture.problems().contains { $0.hasPrefix("\(path):\(place.line):") }, "\(key)")
        }
    }
}
