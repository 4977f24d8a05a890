import Foundation

/// Whether a file system's writes may wait for a disk.
enum FileSystemKind {
    /// Its files are in the machine's memory (tmpfs).
    case memory
    case other

    /// - Parameter device: `st_dev` of a file on it.
    init(ofDevice device: UInt64) {
        let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
        self.init(ofDevice: device, mounts: String(decoding: mounts, as: UTF8.self))
    }

    /// - Parameter mounts: `/proc/self/mountinfo`: a mount a line, its third field the device, and the kind after a dash
    ///   (proc_pid_mountinfo(5)).
    init(ofDevice device: UInt64, mounts: String) {
        // As makedev(3) puts them together.
        let major = device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000
        let minor = device & 0xFF | device >> 12 & 0xFFFF_FF00
        let isMemory = mounts.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == "\(major):\(minor)", let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.endIndex
            else { return false }
            return fields[dash + 1] == "tmpfs"
        }
        self = isMemory ? .memory : .other
    }
}
