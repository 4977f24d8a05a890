import Foundation
import HTTPService
import Messaging
import NIOCore
import NIOHTTP1
import NIOPosix
import SMPP
import SMPPWire
import Synchronization

@testable import LoadTest

/// An SMSC that answers as a test wants, with a record of what it received that may lie.
final class SMSCServer: Sendable {
    /// What is done with a submit.
    struct Answer: Sendable {
        /// Nil: no answer.
        var status: CommandStatus? = .ok
        var after = Duration.zero
        /// When its receipt comes after the answer; before it where negative; nil: never.
        var receiptAfter: Duration? = .milliseconds(5)
        /// How often it is written into the record.
        var recorded = 1
        var hangsUp = false
    }

    final class Shared: Sendable {
        let answer: @Sendable (_ number: Int, _ message: ShortMessage) -> Answer
        let password: String
        /// Answers binds by `generic_nack`.
        let nacks: CommandStatus?
        /// Closes the connection in place of an answer to binds.
        let closes: Bool
        let count = Atomic(0)
        let largestWindow = Atomic(0)
        let receiptsAnswered = Atomic(0)
        let record = Mutex<[String]>([])

        init(
            password: String, nacks: CommandStatus?, closes: Bool,
            answer: @escaping @Sendable (Int, ShortMessage) -> Answer
        ) {
            self.password = password
            self.nacks = nacks
            self.closes = closes
            self.answer = answer
        }
    }

    let shared: Shared
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let page: any Channel

    init(
        password: String = "smppass", nacks: CommandStatus? = nil, closes: Bool = false,
        _ answer: @escaping @Sendable (Int, ShortMessage) -> Answer = { _, _ in Answer() }
    ) async throws {
        let shared = Shared(password: password, nacks: nacks, closes: closes, answer: answer)
        self.shared = shared
        channel = try await ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
                    try pipeline.addHandler(SMSCHandler(shared: shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        page = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(RecordHandler(shared: shared))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var pageURL: HTTPURL? { HTTPURL(statusPage: "http://127.0.0.1:\(page.localAddress?.port ?? 0)") }

    func plan(_ pacing: LoadPlan.Pacing, _ change: (inout SubmitOptions) -> Void = { _ in }) -> LoadPlan {
        var options = SubmitOptions(
            host: "127.0.0.1", port: channel.localAddress?.port ?? 0, systemID: "acme", password: "smppass")
        change(&options)
        var plan = LoadPlan(target: .submit(options), pacing: pacing, run: 12_345)
        plan.connections = 1
        return plan
    }

    func stop() async throws {
        try await channel.close().get()
        try await page.close().get()
        try await group.shutdownGracefully()
    }
}

private final class SMSCHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: SMSCServer.Shared
    private var waiting = 0
    private var sequence: UInt32 = 0

    init(shared: SMSCServer.Shared) {
        self.shared = shared
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let pdu = try? PDUDecoder.decode(unwrapInboundIn(data)) else {
            context.close(promise: nil)
            return
        }
        switch pdu.body {
        case .bind where shared.closes: context.close(promise: nil)
        case .bind where shared.nacks != nil:
            send(context, PDU(status: shared.nacks ?? .ok, sequence: pdu.sequence, .genericNack))
        case .bind(let kind, let request):
            let status: CommandStatus = request.password == shared.password ? .ok : .invalidPassword
            send(context, PDU(status: status, sequence: pdu.sequence, .bindResponse(kind, BindResponse(systemID: "T"))))
        case .unbind:
            send(context, PDU(sequence: pdu.sequence, .unbindResponse))
            context.close(promise: nil)
        case .submit(let message): submitted(context, pdu.sequence, message)
        case .deliverResponse: shared.receiptsAnswered.wrappingAdd(1, ordering: .relaxed)
        default: break
        }
    }

    private func submitted(_ context: ChannelHandlerContext, _ sequence: UInt32, _ message: ShortMessage) {
        let number = shared.count.wrappingAdd(1, ordering: .relaxed).oldValue
        let answer = shared.answer(number, message)
        waiting += 1
        shared.largestWindow.max(waiting, ordering: .relaxed)
        if answer.hangsUp {
            context.close(promise: nil)
            return
        }
        for _ in 0..<answer.recorded { record(message, answer.status) }
        let loop = context.eventLoop.assumeIsolated()
        let asked = message.registeredDelivery == 1
        if let status = answer.status {
            loop.scheduleTask(in: TimeAmount(answer.after)) { [self] in
                waiting -= 1
                let response = MessageResponse(messageID: status == .ok ? "\(number)" : "")
                send(context, PDU(status: status, sequence: sequence, .submitResponse(response)))
            }
        }
        guard asked, answer.status == .ok, let wait = answer.receiptAfter else { return }
        loop.scheduleTask(in: TimeAmount(max(.zero, answer.after + wait))) { [self] in
            let text =
                "id:\(number) sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:DELIVRD err:000 text:"
            self.sequence += 1
            let receipt = ShortMessage(
                source: message.destination, destination: message.source, esmClass: 4, shortMessage: Array(text.utf8))
            send(context, PDU(sequence: self.sequence, .deliver(receipt)))
        }
    }

    private func record(_ message: ShortMessage, _ status: CommandStatus?) {
        var (octets, part, parts, reference) = (message.shortMessage, 1, 1, 0)
        if message.esmClass & 0x40 != 0, octets.count > 6 {
            (reference, parts, part) = (Int(octets[3]), Int(octets[4]), Int(octets[5]))
            octets.removeFirst(6)
        }
        let alphabet: Alphabet = message.dataCoding == 8 ? .ucs2 : message.dataCoding == 3 ? .latin1 : .gsm
        let text = TextDecoding.text(octets, alphabet: alphabet)
        shared.record.withLock { record in
            let line: [String: Any] = [
                "n": record.count + 1, "system_id": "acme", "bind": 1, "from": message.source.value,
                "to": message.destination.value, "ref": reference, "part": part, "parts": parts, "text": text,
                "status": status?.hex ?? NSNull(), "receipt": NSNull(),
            ]
            let data = (try? JSONSerialization.data(withJSONObject: line)) ?? Data()
            record.append(String(decoding: data, as: UTF8.self))
        }
    }

    private func send(_ context: ChannelHandlerContext, _ pdu: PDU) {
        var buffer = ByteBuffer()
        guard (try? PDUEncoder.encode(pdu, into: &buffer)) != nil else { return }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// `GET /record` and `GET /counters`.
private final class RecordHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let shared: SMSCServer.Shared
    private var uri = ""

    init(shared: SMSCServer.Shared) {
        self.shared = shared
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): uri = head.uri
        case .body: break
        case .end:
            let query = uri.split(separator: "?").last?.split(separator: "&") ?? []
            func number(_ name: String) -> Int {
                query.first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
            }
            let text: String
            if uri.hasPrefix("/record") {
                text = shared.record.withLock { record in
                    record.dropFirst(number("after")).prefix(number("limit")).map { $0 + "\n" }.joined()
                }
            } else {
                text = "{\"run_receipts_waiting\":0}"
            }
            let body = ByteBuffer(string: text)
            let head = HTTPResponseHead(
                version: .http1_1, status: .ok, headers: ["Content-Length": "\(body.readableBytes)"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
