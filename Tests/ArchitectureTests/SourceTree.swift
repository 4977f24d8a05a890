import Foundation

/// The project's own source files, read from where this file lies.
struct SourceTree {
    struct File {
        /// Relative to the project's folder.
        var path: String
        var lines: [Substring]
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Names of what lies in a folder, dotfiles left out.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Every file below a folder whose name has one of the endings.
    static func files(below folder: String, endings: [String] = [".swift"]) throws -> [File] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { path in endings.contains { path.hasSuffix($0) } }.sorted().map { path in
            let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
            return File(path: folder + "/" + path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }
}
