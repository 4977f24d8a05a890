import Foundation
import Glibc

/// A file of the journal, the database's or its log's: its folder, its permissions, and the lock that lets only one process write.
///
/// A missing folder is made with mode 0700 and a missing file with 0600; SQLite gives `-wal` and `-shm` the file's mode.
/// What is there already keeps its mode. The lock is `flock` on `PATH-lock`, which the kernel takes back however the
/// process ends; the file says who holds it.
struct JournalFile: Sendable {
    let path: String

    /// What tells this file from another that stands at its path later, and from what is left when somebody empties it.
    struct Identity: Hashable, Sendable {
        private let device: UInt64
        private let inode: UInt64
        private let isEmpty: Bool

        /// Nil where there is no file.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            isEmpty = status.st_size == 0
        }
    }

    var identity: Identity? { Identity(of: path) }

    /// Whether this process may write it, now.
    var isWritable: Bool { access(path, W_OK) == 0 }

    /// All that is in it.
    func octets() throws(JournalProblem) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw problem(access(path, R_OK) == 0 ? EIO : errno, "cannot be read")
        }
    }

    /// Makes the folder and the file where they are missing.
    func prepare() throws(JournalProblem) {
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw JournalProblem(
                    .failed, "journal \(path): its folder cannot be made: look at the owner of the folder above it")
            }
        }
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard !isDirectory.boolValue else { throw JournalProblem(.failed, "journal \(path): is a folder") }
            guard access(path, R_OK | W_OK) == 0 else { throw problem(errno, "cannot be written") }
            return
        }
        // Only a new file: closing a descriptor of one that SQLite has open would drop its locks.
        let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw problem(errno, "cannot be made")
        }
        _ = Glibc.close(descriptor)
    }

    /// Takes the writer's lock.
    ///
    /// - Returns: a descriptor; closing it gives the lock back.
    func lock() throws(JournalProblem) -> Int32 {
        let descriptor = Glibc.open(path + "-lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw problem(errno, "its lock file cannot be opened") }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno != EINTR else { continue }
            let holder = FileManager.default.contents(atPath: path + "-lock") ?? Data()
            _ = Glibc.close(descriptor)
            let process = Int(String(decoding: holder.prefix(20), as: UTF8.self)).map { " (process \($0))" } ?? ""
            throw JournalProblem(.failed, "journal \(path): another smppost\(process) writes it; only one may")
        }
        giveToOwner(descriptor)
        // Only for people and for the words above: a full disk must not prevent the lock.
        let name = Array("\(getpid())".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, name, name.count, 0) }
        return descriptor
    }

    /// What root makes beside the file is its owner's: the service, as its own user, opens it later.
    private func giveToOwner(_ descriptor: Int32) {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0 else { return }
        _ = fchown(descriptor, status.st_uid, status.st_gid)
    }

    /// Whether the file system has less than a page or two left.
    var isFull: Bool {
        var status = statvfs()
        let folder = (path as NSString).deletingLastPathComponent
        guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return false }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 16_384
    }

    /// - Parameter number: an `errno`.
    func problem(_ number: Int32, _ words: String) -> JournalProblem {
        let kind: JournalProblem.Kind =
            switch number {
            case EACCES, EPERM, EROFS: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .failed
            }
        return JournalProblem(kind, "journal \(path): \(words): \(String(cString: strerror(number)))")
    }
}
