package import Foundation
import Glibc

/// What the kernel counts of this process. A number that cannot be read is nil.
package struct ProcessStatus: Hashable, Sendable {
    /// Of smppost.
    package var version: String
    package var startedAt: Date
    package var pid: Int32
    /// Processor time, user and system, in seconds.
    package var cpuSeconds: Double?
    /// Memory that is in RAM, in octets.
    package var residentBytes: Int?
    /// Address space, in octets.
    package var virtualBytes: Int?
    package var threads: Int?
    package var openFiles: Int?
    /// The soft limit of open files; nil = none.
    package var maxFiles: Int?

    package init(version: String = Version.text, startedAt: Date, pid: Int32 = 0) {
        self.version = version
        self.startedAt = startedAt
        self.pid = pid
    }

    /// Reads `/proc/self`: not for an event loop.
    static func read(startedAt: Date) -> ProcessStatus {
        var status = ProcessStatus(startedAt: startedAt, pid: getpid())
        if let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) { status.take(stat: text) }
        status.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max {
            status.maxFiles = Int(clamping: limit.rlim_cur)
        }
        return status
    }

    /// Fields of `/proc/self/stat` (proc(5)); the name of the program, in brackets, may hold anything.
    mutating func take(stat: String) {
        guard let end = stat.lastIndex(of: ")") else { return }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // Field 3 of proc(5) is the first after the name.
        func field(_ number: Int) -> Int? { fields.indices.contains(number - 3) ? Int(fields[number - 3]) : nil }
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        if let user = field(14), let system = field(15), ticks > 0 {
            cpuSeconds = Double(user + system) / Double(ticks)
        }
        threads = field(20)
        virtualBytes = field(23)
        residentBytes = field(24).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }
}
