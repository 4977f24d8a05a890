internal import Yams

/// Reads one YAML file into a positioned tree.
package enum YAMLFile {
    /// Mappings and lists are not nested deeper than this.
    static let maximumDepth = 12
    /// Keys that stand twice are told one by one up to this number.
    package static let maximumDuplicates = 20

    /// The mapping at the root of the file at `path`, or nil after a report of why there is none.
    static func read(path: String, log: ProblemLog) -> YAMLNode? {
        do throws(FileProblem) {
            let bytes = try FileProbe.read(path: path, limit: YAMLSource.maximumSize)
            return parse(bytes: bytes, file: path, log: log)
        } catch {
            log.problem("this file \(error.reason)", at: Place(file: path))
            return nil
        }
    }

    /// The same for bytes that are already there.
    ///
    /// - Parameter duplicates: so many keys that stand twice are told one by one; one more ends the reading.
    package static func parse(
        bytes: [UInt8], file: String, log: ProblemLog, duplicates: Int = maximumDuplicates
    ) -> YAMLNode? {
        do throws(YAMLSource.Defect) {
            var source = try YAMLSource(bytes: bytes)
            var masked: [Mask] = []
            guard let root = try compose(&source, masked: &masked, atMost: duplicates) else {
                throw YAMLSource.Defect(line: 1, column: 1, message: "the file is empty")
            }
            return Conversion(file: file, masked: masked, log: log).convert(root, depth: 0)
        } catch {
            log.problem(error.message, at: Place(file: file, line: error.line, column: error.column))
            return nil
        }
    }

    /// A key that stands twice, hidden from the parser, which gives up at the first one.
    fileprivate struct Mask {
        var line: Int
        var column: Int
        var key: String
    }

    /// Composes the only document. Of keys that stand twice all but the last are masked, so that reading goes on and
    /// finds what else there is.
    private static func compose(
        _ source: inout YAMLSource, masked: inout [Mask], atMost limit: Int
    ) throws(YAMLSource.Defect) -> Node? {
        while true {
            do {
                let parser = try Parser(yaml: source.text, resolver: .basic, encoding: .utf8)
                // Nodes hold their anchors weakly: they must be looked at while the parser lives.
                return try withExtendedLifetime(parser) { try parser.singleRoot().map(marked) }
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let (line, column) = (context.mark.line, context.mark.column)
                guard masked.count < limit, let key = keys.first,
                    let scalar = Unicode.Scalar(0xE000 + UInt32(masked.count)),
                    source.mask(key, line: line, column: column, with: scalar)
                else {
                    throw YAMLSource.Defect(line: line, column: column, message: "a key stands twice in this mapping")
                }
                masked.append(Mask(line: line, column: column, key: key))
            } catch {
                throw defect(error, in: source)
            }
        }
    }

    /// Turns an anchor into a tag, which a node keeps for itself.
    private static func marked(_ node: Node) -> Node {
        if node.anchor != nil {
            return .scalar(.init("", Tag(.init(rawValue: anchorTag)), .plain, node.mark))
        }
        switch node {
        case .scalar, .alias: return node
        case .sequence(let sequence):
            return .sequence(.init(sequence.map(marked), sequence.tag, sequence.style, sequence.mark))
        case .mapping(let mapping):
            let pairs = mapping.map { (marked($0.key), marked($0.value)) }
            return .mapping(.init(pairs, mapping.tag, mapping.style, mapping.mark))
        }
    }

    fileprivate static let anchorTag = "anchor"

    /// The parser's error as a place and one line.
    private static func defect(_ error: any Error, in source: YAMLSource) -> YAMLSource.Defect {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if source.scalar(line: mark.line, column: mark.column) == "\t" {
                return .init(line: mark.line, column: mark.column, message: "a tab cannot indent YAML; use spaces")
            }
            let circumstances = context.map { " \($0.text) that begins in line \($0.mark.line)" } ?? ""
            return .init(line: mark.line, column: mark.column, message: "not valid YAML: \(problem)\(circumstances)")
        case .memory, .no, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping,
            nil:
            return .init(line: 1, column: 1, message: "not valid YAML")
        }
    }
}

/// Turns the parser's nodes into ours and reports what configuration does not use of YAML.
private struct Conversion {
    let file: String
    let masked: [YAMLFile.Mask]
    let log: ProblemLog

    func convert(_ node: Node, depth: Int) -> YAMLNode {
        let place = self.place(node.mark)
        guard depth <= YAMLFile.maximumDepth else {
            return broken("nested deeper than \(YAMLFile.maximumDepth) levels", at: place)
        }
        let tag = node.tagText
        if tag == YAMLFile.anchorTag { return broken(YAMLSource.aliasMessage, at: place) }
        guard ["", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"].contains(tag) else {
            return broken("tags (!name) are not supported; remove it", at: place)
        }
        switch node {
        case .alias: return broken(YAMLSource.aliasMessage, at: place)
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return YAMLNode(place: place, content: .scalar(scalar.string, isPlain: isPlain))
        case .sequence(let sequence):
            return YAMLNode(place: place, content: .sequence(sequence.map { convert($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return YAMLNode(place: place, content: .mapping(entries(mapping, depth: depth)))
        }
    }

    private func entries(_ mapping: Node.Mapping, depth: Int) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var firstLines: [String: Int] = [:]
        for (key, value) in mapping {
            let place = self.place(key.mark)
            guard case .scalar(let scalar) = key, ["", "tag:yaml.org,2002:str"].contains(key.tagText) else {
                log.problem("a key must be a plain word", at: place)
                continue
            }
            if scalar.string == "<<" {
                log.problem(YAMLSource.aliasMessage, at: place)
                continue
            }
            let mask = masked.first { $0.line == place.line && $0.column == place.column }
            let name = mask?.key ?? scalar.string
            if let first = firstLines[name] {
                log.problem("the key \(name.shownKey) stands twice; it is in line \(first) already", at: place)
            } else {
                firstLines[name] = place.line
                entries.append(YAMLEntry(place: place, key: name, value: convert(value, depth: depth + 1)))
            }
        }
        return entries
    }

    private func place(_ mark: Mark?) -> Place {
        Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func broken(_ message: String, at place: Place) -> YAMLNode {
        log.problem(message, at: place)
        return YAMLNode(place: place, content: .broken)
    }
}

extension Node {
    /// The tag as written; empty where there is none.
    fileprivate var tagText: String {
        switch self {
        case .scalar(let scalar): scalar.tag.rawValue
        case .sequence(let sequence): sequence.tag.rawValue
        case .mapping(let mapping): mapping.tag.rawValue
        case .alias(let alias): alias.tag.rawValue
        }
    }
}

extension String {
    /// A key in quotes, for messages. Only what looks like a key is shown: a slip of the pen
    /// (`password=abc` for `password: abc`) can turn a secret into one.
    var shownKey: String {
        let isWord = utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        return isWord && (1...40).contains(utf8.count) ? "\"\(self)\"" : "(not shown)"
    }
}
