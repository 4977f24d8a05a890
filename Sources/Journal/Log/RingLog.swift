import Foundation
import Glibc

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
