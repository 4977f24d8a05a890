import Foundation
import Glibc
import HTTPService
import NIOCore
import NIOPosix
import SMPP
package import Settings

/// What a start needs of this machine besides its configuration, looked at before it, as this user.
package enum StartCheck {
    /// What would make a start vain: the journal can never be written, as this user may not. With `on_outage: continue` it is not needed.
    ///
    /// - Parameter file: `smppost.yaml`, as the user gave it.
    package static func problems(_ settings: Settings, file: String) -> [ConfigurationProblem] {
        guard case .denied(let words) = journal(settings), settings.journal?.onOutage == .refuse else { return [] }
        return [told(file, words, isWarning: false)]
    }

    /// What may be mended until then, or matters only to a part: another obstacle to the journal, folders of traces and proven logins,
    /// addresses that are taken. Takes no longer than the system needs to say so.
    package static func warnings(_ settings: Settings, file: String) async -> [ConfigurationProblem] {
        var words: [String] = []
        switch journal(settings) {
        case .other(let other): words.append(other)
        case .denied(let denied) where settings.journal?.onOutage == .continue: words.append(denied)
        case .denied, nil: break
        }
        let files = [
            ("monitor.trace_directory", settings.monitor.traceDirectory + "/trace"),
            ("intake.proven_file", settings.intake.provenFile),
        ]
        for (key, path) in files {
            if let path, let obstacle = obstacle(key, path) { words.append(obstacle.words) }
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
                words.append("\(failure)")
            }
        }
        return words.map { told(file, $0, isWarning: true) }
    }

    private static func told(_ file: String, _ message: String, isWarning: Bool) -> ConfigurationProblem {
        ConfigurationProblem(file: file, line: 1, column: 1, message: message, isWarning: isWarning)
    }

    private static func journal(_ settings: Settings) -> Obstacle? {
        guard case .sqlite(let path) = settings.journal?.store else { return nil }
        return obstacle("journal.url", path)
    }

    /// Why a file cannot be written, or made with the folders that it needs.
    private enum Obstacle {
        /// This user may not.
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
        let files = FileManager.default
        if files.fileExists(atPath: path) { return obstacle(key, path, at: path) }
        var folder = (path as NSString).deletingLastPathComponent
        while !folder.isEmpty, folder != "/", !files.fileExists(atPath: folder) {
            folder = (folder as NSString).deletingLastPathComponent
        }
        return obstacle(key, path, at: folder.isEmpty ? "." : folder)
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
