import Foundation

/// A folder of a test's own.
package struct TemporaryFolder: Sendable {
    /// The path of the one that the end of the test process removes.
    private static let lasting: String = {
        let root = path
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.lasting) }
        return root
    }()

    private static var path: String {
        FileManager.default.temporaryDirectory.appending(path: "smppost-test-\(UUID().uuidString)").path()
    }

    package let path: String

    /// Makes one, for the caller to remove.
    package init() throws {
        path = Self.path
        try Self.make(path)
    }

    /// A file of this name, not made yet, in a new folder that the end of the test process removes.
    package static func newFile(_ name: String) throws -> String {
        let folder = lasting + "/" + UUID().uuidString
        try make(folder)
        return folder + "/" + name
    }

    /// The full path of `name` in this folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders above it.
    package func write(_ text: String, to name: String) throws {
        let url = URL(filePath: file(name))
        try Self.make(url.deletingLastPathComponent().path())
        try Data(text.utf8).write(to: url)
    }

    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
}
