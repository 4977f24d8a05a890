import Glibc
import Logging
import NIOCore
import NIOPosix
import SMPP
import SMPPWire
import TLS

/// Opens connections to a carrier's hosts, TLS included where it is configured.
struct BindConnector: Sendable {
    /// Bytes that the peer's TCP has not acknowledged for so long mean a dead connection.
    private static let unacknowledged = Duration.seconds(20)

    private let tls: CarrierTLS?
    private let bindFrom: String?
    private let timeout: TimeAmount
    private let writeTimeout: TimeAmount
    private let readAhead: Int
    private let resets: Bool
    private let logger: Logger

    /// - Parameter resets: whether what a connection has not sent dies with this process.
    init(_ configuration: CarrierConfiguration, resets: Bool, logger: Logger) {
        self.logger = logger
        self.resets = resets
        tls = configuration.tls
        bindFrom = configuration.setup.bindFrom
        timeout = .nanoseconds(configuration.setup.timings.connect.nanoseconds)
        readAhead = configuration.setup.limits.readAhead
        writeTimeout = .nanoseconds(configuration.setup.timings.response.nanoseconds)
    }

    /// Connects. The name is resolved now, off the event loops, and all its addresses are tried, of IPv4 and IPv6; with
    /// `bind_from`, those of its own family are reached.
    ///
    /// - Returns: the handler of the connection; its TLS handshake may still be under way.
    func connect(to target: HostPort, on eventLoop: any EventLoop) -> EventLoopFuture<BindHandler> {
        refresh(on: eventLoop)
            .flatMap { open(target, on: eventLoop) }
            .flatMapThrowing { channel in try channel.pipeline.syncOperations.handler(type: BindHandler.self) }
    }

    private func open(_ target: HostPort, on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                ChannelOptions.Types.SocketOption(
                    level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)),
                value: SocketOptionValue(Self.unacknowledged.nanoseconds / 1_000_000)
            )
            .channelInitializer { [tls, timeout, writeTimeout, readAhead, resets] channel in
                channel.eventLoop.makeCompletedFuture {
                    if resets { SocketLinger.resets(true, on: channel) }
                    if let tls {
                        let handler = TLSHandler(
                            client: tls.context, serverName: tls.serverName ?? target.host, handshakeTimeout: timeout)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        BindHandler(
                            usesTLS: tls != nil, writeTimeout: writeTimeout, readAhead: readAhead, resets: resets))
                }
            }
        do {
            guard let bindFrom else { return bootstrap.connect(host: target.host, port: target.port) }
            return bootstrap.bind(to: try SocketAddress(ipAddress: bindFrom, port: 0))
                .connect(host: target.host, port: target.port)
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
    }

    /// Reads certificates anew where their files have changed. That takes its time: not on an event loop.
    private func refresh(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        guard let context = tls?.context else { return eventLoop.makeSucceededVoidFuture() }
        return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { [logger] in
            do throws(TLSError) {
                guard try context.reloadIfChanged() else { return }
                logger.notice("the carrier's certificates were read anew")
            } catch {
                logger.warning("the carrier's certificates cannot be read anew", metadata: ["problem": "\(error)"])
            }
        }
    }
}
