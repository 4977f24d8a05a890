import Carriers
import Delivery
import HTTPService
import Intake
import Journal
import Logging
package import NIOCore
import Nodes
import Operations
import ServiceLifecycle
package import Settings
import TLS

/// The bridge as a service: monitor, carriers and intake, started in that order and stopped in the reverse one.
package struct BridgeService: Service, CustomStringConvertible {
    /// The addresses it listens on.
    package struct Addresses: Sendable {
        package var intake: [SocketAddress]
        package var monitor: SocketAddress
    }

    /// How long the journal may take to write what is left.
    private static let journalEnd = Duration.seconds(5)

    private let assembly: BridgeAssembly
    private let logger: Logger
    private let onReady: @Sendable (Addresses) -> Void

    /// The service group logs its services: nothing of what is inside.
    package var description: String { "bridge" }

    /// - Parameters:
    ///   - read: reads the configuration anew for a reload.
    ///   - log: a reload changes its level.
    ///   - onReady: called once, when the listeners are up; binds may still be on their way.
    /// - Throws: what stops the bridge from being built: a certificate or key that OpenSSL does not take.
    package init(
        settings: Settings, read: @escaping ConfigurationReader, group: any EventLoopGroup, log: ServiceLog,
        onReady: @escaping @Sendable (Addresses) -> Void = { _ in }
    ) throws {
        assembly = try BridgeAssembly(settings: settings, read: read, group: group, log: log)
        logger = log.logger
        self.onReady = onReady
    }

    /// One line about the carriers. From any thread.
    package var statusLine: String { assembly.state.statusLine }

    /// Reads all files and applies what they say: accounts, routes and texts at once; changed carriers hand over one by one
    /// after it. An invalid configuration is refused whole.
    @discardableResult
    package func reload(_ cause: ReloadCause) async -> ReloadReport {
        await assembly.reloader.reload(cause)
    }

    /// Runs until the service group begins its graceful shutdown; then the intake drains before the binds are ended,
    /// so that no answer is lost.
    ///
    /// - Throws: when a listener cannot be opened.
    package func run() async throws {
        let monitor: SocketAddress
        do {
            try await assembly.nodes?.check()
            monitor = try await Self.listening("monitor.listen") { try await assembly.monitor.start() }
        } catch {
            await assembly.nodes?.end()
            throw error
        }
        assembly.feed.start()
        // Before any message, and before a receipt of an earlier process's messages can come.
        await assembly.journal?.journal.start()
        await assembly.journal?.learnConversations(logger: logger)
        assembly.journal?.postings.start()
        let quotaProblem = await assembly.quotas.learn(isStart: true)
        await assembly.reloader.start()
        assembly.watch.start()
        do {
            let intake = try await Self.listening("intake.listen") { try await assembly.intake.start() }
            logger.notice(
                "smppost is ready",
                metadata: [
                    "intake": "\(intake.map(\.hostAndPort).joined(separator: ", "))",
                    "monitor": "\(monitor.hostAndPort)",
                ])
            onReady(Addresses(intake: intake, monitor: monitor))
            let monitorCertificate = assembly.monitorCertificate.map { [("monitor", $0)] } ?? []
            await ServiceWatch(
                certificates: [("intake", assembly.certificate)] + monitorCertificate, reloader: assembly.reloader,
                quotas: assembly.quotas, logger: logger
            ).run(quotaProblem: quotaProblem)
        } catch {
            await stop()
            throw error
        }
        await stop()
        logger.notice("smppost has stopped")
    }

    /// An address that cannot be listened on is told with the key that names it.
    private static func listening<Address: Sendable>(
        _ key: String, _ start: () async throws -> Address
    ) async throws -> Address {
        do {
            return try await start()
        } catch var failure as ListenFailure {
            failure.key = key
            throw failure
        }
    }

    private func stop() async {
        logger.notice("smppost is stopping")
        try? await assembly.watch.stop().get()
        await assembly.reloader.endReloads()
        await assembly.intake.drain(within: assembly.drainWithin)
        // No message can come any more: all carriers end their binds at the same time.
        await assembly.nodes?.stop()
        await assembly.reloader.stop()
        await assembly.nodes?.end()
        await assembly.traces.stop()
        // Late responses and receipts are over too.
        await assembly.journal?.postings.stop()
        await assembly.journal?.journal.stop(within: Self.journalEnd)
        try? await assembly.feed.stop().get()
        await assembly.monitor.stop()
    }
}
