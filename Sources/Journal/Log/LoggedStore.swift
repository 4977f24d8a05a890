import Foundation
package import Logging

/// The journal in SQLite behind a log, whose files stand beside the database.
///
///     append ──one write──▶ log: committed ──(within milliseconds, on a thread of its own)──▶ rows: readers see it
///
/// So a commit costs microseconds whatever its size, and rows cost what they cost in large transactions: with commits of 20 records
/// the journal takes about half of the CPU that it takes without the log. What the log holds and the database does not is added
/// when the store is opened, exactly once: a transaction says up to which position of the log it has come. The durability is
/// the log's: with `processCrash` a commit is in the kernel's hands, in a container and whatever becomes of its user's sessions, with
/// `powerCut` it is synced.
///
/// Readers see the database, so a record is seen a moment after its commit (`settle`), and what a kill left in the log after the next
/// start.
package final class LoggedStore: JournalStore {
    /// Frames that are added in one transaction when the store is opened.
    private static let restartStep = 500

    let rows: SQLiteStore
    private let path: String
    private let log: RecordLog
    private let logger: Logger
    private var mover: RecordMover?
    /// What could not be moved before the store was closed.
    private var unmoved: [RecordMover.Batch] = []

    /// - Parameters:
    ///   - path: the database's file; made when it is missing.
    ///   - logSize: octets of the log that are prepared; 1 MiB at least.
    package init(path: String, durability: JournalDurability, logSize: Int, logger: Logger) {
        self.path = path
        self.logger = logger
        rows = SQLiteStore(path: path, durability: durability)
        log = RecordLog(of: path, size: logSize, durability: durability)
    }

    /// What a killed process left in the log goes into the database: where there are both, and no process has them open.
    package static func takeInLog(of path: String, logger: Logger) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let store = LoggedStore(path: path, durability: .powerCut, logSize: 1 << 20, logger: logger)
        // Where another has it open, or this user may not write, readers see what is in the database. The log stays.
        try? store.rows.open()
        _ = try? store.takeIn()
        store.close()
    }

    deinit {
        close()
    }

    /// See `JournalStore`. What is in the log only is added first.
    package func open() throws(JournalProblem) {
        close()
        do throws(JournalProblem) {
            // The database has the lock, so nobody else writes its log.
            try rows.open()
            let position = try takeIn()
            try earlier.forget()
            try log.begin(after: position)
            let (rows, segments) = (rows, log.segments)
            segments.tend(moved: position)
            mover = RecordMover(after: position) { (batches, position) throws(JournalProblem) in
                try segments.check()
                try rows.append(batches, upTo: position)
                segments.tend(moved: position)
            }
        } catch {
            close()
            throw error
        }
    }

    // MARK: What earlier processes left

    private var earlier: RingLogs { RingLogs(path: path, rows: rows, logger: logger) }

    /// Adds what logs hold and the database does not.
    ///
    /// - Returns: the position up to which everything is in the database.
    private func takeIn() throws(JournalProblem) -> UInt64 {
        var position = try rows.position()
        let frames = try (earlier.frames(after: position) + log.frames(after: position))
            .sorted { $0.position < $1.position }
        // What was acknowledged is in no file when somebody has removed the log.
        let first = unmoved.first?.positions.lowerBound ?? .max
        var batches: [RecordMover.Batch] = []
        for frame in frames where frame.position < first { batches.append(try RecordMover.Batch(frame)) }
        batches += unmoved.filter { $0.positions.upperBound > position }
        let last = batches.last?.positions.upperBound ?? position
        for frame in frames where frame.position > last { batches.append(try RecordMover.Batch(frame)) }
        var rest = batches[...]
        while let last = rest.prefix(Self.restartStep).last {
            position = last.positions.upperBound
            try add(rest.prefix(Self.restartStep).flatMap(\.records), upTo: position)
            rest = rest.dropFirst(Self.restartStep)
        }
        unmoved = []
        return position
    }

    /// Records that cannot be added together are added one by one, and those that the database refuses for themselves are given up:
    /// they would keep all others out for ever.
    private func add(_ records: [JournalRecord], upTo position: UInt64) throws(JournalProblem) {
        do throws(JournalProblem) {
            try rows.append([records], upTo: position)
        } catch {
            guard error.kind == .failed else { throw error }
            // Fails where it is the database that takes nothing.
            try rows.append([], upTo: nil)
            let refused = records.count { (try? rows.append([$0])) == nil }
            try rows.append([], upTo: position)
            guard refused > 0 else { return }
            logger.error(
                "the journal gives up records that its database does not take",
                metadata: ["records": "\(refused)", "problem": "\(error)"])
        }
    }

    // MARK: Commits

    /// See `JournalStore`. Waits only where the database is far behind.
    package func append(_ records: [JournalRecord]) throws(JournalProblem) {
        guard !records.isEmpty else { return }
        if log.isFarAhead { try settled() }
        let mover = try current()
        // A database that takes nothing is told here.
        _ = try mover.position()
        mover.add(RecordMover.Batch(records: records, positions: try log.write(records)))
    }

    private func current() throws(JournalProblem) -> RecordMover {
        guard let mover else { throw JournalProblem(.unreachable, "journal \(path): is not open") }
        return mover
    }

    /// See `JournalStore`.
    package func settle(then: @escaping @Sendable () -> Void) {
        if let mover { mover.call(at: log.position, then) } else { then() }
    }

    /// Waits until readers see all that was appended.
    func settled() throws(JournalProblem) {
        try mover?.wait(until: log.position)
    }

    /// See `JournalStore`.
    package func fingerprintKey() throws(JournalProblem) -> [UInt8] {
        try rows.fingerprintKey()
    }

    /// See `JournalStore`. Of records that were appended just now, what readers see; so of all that is read at a start.
    package func unsettled(
        since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        try rows.unsettled(since: moment, recent: recent, take)
    }

    /// See `JournalStore`.
    package func openParts(since moment: UInt64) throws(JournalProblem) -> [InboundPartRecord] {
        try rows.openParts(since: moment)
    }

    /// See `JournalStore`.
    package func awaiting(
        since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void
    ) throws(JournalProblem) {
        try rows.awaiting(since: moment, newest: newest, finals: finals, take)
    }

    /// See `JournalStore`.
    package func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int {
        try rows.prune(before: moment, limit: limit)
    }

    /// See `JournalStore`. A commit may have been the last before its rows could not be moved.
    package func check() throws(JournalProblem) {
        _ = try current().position()
        try log.segments.check()
        try rows.check()
    }

    /// See `JournalStore`. The log goes, unless the database cannot be written.
    package func close() {
        if let mover {
            unmoved = mover.stop()
            if unmoved.isEmpty { log.remove() }
        }
        mover = nil
        rows.close()
        log.close()
    }
}

extension RecordMover.Batch {
    init(_ frame: LogFrame) throws(JournalProblem) {
        self.init(records: try frame.records(), positions: frame.position...frame.position)
    }
}
