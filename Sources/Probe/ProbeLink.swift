import Carriers
import NIOCore
import SMPP
import SMPPWire
import TLS

/// What became of a request, or of an attempt to connect: a response, a failure, or neither in time.
struct ProbeReply: Sendable {
    var pdu: PDU?
    var failure: BindFailure?
    var time = Duration.zero
}

/// What came unasked over a link.
struct ProbeHeard: Sendable {
    var enquires = 0
    var receipts: [DeliveryReceipt] = []
    var others = 0

    mutating func add(_ other: ProbeHeard) {
        enquires += other.enquires
        receipts += other.receipts
        others += other.others
    }
}

/// One connection of a probe: requests and their responses by sequence number, and what the SMSC asks. Loop-confined.
///
///     opening ──active, or TLS handshake done──▶ open ──▶ ended
///        └──────────────────────failure──────────────────▶
final class ProbeLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Request {
        var promise: EventLoopPromise<ProbeReply>
        var began: ContinuousClock.Instant
        var deadline: Scheduled<Void>
    }

    private let usesTLS: Bool
    /// Whose receipts are the probe's; nil: none is.
    private let number: String?
    /// Succeeds once with an empty reply, or with a failure.
    private let opening: EventLoopPromise<ProbeReply>
    private var isOpening = true
    private var context: ChannelHandlerContext?
    private var requests: [UInt32: Request] = [:]
    private var sequence: UInt32 = 0
    private(set) var agreement: TLSHandshakeCompleted?
    private(set) var heard = ProbeHeard()
    /// Why the connection has ended; nil while it has not.
    private(set) var failure: BindFailure?
    /// Whether we end it.
    private var isLeaving = false

    init(usesTLS: Bool, number: String?, opening: EventLoopPromise<ProbeReply>) {
        self.usesTLS = usesTLS
        self.number = number
        self.opening = opening
    }

    /// Where our end of the connection is.
    var localAddress: String? { context?.channel.localAddress?.ipAddress }

    /// Whether it has ended, and not by us.
    var loss: BindFailure? { isLeaving ? nil : failure }

    // MARK: For the run

    /// Sends a request; succeeds with its response, with why there is none, or empty where none comes in time.
    func request(_ body: PDUBody, within limit: Duration = ProbeLimits.answer) -> EventLoopFuture<ProbeReply> {
        guard let context else {
            return opening.futureResult.eventLoop.makeSucceededFuture(
                ProbeReply(failure: failure ?? BindFailure(.closed)))
        }
        sequence += 1
        let number = sequence
        let promise = context.eventLoop.makePromise(of: ProbeReply.self)
        let deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(limit.nanoseconds)) { [self] in
            settle(number, with: ProbeReply())
        }
        requests[number] = Request(promise: promise, began: .now, deadline: deadline)
        write(PDU(sequence: number, body))
        return promise.futureResult
    }

    /// Unbinds where it is bound, and closes.
    func leave() -> EventLoopFuture<Void> {
        isLeaving = true
        return request(.unbind, within: ProbeLimits.unbind).assumeIsolated().map { [self] _ in close() }.nonisolated()
    }

    func close() {
        isLeaving = true
        context?.close(promise: nil)
    }

    /// The connection could not be made.
    func connectFailed(_ error: any Error) {
        ended(BindFailure(TransportFailure.cause(of: error)))
    }

    private func settle(_ number: UInt32, with reply: ProbeReply) {
        guard let request = requests.removeValue(forKey: number) else { return }
        request.deadline.cancel()
        var reply = reply
        reply.time = ContinuousClock.now - request.began
        request.promise.succeed(reply)
    }

    private func write(_ pdu: PDU) {
        var bytes = ByteBuffer()
        do throws(PDUEncodingError) {
            try PDUEncoder.encode(pdu, into: &bytes)
        } catch {
            // Login and texts are looked at before: nothing of ours is unwritable, and the deadline would tell.
            return
        }
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func opened() {
        guard isOpening else { return }
        isOpening = false
        opening.succeed(ProbeReply())
    }

    private func ended(_ cause: BindFailure) {
        failure = failure ?? cause
        if isOpening {
            isOpening = false
            opening.succeed(ProbeReply(failure: failure))
        }
        for number in requests.keys { settle(number, with: ProbeReply(failure: failure)) }
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        ended(BindFailure(.closed))
    }

    func channelActive(context: ChannelHandlerContext) {
        if !usesTLS { opened() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? TLSHandshakeCompleted else { return }
        agreement = event
        opened()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        do throws(PDUDecodingError) {
            received(try PDUDecoder.decode(frame))
        } catch {
            unreadable(error, PDUHeader(peeking: frame)?.status ?? error.status)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? BindFailure(TransportFailure.cause(of: error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(BindFailure(.closed))
    }

    private func received(_ pdu: PDU) {
        switch pdu.body {
        case .bindResponse, .submitResponse, .enquireLinkResponse, .unbindResponse, .genericNack:
            settle(pdu.sequence, with: ProbeReply(pdu: pdu))
        case .enquireLink:
            heard.enquires += 1
            write(PDU(sequence: pdu.sequence, .enquireLinkResponse))
        case .deliver(let message):
            write(PDU(status: delivered(message), sequence: pdu.sequence, .deliverResponse(MessageResponse())))
        case .data(let message):
            let status = delivered(ShortMessage(message))
            write(PDU(status: status, sequence: pdu.sequence, .dataResponse(MessageResponse())))
        case .unbind:
            write(PDU(sequence: pdu.sequence, .unbindResponse))
            failure = failure ?? BindFailure(.unbindReceived)
            context?.close(promise: nil)
        case .deliverResponse, .dataResponse, .queryResponse, .cancelResponse, .alertNotification, .outbind: break
        case .bind, .submit, .query, .cancel:
            write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack))
        case .unknown(let id, _):
            if !id.isResponse { write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack)) }
        }
    }

    /// Receipts of the probe's own number are taken. Others are somebody's who is bound with the same login: a temporary error
    /// makes the SMSC bring them again.
    private func delivered(_ message: ShortMessage) -> CommandStatus {
        guard let number, let receipt = DeliveryReceipt(parsing: message), heard.receipts.count < ProbeLimits.kept,
            [message.source, message.destination].contains(where: { $0.value.hasSuffix(number) })
        else {
            heard.others += 1
            return .systemError
        }
        heard.receipts.append(receipt)
        return .ok
    }

    /// A response still says by its header what it answers.
    private func unreadable(_ error: PDUDecodingError, _ status: CommandStatus) {
        switch error.commandID {
        case .deliverSM: write(PDU(status: error.status, sequence: error.sequence, .deliverResponse(MessageResponse())))
        case .dataSM: write(PDU(status: error.status, sequence: error.sequence, .dataResponse(MessageResponse())))
        case _ where error.commandID.isResponse:
            settle(error.sequence, with: ProbeReply(pdu: PDU(status: status, sequence: error.sequence, .genericNack)))
        default: write(PDU(status: error.status, sequence: error.sequence, .genericNack))
        }
    }
}
