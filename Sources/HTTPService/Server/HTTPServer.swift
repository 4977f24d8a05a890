package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
package import TLS

/// A small HTTP/1.1 server: GET, HEAD and POST, bounded in every direction, for those whom `HTTPServerAccess` lets in.
///
/// It knows nothing of what it serves: the floors above give it the routes. `start` and `stop` are called once each.
package final class HTTPServer: Sendable {
    private let host: String
    private let port: Int
    private let access: HTTPServerAccess
    private let tls: TLSServerContext?
    private let limits: HTTPServerLimits
    private let refusals: HTTPServerRefusals
    private let group: any EventLoopGroup
    private let logger: Logger
    private let handler: HTTPRoutes.Handler
    private let state = Mutex(State())

    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: Connection] = [:]
    }

    private struct Connection {
        let channel: any Channel
        let seat: HTTPServerSeat
    }

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - tls: nil serves plain HTTP.
    ///   - refusals: where refused strangers are counted.
    ///   - group: nil is the process-wide group of NIO.
    ///   - handler: called for every request, on its connection's event loop; see `HTTPRoutes.respond`.
    package init(
        host: String, port: Int, access: HTTPServerAccess = HTTPServerAccess(), tls: TLSServerContext? = nil,
        limits: HTTPServerLimits = HTTPServerLimits(), refusals: HTTPServerRefusals = HTTPServerRefusals(),
        group: (any EventLoopGroup)? = nil,
        logger: Logger, handler: @escaping HTTPRoutes.Handler
    ) {
        self.host = host
        self.port = port
        self.access = access
        self.tls = tls
        self.limits = limits
        self.refusals = refusals
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        self.logger = logger
        self.handler = handler
    }

    /// Listens; the address that it got.
    ///
    /// - Throws: `ListenFailure`.
    package func start() async throws -> SocketAddress {
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(logger: self.logger) { self.takePlace($0) })
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.configure(channel) }
            }
            .listen(host: host, port: port)
        state.withLock { $0.listener = listener }
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Stops listening, lets the answers that are under way finish (bounded by the answer time-out), ends streams, closes the rest.
    package func stop() async {
        let (listener, connections) = state.withLock { state in
            defer { state.listener = nil }
            return (state.listener, state.connections.values.map(\.channel))
        }
        try? await listener?.close().get()
        for connection in connections {
            connection.pipeline.fireUserInboundEventTriggered(HTTPServerStop())
            connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        for connection in connections {
            try? await connection.closeFuture.get()
        }
    }

    /// Connections that the server has taken and that are still open.
    var openConnections: Int { state.withLock { $0.connections.count } }

    /// Takes a place. Where there is none, the connection that has waited longest for a request loses its own: silent ones must not
    /// keep a probe out. It is refused where all are at work.
    private func takePlace(_ channel: any Channel) -> AcceptGate.Admission {
        let admission = state.withLock { state -> AcceptGate.Admission in
            var displaced: (any Channel)?
            if state.connections.count >= limits.connections {
                refusals.addConnection()
                let waiting = state.connections.values.compactMap { one in
                    one.seat.waitingSince.map { (one.channel, $0) }
                }
                guard let oldest = waiting.min(by: { $0.1 < $1.1 })?.0 else { return .refused }
                state.connections[ObjectIdentifier(oldest)] = nil
                displaced = oldest
            }
            state.connections[ObjectIdentifier(channel)] = Connection(channel: channel, seat: HTTPServerSeat())
            return displaced.map(AcceptGate.Admission.instead) ?? .taken
        }
        switch admission {
        case .refused: break
        case .taken, .instead:
            channel.closeFuture.whenComplete { _ in
                self.state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(channel)) }
            }
        }
        return admission
    }

    /// Somebody came with a wrong token: the log has the first three and then every hundredth.
    private func tokenWasWrong(_ peer: SocketAddress?) {
        let count = refusals.addToken()
        guard count <= 3 || count.isMultiple(of: 100) else { return }
        logger.warning("a wrong token: \(count) so far", metadata: ["peer": "\(peer?.ipAddress ?? "-")"])
    }

    private func configure(_ channel: any Channel) throws {
        // None: it has lost its place to a newcomer already.
        guard let seat = state.withLock({ $0.connections[ObjectIdentifier(channel)]?.seat }) else {
            throw ChannelError.ioOnClosedChannel
        }
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(TLSHandler(server: tls)) }
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytes
        decoderLimits.maxHeaderListSize = limits.headerBytes
        decoderLimits.maxHeaderFieldCount = limits.headerFields
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(), withDecoderLimitConfiguration: decoderLimits)
        try pipeline.addHandler(
            HTTPServerHandler(
                access: access, isSecure: tls != nil, limits: limits, seat: seat, logger: logger,
                tokenWasWrong: { self.tokenWasWrong($0) }, respond: handler))
    }
}

/// Tells the handler of a connection that the server stops.
struct HTTPServerStop {}
