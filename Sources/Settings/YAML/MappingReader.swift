/// Reads the keys of one mapping. Every key asked for is known; `finish` reports all the others.
///
/// Readers of single values stand in `MappingReader+Scalars.swift`. They report what is wrong and return a harmless value.
final class MappingReader {
    /// Where the mapping begins, or where it is missing.
    let place: Place
    /// The path of the mapping: `carrier.timeouts`.
    let path: String
    let log: ProblemLog
    /// False where the value is not a mapping at all, which has been reported.
    private let isReadable: Bool
    private let entries: [YAMLEntry]
    private var asked: Set<String> = []

    /// Reads `node`, or an empty mapping at `place` where there is none.
    /// `name` is what messages call it: the last part of the path where nothing else is told.
    init(_ node: YAMLNode?, path: String, place: Place, log: ProblemLog, called name: String? = nil) {
        self.place = node?.place ?? place
        self.path = path
        self.log = log
        switch node?.content {
        case .mapping(let entries):
            self.entries = entries
            isReadable = true
        case nil:
            entries = []
            isReadable = true
        case .broken:
            entries = []
            isReadable = false
        case .scalar, .sequence:
            entries = []
            isReadable = false
            let name = name ?? "\"\(path.split(separator: ".").last ?? "")\""
            let found = node?.found(secret: true) ?? "nothing"
            log.problem("\(name) must be a mapping (key: value), not \(found)", at: self.place)
        }
    }

    /// The value of `key`, nil where it is missing; from now on the key is a known one.
    func value(_ key: String) -> YAMLNode? {
        entry(key)?.value
    }

    /// Where `key` stands, or else where the mapping begins.
    func place(of key: String) -> Place {
        entry(key)?.value.place ?? place
    }

    /// Whether `key` stands there.
    func has(_ key: String) -> Bool { entry(key) != nil }

    /// Reports that `key` is missing, where a mapping stands that could have it.
    func missing(_ key: String, hint: String = "") {
        guard isReadable else { return }
        log.problem("\"\(key)\" is missing\(hint.isEmpty ? "" : "; \(hint)")", at: place)
    }

    /// The mapping below `key`; an empty one where the key is missing.
    func section(_ key: String) -> MappingReader {
        MappingReader(value(key), path: "\(path).\(key)", place: place, log: log)
    }

    /// All entries, for mappings whose keys are data. Each of them counts as known.
    func allEntries() -> [YAMLEntry] {
        for entry in entries { asked.insert(entry.key) }
        return entries
    }

    /// Reports the keys that nobody asked for.
    func finish() {
        for entry in entries where !asked.contains(entry.key) {
            let hint = Suggestion.hint(for: entry.key, among: asked)
            log.problem("unknown key \(entry.key.shownKey)\(hint)", at: entry.place)
        }
    }

    private func entry(_ key: String) -> YAMLEntry? {
        if asked.insert(key).inserted { log.knows("\(path).\(key)") }
        return entries.first { $0.key == key }
    }
}
