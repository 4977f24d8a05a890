import Foundation
import Journal
import Logging
import TestPrograms

/// A store, a reader of the same database, and further stores on it.
struct JournalUnderTest {
    let store: any JournalStore
    let reader: any JournalReader
    /// Another store on the same database; the first must be closed before it is opened.
    let another: () -> any JournalStore
    /// How much the database takes on the disk.
    let octets: () throws -> Int
}

/// A database that the shared suite runs against.
struct StoreBackend: Sendable, CustomStringConvertible {
    let description: String
    /// A new, empty database; its store is open.
    let make: @Sendable () async throws -> JournalUnderTest

    static let sqlite = StoreBackend(description: "SQLite") {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SQLiteStore(path: path, durability: .processCrash)
        try store.open()
        return JournalUnderTest(
            store: store, reader: SQLiteReader(path: path),
            another: { SQLiteStore(path: path, durability: .powerCut) }, octets: { try size(of: path) })
    }

    /// The same file behind its log; a commit is over when readers see it.
    static let logged = StoreBackend(description: "SQLite behind its log") {
        let path = try TemporaryFolder.newFile("journal.db")
        let store = SettlingStore(LoggedStore.quiet(path))
        try store.open()
        return JournalUnderTest(
            store: store, reader: SQLiteReader(path: path),
            another: { SettlingStore(LoggedStore.quiet(path, durability: .powerCut)) }, octets: { try size(of: path) })
    }

    private static func size(of path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

extension LoggedStore {
    /// One that tells nobody what it gives up.
    static func quiet(
        _ path: String, durability: JournalDurability = .processCrash, logSize: Int = 1 << 20
    ) -> LoggedStore {
        LoggedStore(path: path, durability: durability, logSize: logSize, logger: noLogger)
    }

    static let noLogger = Logger(label: "journal") { _ in SwiftLogNoOpLogHandler() }
}

/// The problem that some work ends with.
func journalProblem(_ work: () throws -> Void) -> JournalProblem? {
    do {
        try work()
        return nil
    } catch {
        return error as? JournalProblem
    }
}

/// A store whose commits are over when readers see them.
final class SettlingStore: JournalStore {
    let store: any JournalStore

    init(_ store: any JournalStore) {
        self.store = store
    }

    func open() throws(JournalProblem) { try store.open() }

    func append(_ records: [JournalRecord]) throws(JournalProblem) {
        try store.append(records)
        let seen = DispatchSemaphore(value: 0)
        store.settle { seen.signal() }
        seen.wait()
    }

    func fingerprintKey() throws(JournalProblem) -> [UInt8] { try store.fingerprintKey() }

    func unsettled(
        since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        try store.unsettled(since: moment, recent: recent, take)
    }

    func openParts(since moment: UInt64) throws(JournalProblem) -> [InboundPartRecord] {
        try store.openParts(since: moment)
    }

    func awaiting(
        since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        try store.awaiting(since: moment, newest: newest, finals: finals, take)
    }

    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        try store.prune(before: moment, limit: limit)
    }

    func check() throws(JournalProblem) { try store.check() }

    func close() { store.close() }
}
