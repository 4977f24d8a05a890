import Foundation
import Journal

/// A store, a reader of the same database, and further stores on it.
struct JournalUnderTest {
    let store: any JournalStore
    let reader: any JournalReader
    /// Another store on the same database; the first must be closed before it is opened.
    let another: () -> any JournalStore
}

/// A database that the shared suite runs against.
struct StoreBackend: Sendable, CustomStringConvertible {
    let description: String
    /// A new, empty database; its store is open.
    let make: @Sendable () async throws -> JournalUnderTest

    static let sqlite = StoreBackend(description: "SQLite") {
        let path = try TemporaryFolder.shared.path("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        return JournalUnderTest(store: store, reader: SQLiteReader(path: path)) {
            SQLiteStore(path: path, durability: .powerCut)
        }
    }
}

/// A folder for the files of this test process, which its end removes.
final class TemporaryFolder: Sendable {
    static let shared = TemporaryFolder()

    let root: String

    private init() {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.shared.root) }
    }

    /// A file of this name, not made yet, in a new folder of its own.
    func path(_ name: String) throws -> String {
        let folder = root + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder + "/" + name
    }
}
