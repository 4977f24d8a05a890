import Foundation
package import Messaging
import TLS

/// A file that `blocked:` names, as it was read last: numbers that nothing is sent to.
package struct BlockedFile: Hashable, Sendable {
    /// The largest file that is read: about five million numbers.
    private static let limit = 64 << 20
    /// So many lines that are left out are told one by one.
    private static let told = 10

    package let path: String
    /// Whose national forms of numbers it may have.
    fileprivate let country: Country?
    package let numbers: NumberList
    /// Of the file that was read.
    private let stamp: FileStamp?

    /// Reads it; blocks on the disk.
    ///
    /// - Parameter warning: called with each line that is left out, and what to say of it; and for many with how many they are.
    /// - Throws: why it cannot be read.
    init(
        path: String, country: Country?, warning: (_ line: Int, _ words: String) -> Void
    ) throws(FileProblem) {
        self.path = path
        self.country = country
        stamp = FileStamp(of: path)
        let text = String(decoding: try FileProbe.read(path: path, limit: Self.limit), as: UTF8.self)
        var wrong = 0
        numbers = NumberList(text, country: country) { problem in
            wrong += 1
            guard wrong <= Self.told else { return }
            warning(problem.line, "this line is left out: it is neither a number nor a prefix with * behind it")
        }
        if wrong > Self.told { warning(1, "\(wrong) lines in all are left out") }
    }

    /// Whether the file is another one than was read.
    package var hasChanged: Bool { FileStamp(of: path) != stamp }

    /// Whether both are readings of one file in the same way.
    package func isSameFile(as other: BlockedFile) -> Bool { path == other.path && country == other.country }

    /// Reads it anew; blocks on the disk.
    ///
    /// - Parameter warning: called with what is left out, as `file:line: words`.
    /// - Throws: why it cannot be read.
    package func readAnew(warning: (String) -> Void) throws(FileProblem) -> BlockedFile {
        try BlockedFile(path: path, country: country) { line, words in warning("\(path):\(line): \(words)") }
    }
}

extension MappingReader {
    /// The files that `key` names, read; empty where it is missing or after a report.
    func blockedFiles(_ key: String, country: Country?, context: LoadContext) -> [BlockedFile] {
        let names = texts(
            key, limit: 16, ifEmpty: "names no file; remove the key", wanted: "the name of a file of numbers"
        ) { $0.isEmpty ? nil : $0 }
        return (names ?? []).compactMap { name, place in
            let path = FileProbe.resolve(name, from: place.file)
            do throws(FileProblem) {
                return try context.blocked.file(path, country: country, log: log)
            } catch {
                log.problem("\(name.quoted) \(error.reason)", at: place)
                return nil
            }
        }
    }

    /// The name of a time zone; nil where the key is missing or after a report.
    func timeZone(_ key: String) -> String? {
        guard let node = value(key) else { return nil }
        return scalar(node, named: key, wanted: "a time zone like Europe/Moscow or UTC") { text in
            TimeZone(identifier: text) == nil ? nil : text
        }
    }
}

/// The lists of blocked numbers of one reading: accounts share them.
final class BlockedFiles {
    private var files: [BlockedFile] = []

    func file(_ path: String, country: Country?, log: ProblemLog) throws(FileProblem) -> BlockedFile {
        if let known = files.first(where: { $0.path == path && $0.country == country }) { return known }
        let file = try BlockedFile(path: path, country: country) { line, words in
            log.warning(words, at: Place(file: path, line: line))
        }
        files.append(file)
        return file
    }
}
