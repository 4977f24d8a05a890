import Logging
import NIOCore
import NIOPosix
import SMPP
import SMPPWire
import TLS
import Testing

@testable import Simulator

/// A small ESME over a real socket: what arrives is awaited in order. The tests' time limit bounds every wait.
final class ESME {
    enum Event: Equatable {
        case pdu(PDU)
        /// What arrived is not SMPP.
        case garbage
        case reset
        case closed
    }

    let channel: any Channel
    private var events: AsyncStream<Event>.Iterator
    private var sequence: UInt32 = 0

    init(_ address: SocketAddress, tls: TLSClientContext? = nil) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        events = stream.makeAsyncIterator()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(TLSHandler(client: tls, serverName: nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
                    try channel.pipeline.syncOperations.addHandler(EventHandler(continuation: continuation))
                }
            }
            .connect(to: address).get()
    }

    /// Connects and binds.
    static func bound(_ address: SocketAddress, _ kind: BindKind = .transceiver, systemID: String = "esme") async throws
        -> ESME
    {
        let esme = try await ESME(address)
        let response = try await esme.request(.bind(kind, BindRequest(systemID: systemID, password: "secret")))
        try #require(response.status == .ok)
        return esme
    }

    /// Sends PDUs in one write, with the next sequence numbers; the numbers.
    @discardableResult
    func send(_ bodies: PDUBody...) async throws -> [UInt32] { try await send(bodies) }

    @discardableResult
    func send(_ bodies: [PDUBody]) async throws -> [UInt32] {
        var octets = ByteBuffer()
        var sequences: [UInt32] = []
        for body in bodies {
            sequence += 1
            sequences.append(sequence)
            try PDUEncoder.encode(PDU(sequence: sequence, body), into: &octets)
        }
        try await channel.writeAndFlush(octets)
        return sequences
    }

    func send(octets: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: octets))
    }

    func next() async -> Event { await events.next(isolation: #isolation) ?? .closed }

    /// The next PDU; anything else fails the test.
    func nextPDU() async throws -> PDU {
        let event = await next()
        guard case .pdu(let pdu) = event else {
            Issue.record("no PDU but \(event)")
            throw ChannelError.eof
        }
        return pdu
    }

    /// Sends one request and awaits what answers it; the sequence number must be the same.
    func request(_ body: PDUBody) async throws -> PDU {
        let sequences = try await send(body)
        let response = try await nextPDU()
        #expect(response.sequence == sequences[0])
        return response
    }

    /// Sends a message and awaits its answer.
    func submit(_ destination: String, text: String = "hello") async throws -> (CommandStatus, MessageResponse) {
        let answer = try await request(.submit(.to(destination, text: text)))
        guard case .submitResponse(let response) = answer.body else {
            Issue.record("not a submit_sm_resp: \(answer.commandID.name)")
            throw ChannelError.eof
        }
        return (answer.status, response)
    }

    func close() async throws {
        try? await channel.close()
    }
}

private final class EventHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ESME.Event>.Continuation

    init(continuation: AsyncStream<ESME.Event>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let pdu = try? PDUDecoder.decode(unwrapInboundIn(data)) else {
            continuation.yield(.garbage)
            return
        }
        continuation.yield(.pdu(pdu))
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.yield(.closed)
        continuation.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.yield(error is FrameError ? .garbage : .reset)
        context.close(promise: nil)
    }
}

extension ShortMessage {
    static func to(_ destination: String, text: String = "hello") -> ShortMessage {
        ShortMessage(
            source: SMPPAddress(ton: 5, npi: 0, "ACME"), destination: SMPPAddress(ton: 1, npi: 1, destination),
            shortMessage: Array(text.utf8))
    }
}

/// Runs `body` with a simulator on a port of its own, and stops it.
func withSimulator(
    _ options: SimulatorOptions = SimulatorOptions(), _ body: (SimulatorServer, SocketAddress) async throws -> Void
) async throws {
    var options = options
    options.port = 0
    let server = SimulatorServer(
        options: options, group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "simulator.test"))
    let address = try await server.start()
    do {
        try await body(server, address)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
