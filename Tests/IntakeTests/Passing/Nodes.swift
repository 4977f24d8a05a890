import Cluster
import Intake
import Logging
import NIOCore
import NIOPosix
import SMPP
import TLS
import TestPrograms

/// Nodes of one cluster in this process, each a whole intake that listens.
final class Nodes: Sendable {
    /// One of them.
    struct Node: Sendable {
        let server: IntakeServer
        let address: SocketAddress
        let handler: ScriptedHandler
        let lines: LogLines
    }

    static let account = Account(
        index: 0, name: "acme", login: "acme", password: ScryptHash.make(password: "right", logN: 10),
        key: KeyHash(hashing: Array(EmbeddedIntake.key.utf8)), language: .en)

    private let folder: TemporaryFolder
    /// For everybody's connections.
    let client: TLSClientContext

    /// - Parameter names: each has a certificate of the cluster's authority.
    init(_ names: [String] = ["a", "b", "c"]) throws {
        folder = try TemporaryFolder()
        var authority = ""
        for name in names + ["server", "stranger"] {
            let made = try SelfSignedCertificate.make(
                commonName: name, subjectAltNames: ["localhost", "127.0.0.1"], days: 1)
            try folder.write(made.certificatePEM, to: "\(name).crt")
            try folder.write(made.keyPEM, to: "\(name).key")
            if names.contains(name) { authority += made.certificatePEM }
        }
        try folder.write(authority, to: "nodes.crt")
        client = try TLSClientContext(caFile: folder.file("server.crt"))
    }

    deinit { folder.remove() }

    func certificates(_ name: String) -> NodeCertificates {
        NodeCertificates(
            caFile: folder.file("nodes.crt"), certificateFile: folder.file("\(name).crt"),
            keyFile: folder.file("\(name).key"))
    }

    /// Everybody's certificate, and that of a node.
    func serverContext(_ name: String?) throws -> TLSServerContext {
        try TLSServerContext(
            certificateFile: folder.file("server.crt"), keyFile: folder.file("server.key"),
            nodes: name.map(certificates))
    }

    /// Starts a node.
    ///
    /// - Parameters:
    ///   - name: nil: it is no node.
    ///   - isBound: whether its carriers take messages.
    func start(
        _ name: String?, isBound: Bool, reply: IntakeReply? = ScriptedHandler.accepted, account: Account = account,
        configure: (inout IntakeConfiguration) -> Void = { _ in }
    ) async throws -> Node {
        var configuration = IntakeConfiguration(listen: [("127.0.0.1", 0)])
        configuration.tls = try serverContext(name)
        if let name { configuration.passing = PassingRules(tls: try TLSClientContext(certificates(name))) }
        configure(&configuration)
        let (handler, lines) = (ScriptedHandler(automatic: reply), LogLines())
        let server = IntakeServer(
            configuration: configuration, accounts: [account], group: MultiThreadedEventLoopGroup.singleton,
            logger: lines.logger, messageLog: lines.messages,
            unbound: { _, _, to in isBound || to.isEmpty ? nil : ["main"] }, handler: handler.handler)
        guard let address = try await server.start().first else { throw ChannelError.unknownLocalAddress }
        return Node(server: server, address: address, handler: handler, lines: lines)
    }

    /// A peer that listens there.
    static func peer(_ name: String, _ address: SocketAddress, carriers: Set<String> = ["main"]) -> Peer {
        Peer(name: name, address: "https://127.0.0.1:\(address.port ?? 0)", carriers: carriers)
    }

    /// A node that does with each request what `answer` says: nil = it closes at once.
    func startDouble(
        _ name: String, _ answer: @escaping @Sendable (String) -> String?
    ) async throws -> any Channel {
        let context = try serverContext(name)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([TLSHandler(server: context), Double(answer)])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Double: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: @Sendable (String) -> String?

        init(_ answer: @escaping @Sendable (String) -> String?) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let text = answer(String(buffer: unwrapInboundIn(data))) else {
                return context.close(promise: nil)
            }
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }
}
