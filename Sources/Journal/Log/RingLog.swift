import Foundation
import Glibc
import Logging

/// The log of earlier versions: one file of two halves, filled in turn, beside the database or in a folder that was
/// configured. It is taken in once, at the first start, and not written any more.
struct RingLog {
    let path: String

    /// Nil where there is none.
    init?(path: String) {
        guard JournalFile.Identity(of: path) != nil else { return nil }
        self.path = path
    }

    /// Frames after this position, in order; nil = the process that the file belongs to is running, or it is another user's.
    func frames(after position: UInt64) throws(JournalProblem) -> [LogFrame]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { _ = Glibc.close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        let octets = try JournalFile(path: path).octets()
        let half = octets.count / 2
        let frames = LogFrame.all(in: octets[..<half]) + LogFrame.all(in: octets[half...])
        return frames.filter { $0.position > position }.sorted { $0.position < $1.position }
    }

    func remove() {
        unlink(path)
    }
}

/// The ring logs of a database that an earlier version wrote: beside it, and where its setting `log` says.
struct RingLogs {
    private static let setting = "log"

    let path: String
    let rows: SQLiteStore
    let logger: Logger

    /// Frames after this position, of both.
    func frames(after position: UInt64) throws(JournalProblem) -> [LogFrame] {
        var frames = try RingLog(path: path + "-log")?.frames(after: position) ?? []
        guard let elsewhere = try rows.setting(Self.setting), !elsewhere.isEmpty else { return frames }
        guard let log = RingLog(path: elsewhere) else {
            logger.error(
                "the journal's log is gone: what the process before this one committed in its last moments is missing",
                metadata: ["log": "\(elsewhere)"])
            return frames
        }
        frames += try log.frames(after: position) ?? []
        return frames
    }

    /// What they held is in the database. What is elsewhere stays: this database may be a copy, and the one that the log belongs to has
    /// not taken it in.
    func forget() throws(JournalProblem) {
        RingLog(path: path + "-log")?.remove()
        guard let elsewhere = try rows.setting(Self.setting) else { return }
        try rows.forget(setting: Self.setting)
        guard !elsewhere.isEmpty, RingLog(path: elsewhere) != nil else { return }
        logger.notice(
            "the log of an earlier version is in the database now, and its file may be removed",
            metadata: ["log": "\(elsewhere)"])
    }
}
