import Foundation
import HTTPService
import NIOCore
import NIOPosix
package import Settings

/// What a start needs of this machine besides its configuration, looked at before it, as this user.
package enum StartCheck {
    /// What would make a start vain: the journal can never be written.
    ///
    /// - Parameter file: `smppost.yaml`, as the user gave it.
    package static func problems(_ settings: Settings, file: String) -> [ConfigurationProblem] {
        guard case .sqlite(let path) = settings.journal?.store, let problem = unwritable(path) else { return [] }
        return [told(file, "\"journal.url\": \(problem)", isWarning: false)]
    }

    /// What may be mended until then, or matters only to a part: folders of traces and proven logins, addresses that are taken. Takes
    /// no longer than the system needs to say so.
    package static func warnings(_ settings: Settings, file: String) async -> [ConfigurationProblem] {
        var words: [String] = []
        if let problem = unwritable(settings.monitor.traceDirectory + "/trace") {
            words.append("\"monitor.trace_directory\": \(problem)")
        }
        if let path = settings.intake.provenFile, let problem = unwritable(path) {
            words.append("\"intake.proven_file\": \(problem)")
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

    /// Why a file cannot be written, or made with the folders that it needs.
    private static func unwritable(_ path: String) -> String? {
        let files = FileManager.default
        if files.fileExists(atPath: path) {
            return files.isWritableFile(atPath: path) ? nil : "\(path) may not be written by \(user)"
        }
        var folder = (path as NSString).deletingLastPathComponent
        while !folder.isEmpty, folder != "/", !files.fileExists(atPath: folder) {
            folder = (folder as NSString).deletingLastPathComponent
        }
        if folder.isEmpty { folder = "." }
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            return "\(path) cannot be made: \(folder) is no folder"
        }
        return files.isWritableFile(atPath: folder)
            ? nil : "\(path) cannot be made: \(folder) may not be written by \(user)"
    }

    private static var user: String { "user \(NSUserName())" }
}
