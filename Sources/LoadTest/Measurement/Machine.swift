import Foundation
import Glibc

/// The machine of a run.
package struct Machine: Hashable, Sendable, Codable {
    package var processor: String
    package var cores: Int
    package var memoryBytes: Int
    package var kernel: String

    /// This one.
    package static func current() -> Machine {
        let release = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        return Machine(
            processor: processorName(), cores: ProcessInfo.processInfo.activeProcessorCount,
            memoryBytes: Int(clamping: ProcessInfo.processInfo.physicalMemory),
            kernel: "Linux " + (release?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"))
    }

    private static func processorName() -> String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("model name") }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces) ?? "unknown"
    }
}

/// What this process has used so far.
struct ProcessUse {
    var cpuSeconds: Double
    /// Peak of its resident memory.
    var memoryBytes: Int

    static func current() -> ProcessUse {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return ProcessUse(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), memoryBytes: Int(usage.ru_maxrss) * 1024)
    }
}
