import Foundation

/// What the file system says of a path; symbolic links are followed.
struct FileProbe {
    /// Kinds of things that a path can name, as far as they matter here.
    enum Kind {
        case file, directory, other
    }

    var kind: Kind
    /// In bytes.
    var size: Int
    /// Whether others may read it than its owner and, where it is one of this process's, its group: a service's files are root's and
    /// the service's group's.
    var isOpenToOthers: Bool

    /// Looks at `path`; an error says why it cannot be read, in words.
    init(path: String) throws(FileProblem) {
        var information = stat()
        guard stat(path, &information) == 0 else { throw FileProblem(errno: errno) }
        switch information.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        size = Int(information.st_size)
        // Of root's group is nobody else; where a file has an access list, its group's bits tell that list's.
        let isGroupOurs = geteuid() == 0 || information.st_gid == 0 || Self.groups.contains(information.st_gid)
        isOpenToOthers = information.st_mode & (isGroupOurs ? 0o004 : 0o044) != 0
    }

    /// Of this process.
    private static var groups: [gid_t] {
        var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
        let count = getgroups(CInt(groups.count), &groups)
        return [getegid()] + groups.prefix(max(0, Int(count)))
    }

    /// The bytes of the regular file at `path`, at most `limit` of them.
    static func read(path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        let probe = try FileProbe(path: path)
        switch probe.kind {
        case .file: break
        case .directory: throw FileProblem(reason: "is a directory, not a file")
        case .other: throw FileProblem(reason: "is not a regular file")
        }
        guard probe.size <= limit else { throw FileProblem.tooLarge(limit: limit) }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw FileProblem(errno: errno) }
        defer { try? handle.close() }
        var bytes: [UInt8] = []
        do {
            // It may grow between the look and the read, so the bound is kept here too.
            while bytes.count <= limit, let piece = try handle.read(upToCount: limit + 1 - bytes.count),
                !piece.isEmpty
            {
                bytes += piece
            }
        } catch {
            throw FileProblem(reason: "cannot be read")
        }
        guard bytes.count <= limit else { throw FileProblem.tooLarge(limit: limit) }
        return bytes
    }

    /// `path` as seen from the file that names it: absolute as it is, relative from that file's directory.
    static func resolve(_ path: String, from file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    /// `directory/name` without a doubled slash.
    static func join(_ directory: String, _ name: String) -> String {
        directory.isEmpty || directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }
}

/// Why a file cannot be used, as the end of a sentence that begins with its name.
package struct FileProblem: Error {
    package var reason: String

    init(reason: String) {
        self.reason = reason
    }

    /// The system's error in words.
    package init(errno code: Int32) {
        switch code {
        case ENOENT: reason = "does not exist"
        case ENOTDIR: reason = "does not exist (part of its path is not a directory)"
        case EACCES, EPERM: reason = "may not be read by this user"
        case ELOOP: reason = "is a loop of symbolic links"
        case ENAMETOOLONG: reason = "has too long a name"
        default: reason = "cannot be read (error \(code))"
        }
    }

    static func tooLarge(limit: Int) -> FileProblem {
        FileProblem(reason: "is larger than \(ByteSize.text(limit))")
    }
}
