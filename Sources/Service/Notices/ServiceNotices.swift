import Foundation
package import Logging
package import NIOCore
import ServiceLifecycle

/// Tells the service manager (systemd, `Type=notify`) how the service is, and keeps its watchdog content as long as the event
/// loops turn: sd_notify(3), sd_watchdog_enabled(3).
///
/// It is the last service of its group, so that it is the first to say that the service stops.
package struct ServiceNotices: Service, CustomStringConvertible {
    private let socket: NotifySocket
    /// nil = the service manager has no watchdog for us.
    private let watchdog: Duration?
    private let group: any EventLoopGroup
    private let status: @Sendable () -> String
    private let logger: Logger

    /// Without a watchdog the status is looked at this often.
    private static let statusEvery = Duration.seconds(10)

    /// The service group logs its services.
    package var description: String { "notices to the service manager" }

    /// - Parameters:
    ///   - environment: with `WATCHDOG_USEC` and `WATCHDOG_PID`.
    ///   - group: its event loops are what the watchdog is told to be alive.
    ///   - status: one line about the service, for `systemctl status`; called off the event loops.
    package init(
        _ socket: NotifySocket, environment: [String: String] = ProcessInfo.processInfo.environment,
        group: any EventLoopGroup, logger: Logger, status: @escaping @Sendable () -> String
    ) {
        self.socket = socket
        watchdog = Self.watchdog(environment)
        self.group = group
        self.logger = logger
        self.status = status
    }

    /// How long the service manager waits for a sign of life; nil = it waits for none, or for another process's.
    static func watchdog(_ environment: [String: String]) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0 else { return nil }
        if let pid = environment["WATCHDOG_PID"], pid != String(ProcessInfo.processInfo.processIdentifier) {
            return nil
        }
        return .microseconds(microseconds)
    }

    /// The status, when it changes, and signs of life, until the service shuts down.
    package func run() async throws {
        // The loops may take a third of the time, and a third goes by before they are asked again.
        let every = min(watchdog.map { $0 / 3 } ?? Self.statusEvery, Self.statusEvery)
        await cancelWhenGracefulShutdown {
            var told = ""
            while !Task.isCancelled {
                if watchdog != nil, await loopsTurn(within: every) { socket.send(["WATCHDOG=1"]) }
                let now = line
                if now != told, socket.send(["STATUS=" + now]) { told = now }
                try? await Task.sleep(for: every)
            }
        }
        if !socket.send(["STOPPING=1", "STATUS=stopping"]) {
            logger.warning("the service manager does not hear that the service stops")
        }
    }

    private var line: String { status().replacing("\n", with: " ") }

    /// Whether every event loop runs a task within this time.
    private func loopsTurn(within limit: Duration) async -> Bool {
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        let turns = group.makeIterator().map { $0.submit {} }
        EventLoopFuture.andAllComplete(turns, on: group.next()).whenComplete { _ in answer.yield(true) }
        // Not on one of the loops that are asked: they may stand still.
        let timeout = Task {
            try? await Task.sleep(for: limit)
            answer.yield(false)
        }
        defer { timeout.cancel() }
        return await answers.first { _ in true } ?? false
    }
}
