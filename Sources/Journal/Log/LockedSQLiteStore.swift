import Logging
import Synchronization

/// A store that two threads use in turn. Unchecked, since a mutex cannot lend its value to the closure of `replay`; every use of
/// `store` is inside the lock.
final class LockedSQLiteStore: @unchecked Sendable {
    private let store: SQLiteStore
    private let lock = Mutex(())
    private let logger: Logger

    init(_ store: sending SQLiteStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func open() throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.open() }
    }

    func append(_ batches: [[JournalRecord]], upTo position: UInt64) throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.append(batches, upTo: position) }
    }

    /// Records that cannot be added together are added one by one, and those that the database refuses for themselves are given up:
    /// they would keep all others out for ever.
    func add(_ records: [JournalRecord], upTo position: UInt64) throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in
            do throws(JournalProblem) {
                try store.append([records], upTo: position)
            } catch {
                guard error.kind == .failed else { throw error }
                // Fails where it is the database that takes nothing.
                try store.append([], upTo: nil)
                let refused = records.count { (try? store.append([$0])) == nil }
                try store.append([], upTo: position)
                guard refused > 0 else { return }
                logger.error(
                    "the journal gives up records that its database does not take",
                    metadata: ["records": "\(refused)", "problem": "\(error)"])
            }
        }
    }

    func position() throws(JournalProblem) -> UInt64 {
        try lock.withLock { _ throws(JournalProblem) in try store.position() }
    }

    func log() throws(JournalProblem) -> String? {
        try lock.withLock { _ throws(JournalProblem) in try store.log() }
    }

    func forgetLog() throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.forgetLog() }
    }

    func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        try lock.withLock { _ throws(JournalProblem) in try store.fingerprintKey() }
    }

    func replay(since moment: UInt64, _ take: ([JournalRecord]) -> Void) throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.replay(since: moment, take) }
    }

    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        try lock.withLock { _ throws(JournalProblem) in try store.prune(before: moment, limit: limit) }
    }

    func check() throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.check() }
    }

    func close() {
        lock.withLock { _ in store.close() }
    }
}
