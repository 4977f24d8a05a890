import Foundation

/// A store that two threads use in turn. Unchecked: every use of it is inside the lock.
final class LockedSQLiteStore: @unchecked Sendable {
    private let store: SQLiteStore
    private let lock = NSLock()

    init(_ store: sending SQLiteStore) {
        self.store = store
    }

    func use<Answer>(_ work: (SQLiteStore) throws(JournalProblem) -> Answer) throws(JournalProblem) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        return try work(store)
    }

    func close() {
        lock.lock()
        defer { lock.unlock() }
        store.close()
    }
}
