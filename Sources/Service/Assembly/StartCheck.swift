package import Foundation
import Glibc
import HTTPService
import Journal
import NIOCore
import NIOPosix
import SMPP
package import Settings

/// What a start needs of this machine besides its configuration, looked at before it, as this user.
package enum StartCheck {
    /// What would make a start vain: the journal can never be written, as this user may not, or a newer version made it. With
    /// `on_outage: continue` it is not needed. And a node of a cluster as the first process of a container, which no timer of the kernel
    /// can end.
    ///
    /// - Parameters:
    ///   - file: `smppost.yaml`, as the user gave it.
    ///   - processID: this process's.
    package static func problems(
        _ settings: Settings, file: String, processID: Int32 = getpid()
    ) -> [ConfigurationProblem] {
        if settings.cluster != nil, processID == 1 {
            let words =
                "a node of a cluster cannot be process 1 of a container: nothing could end it while others take its binds. Run it under "
                + "an init (docker run --init, or shareProcessNamespace of a pod)"
            return [told(file, words, isWarning: false)]
        }
        guard case .denied(let words) = journal(settings), settings.journal?.onOutage == .refuse else { return [] }
        return [told(file, words, isWarning: false)]
    }

    /// All that stands in the way of a bridge that takes messages: those problems, others with the journal, for which it would start and
    /// refuse every message until they are mended, and addresses that this machine does not have. As warnings, what matters only to a
    /// part: folders of traces and proven logins, addresses that are taken, a clock that is behind. Takes no longer than the system
    /// needs to say so.
    ///
    /// - Parameter now: this machine's time.
    package static func findings(_ settings: Settings, file: String, now: Date) async -> [ConfigurationProblem] {
        var found: [ConfigurationProblem] = []
        func tell(_ words: String, isWarning: Bool = true) {
            found.append(told(file, words, isWarning: isWarning))
        }
        for words in clock(settings, file: file, now: now) { tell(words) }
        let isNeeded = settings.journal?.onOutage == .refuse
        switch journal(settings) {
        case .other(let words) where isNeeded:
            tell(words + "; until that is mended every message is refused", isWarning: false)
        case .other(let words), .denied(let words): tell(words, isWarning: !isNeeded)
        case nil: break
        }
        let files = [
            ("monitor.trace_directory", settings.monitor.traceDirectory + "/trace"),
            ("intake.proven_file", settings.intake.provenFile),
        ]
        for (key, path) in files {
            if let path, let obstacle = obstacle(key, path) { tell(obstacle.words) }
        }
        let listeners =
            settings.intake.listen.map { ($0, "intake.listen") } + [(settings.monitor.listen, "monitor.listen")]
        for (address, key) in listeners where address.port != 0 {
            do throws(ListenFailure) {
                let group = MultiThreadedEventLoopGroup.singleton
                let channel = try await ServerBootstrap(group: group)
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .listen(host: address.host, port: address.port)
                try? await channel.close().get()
            } catch {
                var failure = error
                failure.key = key
                tell("\(failure)", isWarning: failure.mayPass)
            }
        }
        return found
    }

    /// Files that were written in the future tell that the clock was put back, or that this machine has none that lasts.
    private static func clock(_ settings: Settings, file: String, now: Date) -> [String] {
        var files = [file]
        if case .sqlite(let path) = settings.journal?.store { files.append(path) }
        let latest = files.compactMap { path in
            let written = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            return written.map { (path, $0) }
        }.max { $0.1 < $1.1 }
        guard let (path, written) = latest, written.timeIntervalSince(now) > clockSlack else { return [] }
        return [
            "this machine's clock is behind: it says \(now.ISO8601Format()), and \(path) was written at "
                + "\(written.ISO8601Format()). Certificates, quotas and the journal go by it: set it right before the start"
        ]
    }

    /// File servers have clocks of their own; in seconds.
    private static let clockSlack = 300.0

    private static func told(_ file: String, _ message: String, isWarning: Bool) -> ConfigurationProblem {
        ConfigurationProblem(file: file, line: 1, column: 1, message: message, isWarning: isWarning)
    }

    private static func journal(_ settings: Settings) -> Obstacle? {
        guard let journal = settings.journal, case .sqlite(let path) = journal.store else { return nil }
        if let obstacle = obstacle("journal.url", path) { return obstacle }
        if let words = shortage(journal, path) { return .other("\"journal.url\": " + words) }
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var last = JournalFilter()
        last.limit = 1
        do throws(JournalProblem) {
            _ = try journal.reader.messages(last)
            return nil
        } catch {
            let words = "\"journal.url\": \(error)"
            switch error.kind {
            case .incompatible: return .denied(words)
            // An earlier version's, which the start brings up to date.
            case .unreachable: return nil
            case .full, .readOnly, .corrupt, .failed: return .other(words)
            }
        }
    }

    /// Besides the log: the index of a database, and its first pages.
    private static let slack = 256 << 10

    /// Whether the disk has too little room for the log of a SQLite file, which begins with half of `log_size`. An older log makes room.
    private static func shortage(_ journal: JournalSettings, _ path: String) -> String? {
        let folder = place(of: path)
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let name = (path as NSString).lastPathComponent + "-log."
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasPrefix(name) } ?? []
        let octets = logs.reduce(Int(status.f_bavail) * Int(status.f_frsize)) { sum, log in
            let file = try? FileManager.default.attributesOfItem(atPath: folder + "/" + log)
            return sum + (file?[.size] as? Int ?? 0)
        }
        let needed = journal.logSize / 2 + slack
        guard octets < needed else { return nil }
        return
            "no room on the disk: \(folder) has \(octets >> 10) KiB left, and the log of \(path) needs \(needed >> 10) KiB (half of "
            + "\"journal.log_size\")"
    }

    /// Why a file cannot be written, or made with the folders that it needs.
    private enum Obstacle {
        /// This user may not, or this version.
        case denied(String)
        /// A file system that may only be read, a file where a folder should be.
        case other(String)

        var words: String {
            switch self {
            case .denied(let words), .other(let words): words
            }
        }
    }

    private static func obstacle(_ key: String, _ path: String) -> Obstacle? {
        obstacle(key, path, at: FileManager.default.fileExists(atPath: path) ? path : place(of: path))
    }

    /// The nearest folder above it that is there.
    private static func place(of path: String) -> String {
        var folder = (path as NSString).deletingLastPathComponent
        while !folder.isEmpty, folder != "/", !FileManager.default.fileExists(atPath: folder) {
            folder = (folder as NSString).deletingLastPathComponent
        }
        return folder.isEmpty ? "." : folder
    }

    private static func obstacle(_ key: String, _ path: String, at place: String) -> Obstacle? {
        let words = "\"\(key)\": \(path) cannot be \(path == place ? "written" : "made"): \(place)"
        var isFolder: ObjCBool = false
        guard
            path == place
                || (FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) && isFolder.boolValue)
        else { return .other(words + " is no folder") }
        guard access(place, W_OK) != 0 else { return nil }
        return errno == EACCES
            ? .denied(words + " may not be written by user \(NSUserName())") : .other(words + " may only be read")
    }
}
