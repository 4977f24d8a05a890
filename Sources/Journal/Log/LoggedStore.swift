import Foundation
package import Logging

/// The journal in SQLite behind a log: `PATH-log`, or a file in a folder that is named.
///
/// A commit is one write into the log; what is in the log follows into the database within milliseconds, many commits in one
/// transaction. So a commit costs microseconds whatever its size, and rows cost what they cost in large transactions: with commits of
/// 20 records the journal takes about half of the CPU that it takes without the log.
///
/// What the log holds and the database does not is added when the store is opened, exactly once: a transaction says up to which
/// position of the log it has come. The durability is the log's: with `processCrash` it is in the kernel's hands, with `powerCut` it
/// is synced. In a folder that lives in memory (`/dev/shm`) a commit waits for no disk, so that event loops make it themselves; such a
/// log survives the process and not the machine, or the container. The database says where it is until it is moved and removed.
///
/// Readers see the database, so a record is seen a moment after its commit (`settle`), and what a kill left in the
/// log after the next start.
package final class LoggedStore: JournalStore {
    /// Commits that are added in one transaction when the store is opened.
    private static let restartStep = 500

    private let rows: LockedSQLiteStore
    private let path: String
    private let log: RecordLog
    private let logger: Logger
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
    ///   - logFolder: where the log is; nil = beside the database.
    ///   - logSize: octets of the log; 1 MiB at least.
    package init(
        path: String, durability: JournalDurability, logFolder: String? = nil, logSize: Int, logger: Logger
    ) {
        self.path = path
        self.logger = logger
        rows = LockedSQLiteStore(SQLiteStore(path: path, durability: durability), logger: logger)
        let name = logFolder.map { "\($0)/smppost-\(String(UInt64.random(in: .min ... .max), radix: 16)).log" }
        log = RecordLog(path: name ?? path + "-log", size: logSize, durability: durability)
    }

    /// What a killed process left in the log goes into the database: where there are both, and no process has them open.
    package static func takeInLog(of path: String, logger: Logger) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        let store = LoggedStore(path: path, durability: .powerCut, logSize: 1 << 20, logger: logger)
        // Where another has it open, or this user may not write, readers see what is in the database.
        try? store.takeInLogs()
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
        // The database has the lock, so nobody else writes its logs.
        try log.open()
        let others = try otherLogs()
        let position = try takeIn([log] + others)
        if try rows.log() != place { try rows.keep(log: place) }
        for other in others { other.remove() }
        try log.begin(after: position)
        return position
    }

    /// What the database says about the log's place.
    private var place: String? { isBeside ? nil : log.file.path }

    private var isBeside: Bool { log.file.path == path + "-log" }

    /// As `open` does it, and no more.
    private func takeInLogs() throws(JournalProblem) {
        try rows.open()
        var logs = try otherLogs()
        if log.file.identity != nil {
            try log.open()
            logs.append(log)
        }
        // They stay: this may be a copy, and the database that they belong to has not taken them in.
        _ = try takeIn(logs)
    }

    /// Logs of earlier processes at other places.
    private func otherLogs() throws(JournalProblem) -> [RecordLog] {
        var paths = isBeside ? [] : [path + "-log"].filter { JournalFile.Identity(of: $0) != nil }
        if let earlier = try rows.log(), earlier != log.file.path {
            if JournalFile.Identity(of: earlier) != nil {
                paths.append(earlier)
            } else {
                logger.error(
                    "the journal's log is gone: what the process before this one committed in its last moments is missing",
                    metadata: ["log": "\(earlier)"])
            }
        }
        var logs: [RecordLog] = []
        for path in paths {
            let log = RecordLog(path: path, size: 0, durability: .processCrash)
            try log.open()
            logs.append(log)
        }
        return logs
    }

    /// Adds what logs hold and the database does not.
    ///
    /// - Returns: the position up to which everything is in the database.
    private func takeIn(_ logs: [RecordLog]) throws(JournalProblem) -> UInt64 {
        var position = try rows.position()
        var frames: [RecordLog.Frame] = []
        for log in logs { frames += try log.frames(after: position) }
        frames.sort { $0.position < $1.position }
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
        unmoved = []
        return position
    }

    /// See `JournalStore`. Waits only where the log is full of what is not in the database yet.
    package func append(_ records: [JournalRecord]) throws(JournalProblem) {
        guard !records.isEmpty else { return }
        while let position = try write(records) { try current().mover.wait(until: position) }
    }

    /// See `JournalStore`.
    package var takesAtOnce: Bool { log.isInMemory }

    /// See `JournalStore`. False where the log is full of what is not in the database yet.
    package func appendAtOnce(_ records: [JournalRecord]) throws(JournalProblem) -> Bool {
        guard takesAtOnce else { return false }
        return try write(records) == nil
    }

    /// - Returns: nil, or where the database must have come to before there is room.
    private func write(_ records: [JournalRecord]) throws(JournalProblem) -> UInt64? {
        let mover = try current().mover
        switch try log.write(records, moved: try mover.position()) {
        case .written(let positions):
            mover.add(RecordMover.Batch(records: records, positions: positions))
            opened?.position = positions.upperBound
            return nil
        case .full(let position): return position
        }
    }

    private func current() throws(JournalProblem) -> Opened {
        guard let opened else { throw JournalProblem(.unreachable, "journal \(log.file.path): is not open") }
        return opened
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
        if let opened {
            unmoved = opened.mover.stop()
            if unmoved.isEmpty, !isBeside, (try? rows.keep(log: nil)) != nil { log.remove() }
        }
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
