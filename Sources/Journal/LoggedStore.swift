import Glibc
package import Logging
import Synchronization

/// The journal in SQLite behind a log (`PATH-log`).
///
/// A commit is one write into the log; what is in the log follows into the database within milliseconds, many commits in one
/// transaction. So a commit costs microseconds whatever its size, and rows cost what they cost in large transactions: with commits of
/// 20 records the journal takes about half of the CPU that it takes without the log.
///
/// What the log holds and the database does not is added when the store is opened, exactly once: a transaction says up to which
/// position of the log it has come. The durability is the log's: with `processCrash` it is in the kernel's hands, with `powerCut` it
/// is synced. Readers see the database, so a record is seen a moment after its commit (`settle`), and what a kill left in the
/// log after the next start.
package final class LoggedStore: JournalStore {
    /// Commits that are added in one transaction when the store is opened.
    private static let restartStep = 500

    private let rows: SerialStore
    private let log: RecordLog
    private var opened: Opened?
    /// What could not be moved before the store was closed.
    private var unmoved: [RecordMover.Batch] = []

    private struct Opened {
        let mover: RecordMover
        /// Of the last commit.
        var position: UInt64
    }

    /// - Parameters:
    ///   - path: the database's file; made when it is missing.
    ///   - logSize: octets of the log; 1 MiB at least.
    package init(path: String, durability: JournalDurability, logSize: Int, logger: Logger) {
        rows = SerialStore(SQLiteStore(path: path, durability: durability), logger: logger)
        log = RecordLog(path: path + "-log", size: logSize, durability: durability)
    }

    /// What a killed process left in the log goes into the database: where there are both, and no process has them open.
    package static func takeInLog(of path: String, logger: Logger) {
        var status = stat()
        guard stat(path, &status) == 0, stat(path + "-log", &status) == 0, status.st_size > 0 else { return }
        let store = LoggedStore(
            path: path, durability: .powerCut, logSize: Int(status.st_size), logger: logger)
        // Where another has it open, or this user may not write, readers see what is in the database.
        try? store.open()
        store.close()
    }

    deinit {
        close()
    }

    /// See `JournalStore`. What is in the log only is added first.
    package func open() throws(JournalProblem) {
        close()
        do {
            let position = try openBoth()
            let (rows, file, identity) = (rows, log.file, log.file.identity)
            let mover = RecordMover(after: position) { (batches, position) throws(JournalProblem) in
                guard file.identity == identity else {
                    throw JournalProblem(.unreachable, "journal \(file.path): the log was moved, removed or emptied")
                }
                try rows.append(batches, upTo: position)
            }
            opened = Opened(mover: mover, position: position)
        } catch {
            close()
            throw error
        }
    }

    /// - Returns: the position up to which everything is in the database.
    private func openBoth() throws(JournalProblem) -> UInt64 {
        try rows.open()
        // The database has the lock, so nobody else writes the log.
        try log.open()
        var position = try rows.position()
        let frames = try log.frames(after: position)
        // What was acknowledged is in no file when somebody has removed the log.
        let first = unmoved.first?.positions.lowerBound ?? .max
        var batches = frames.filter { $0.position < first }.map(RecordMover.Batch.init)
        batches += unmoved.filter { $0.positions.upperBound > position }
        let last = batches.last?.positions.upperBound ?? position
        batches += frames.filter { $0.position > last }.map(RecordMover.Batch.init)
        while let last = batches.prefix(Self.restartStep).last {
            position = last.positions.upperBound
            try rows.add(batches.prefix(Self.restartStep).flatMap(\.records), upTo: position)
            batches.removeFirst(min(Self.restartStep, batches.count))
        }
        try log.begin(after: position)
        unmoved = []
        return position
    }

    /// See `JournalStore`. Waits only where the log is full of what is not in the database yet.
    package func append(_ records: [JournalRecord]) throws(JournalProblem) {
        guard !records.isEmpty else { return }
        guard var opened else { throw JournalProblem(.unreachable, "journal \(log.file.path): is not open") }
        while true {
            switch try log.write(records, moved: try opened.mover.position()) {
            case .written(let positions):
                opened.mover.add(RecordMover.Batch(records: records, positions: positions))
                opened.position = positions.upperBound
                self.opened = opened
                return
            case .full(let position): try opened.mover.wait(until: position)
            }
        }
    }

    /// See `JournalStore`.
    package func settle() throws(JournalProblem) {
        if let opened { try opened.mover.wait(until: opened.position) }
    }

    /// See `JournalStore`.
    package func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        try rows.fingerprintKey()
    }

    /// See `JournalStore`. Of records that were appended just now, what readers see.
    package func replay(since moment: UInt64, _ take: ([JournalRecord]) -> Void) throws(JournalProblem) {
        try rows.replay(since: moment, take)
    }

    /// See `JournalStore`.
    package func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        try rows.prune(before: moment, limit: limit)
    }

    /// See `JournalStore`. The log is empty then, unless the database cannot be written.
    package func close() {
        if let opened { unmoved = opened.mover.stop() }
        opened = nil
        rows.close()
        log.close()
    }
}

extension RecordMover.Batch {
    init(_ frame: RecordLog.Frame) {
        self.init(records: frame.records, positions: frame.position...frame.position)
    }
}

/// A store that two threads use in turn. Unchecked, since a mutex cannot lend its value to the closure of `replay`; every use of
/// `store` is inside the lock.
private final class SerialStore: @unchecked Sendable {
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

    func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        try lock.withLock { _ throws(JournalProblem) in try store.fingerprintKey() }
    }

    func replay(since moment: UInt64, _ take: ([JournalRecord]) -> Void) throws(JournalProblem) {
        try lock.withLock { _ throws(JournalProblem) in try store.replay(since: moment, take) }
    }

    func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        try lock.withLock { _ throws(JournalProblem) in try store.prune(before: moment, limit: limit) }
    }

    func close() {
        lock.withLock { _ in store.close() }
    }
}
