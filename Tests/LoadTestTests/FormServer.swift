import Foundation
import HTTPService
import NIOCore
import NIOPosix
import Synchronization
import TLS
import TestPrograms

@testable import LoadTest

/// A server of the form over TLS that answers as a test wants.
final class FormServer: Sendable {
    /// What is done with a request.
    enum Answer: Sendable {
        case reply(String)
        /// The connection is closed without an answer.
        case hangUp
        case silence
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let folder: TemporaryFolder
    private let channel: any Channel
    let received = Mutex<[String]>([])

    /// - Parameter answer: to the n-th request (from 0) with this body, so long after the start; and how long it takes.
    static func start(
        _ answer: @escaping @Sendable (_ number: Int, _ body: String, _ since: Duration) -> (Answer, after: Duration)
    ) async throws -> FormServer {
        try await FormServer(answer)
    }

    private init(
        _ answer: @escaping @Sendable (_ number: Int, _ body: String, _ since: Duration) -> (Answer, after: Duration)
    ) async throws {
        folder = try TemporaryFolder()
        let made = try SelfSignedCertificate.make(
            commonName: "localhost", subjectAltNames: ["localhost", "127.0.0.1"], days: 1)
        try folder.write(made.certificatePEM, to: "c.pem")
        try folder.write(made.keyPEM, to: "k.pem")
        let context = try TLSServerContext(certificateFile: folder.file("c.pem"), keyFile: folder.file("k.pem"))
        let box = Box()
        channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TLSHandler(server: context))
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(box: box, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        box.server.withLock { $0 = self }
    }

    var url: HTTPURL {
        get throws {
            guard let url = HTTPURL("https://127.0.0.1:\(channel.localAddress?.port ?? 0)/sms") else {
                throw CocoaError(.coderInvalidValue)
            }
            return url
        }
    }

    /// A plan of this server, whose certificate is trusted.
    func plan(_ pacing: LoadPlan.Pacing) throws -> LoadPlan {
        let context = try TLSClientContext(caFile: folder.file("c.pem"))
        return LoadPlan(target: .form(try url, context), pacing: pacing, run: 1)
    }

    func stop() async throws {
        try await channel.close().get()
        try await group.shutdownGracefully()
        folder.remove()
    }

    static func ok(_ fields: String = "X-Outcome: accepted\r\nX-Segments: 1/1\r\n") -> Answer {
        .reply("HTTP/1.1 200 OK\r\n\(fields)Content-Length: 3\r\n\r\nok\n")
    }

    final class Box: Sendable {
        let server = Mutex<FormServer?>(nil)
        let count = Atomic(0)
        let start = ContinuousClock.now
    }
}

private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let box: FormServer.Box
    private let answer: @Sendable (Int, String, Duration) -> (FormServer.Answer, after: Duration)
    private var text = ""

    init(
        box: FormServer.Box, answer: @escaping @Sendable (Int, String, Duration) -> (FormServer.Answer, after: Duration)
    ) {
        self.box = box
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let head = text.range(of: "\r\n\r\n"), let field = text.range(of: "Content-Length: ") else { return }
        let length = Int(text[field.upperBound...].prefix { $0.isNumber }) ?? 0
        let body = String(text[head.upperBound...])
        guard body.utf8.count >= length else { return }
        text = ""
        let number = box.count.wrappingAdd(1, ordering: .relaxed).oldValue
        box.server.withLock { $0 }?.received.withLock { $0.append(body) }
        let (answer, delay) = answer(number, body, ContinuousClock.now - box.start)
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [self] in
            switch answer {
            case .reply(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .hangUp: context.close(promise: nil)
            case .silence: break
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
