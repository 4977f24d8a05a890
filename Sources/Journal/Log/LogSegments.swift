import Foundation
import Glibc
import Synchronization

/// The files of a log: `PATH-log.000017`, then `PATH-log.000018`, and so on.
///
///     spare ──(the one before is full)──▶ current ──(full)──▶ kept ──(its rows are in the database)──▶ deleted
///
/// Who writes takes the spare and never waits for it: where there is none yet, the current one goes on growing. Files are made
/// and deleted by `tend`, on the thread that moves rows.
final class LogSegments: Sendable {
    /// A file that is open for writing.
    struct Segment: Sendable {
        let number: UInt64
        let path: String
        let descriptor: Int32
        fileprivate let identity: JournalFile.Identity?
    }

    private struct State {
        var current: Segment?
        var spare: Segment?
        /// Those that are full, oldest first, with the position of their last frame.
        var kept: [(segment: Segment, last: UInt64)] = []
        /// The number of the next file.
        var next: UInt64 = 1
    }

    /// So many full segments may wait for the database.
    static let mostKept = 4

    private let path: String
    private let size: Int
    private let isSynced: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: of the database.
    ///   - size: octets that a file has room for; the last write into it may go beyond.
    ///   - isSynced: whether files and their folder are to survive a power cut.
    init(of path: String, size: Int, isSynced: Bool) {
        self.path = path
        self.size = size
        self.isSynced = isSynced
    }

    deinit {
        close()
    }

    // MARK: What earlier processes left

    /// The paths of all files, in the order in which they were written.
    var paths: [String] { numbers.map(path(of:)) }

    private var numbers: [UInt64] {
        let name = (path as NSString).lastPathComponent + "-log."
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.compactMap { $0.hasPrefix(name) ? UInt64($0.dropFirst(name.count)) : nil }.sorted()
    }

    /// Everything in the files is in the database: they go, and new ones begin.
    func begin() throws(JournalProblem) {
        close()
        let old = numbers
        for number in old { unlink(path(of: number)) }
        state.withLock { $0.next = (old.last ?? 0) + 1 }
        let current = try make()
        state.withLock { $0.current = current }
        try syncFolder()
    }

    /// Nothing in the files is needed any more.
    func remove() {
        close()
        for path in paths { unlink(path) }
    }

    func close() {
        let segments = state.withLock { state in
            defer { state = State(next: state.next) }
            return state.kept.map(\.segment) + [state.current, state.spare].compactMap(\.self)
        }
        for segment in segments { _ = Glibc.close(segment.descriptor) }
    }

    // MARK: Writing

    var current: Segment? { state.withLock { $0.current } }

    /// The current one is full.
    ///
    /// - Parameter last: the position of its last frame.
    /// - Returns: the one to be written from now on; nil = there is none yet.
    func change(after last: UInt64) -> Segment? {
        state.withLock { state in
            guard let current = state.current, let spare = state.spare else { return nil }
            state.kept.append((current, last))
            state.current = spare
            state.spare = nil
            return spare
        }
    }

    /// Whether the database is far behind.
    var areMany: Bool { state.withLock { $0.kept.count >= Self.mostKept } }

    // MARK: On the thread that moves rows

    /// - Throws: where the file that is written is not the one at its path any more: what it holds would be lost by a kill.
    func check() throws(JournalProblem) {
        guard let current = state.withLock({ $0.current }) else { return }
        guard JournalFile.Identity(of: current.path) == current.identity else {
            throw JournalProblem(.unreachable, "journal \(current.path): the log was moved, removed or emptied")
        }
    }

    /// Deletes what is in the database up to this position, and makes a spare where there is none. A disk without room for it
    /// shows itself when the current one cannot grow any more.
    func tend(moved position: UInt64) {
        let (done, isSpareMissing) = state.withLock { state in
            let done = state.kept.prefix { $0.last <= position }.map(\.segment)
            state.kept.removeFirst(done.count)
            return (done, state.spare == nil && state.current != nil)
        }
        for segment in done {
            unlink(segment.path)
            _ = Glibc.close(segment.descriptor)
        }
        guard isSpareMissing, let made = try? make() else { return }
        do throws(JournalProblem) {
            try syncFolder()
            state.withLock { $0.spare = made }
        } catch {
            unlink(made.path)
            _ = Glibc.close(made.descriptor)
        }
    }

    // MARK: Files

    private static let digits = 6

    private var folder: String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private func path(of number: UInt64) -> String {
        let digits = "\(number)"
        return path + "-log." + String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
    }

    private func make() throws(JournalProblem) -> Segment {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        let file = JournalFile(path: path(of: number))
        let descriptor = Glibc.open(file.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw file.problem(errno, "cannot be made") }
        // A disk without room shows itself here, and not when a message is on its way.
        var code = posix_fallocate(descriptor, 0, off_t(size))
        if code == 0, isSynced, fsync(descriptor) != 0 { code = errno }
        guard code == 0 else {
            unlink(file.path)
            _ = Glibc.close(descriptor)
            throw file.problem(code, "cannot have its \(size) octets")
        }
        return Segment(number: number, path: file.path, descriptor: descriptor, identity: file.identity)
    }

    /// The names of files are the folder's: without this a power cut may take a file away whose octets were synced.
    private func syncFolder() throws(JournalProblem) {
        guard isSynced else { return }
        let file = JournalFile(path: folder)
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw file.problem(errno, "cannot be opened") }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw file.problem(errno, "cannot be synced") }
    }
}
