import Logging
import NIOCore
import SMPP
import SMPPWire

/// One connection of an ESME, from its first octet to its last. Everything happens on its event loop.
///
/// ```
///        bind ok               unbind, either way
/// open ──────────▶ bound ─────────────────────────▶ closing ──▶ closed
///   │ no bind in time, garbage: generic_nack first      ▲
///   └───────────────────────────────────────────────────┤
///                    │ nothing heard for `forgetAfter`  │
///                    ├──────────────────────────────────┤
///                    │ fault `unbind`, `unbind-first`   │ unbind_resp, or 5 s
///                    └──────────▶ unbinding ────────────┘
/// ```
///
/// Answers gather in one buffer and leave once per loop turn. A peer that does not read its answers is not read from.
final class SimulatorSession: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case open
        case bound(Bind)
        /// We sent `unbind` and wait for its response.
        case unbinding
        /// The last answers are on their way.
        case closing
        case closed
    }

    struct Bind {
        let kind: BindKind
        let systemID: String
        /// Counted over all binds of the simulator, from 1.
        let number: UInt64
        let pace: PaceMeter
        let count: BindCount
        let mailbox: Mailbox
    }

    /// How long a peer may take to answer our `unbind`.
    static let unbindTimeout = TimeAmount.seconds(5)
    /// How long a peer may take to read our last answers.
    static let closeTimeout = TimeAmount.seconds(5)

    let shared: SimulatorContext
    let shard: SimulatorShard
    var phase = Phase.open
    /// Answers that leave with the next flush, and how many of them are to messages.
    var answers = ByteBuffer()
    var unflushedMessages = 0
    var schedule = AnswerSchedule()
    var rateLimit: RateLimit?
    /// When the last message came.
    var lastMessage: NIODeadline?
    /// When the last PDU came, where the SMSC forgets binds that are silent.
    private var lastHeard = NIODeadline.uptimeNanoseconds(0)
    /// The connection ended by an error, such as RST: the SMSC does not know that the ESME is gone.
    private var isCut = false
    /// Answers wait for the end of a stall.
    private var isStalled = false
    var quirkState = QuirkState()
    var outbox: Outbox
    /// Runs while a `deliver_sm` waits for its answer.
    var outboxTimer: Scheduled<Void>?
    /// Of what we send as requests.
    var sequence: UInt32 = 0
    private(set) var context: ChannelHandlerContext?
    private var deadline: Scheduled<Void>?
    private var isReading = false
    private var wantsRead = false
    private var readAhead = ReadAhead()

    init(shared: SimulatorContext, shard: SimulatorShard) {
        self.shared = shared
        self.shard = shard
        outbox = Outbox(window: shared.options.deliveries.window)
        rateLimit = shared.options.rateLimit.map { RateLimit(limit: max(1, $0), second: shared.options.rateSecond) }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shard.sessions[ObjectIdentifier(self)] = self
        shard.statistics.connections += 1
        shard.statistics.openConnections += 1
        setDeadline(TimeAmount(shared.options.bindTimeout))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        endQuirks()
        leaveBind()
        phase = .closed
        deadline?.cancel()
        deadline = nil
        _ = schedule.takeAll()
        outboxTimer?.cancel()
        outboxTimer = nil
        shard.sessions.removeValue(forKey: ObjectIdentifier(self))
        shard.statistics.openConnections -= 1
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let pdu = unwrapInboundIn(data)
        readAhead.read(pdu.readableBytes)
        if shared.options.forgetAfter != nil { lastHeard = .now() }
        guard let header = PDUHeader(peeking: pdu) else { return }
        if playsQuirk(pdu, header) { return }
        switch phase {
        case .open, .bound, .unbinding: receive(pdu, header)
        case .closing, .closed: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        shared.logger.debug("simulator connection failed", metadata: ["error": "\(type(of: error))"])
        guard let error = error as? FrameError else {
            isCut = error is IOError
            context.close(promise: nil)
            return
        }
        switch error {
        case .tooShort, .tooLong:
            shard.statistics.brokenStreams += 1
            answers.writeMessageResponse(.genericNack, .invalidCommandLength, sequence: 0, messageID: nil)
            close()
        case .incomplete:
            context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        if readAhead.mayRead { context.read() } else { wantsRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readAhead.writability(context.channel.isWritable)
        if wantsRead, readAhead.mayRead {
            wantsRead = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Dispatch

    private func receive(_ pdu: ByteBuffer, _ header: PDUHeader) {
        if header.id == .submitSM {
            receiveSubmit(pdu, header)
            return
        }
        // The header is enough: message_id is unused (SMPP 3.4 §4.6.2), and a generic_nack has nothing else (§4.3.1).
        if header.id == .deliverSMResponse || header.id == .genericNack {
            receiveDeliverAnswer(header)
            return
        }
        let decoded: PDU
        do {
            decoded = try PDUDecoder.decode(pdu)
        } catch {
            refuseBroken(header, error.status)
            return
        }
        switch decoded.body {
        case .bind(let kind, let request): receiveBind(kind, request, sequence: header.sequence)
        case .unbind: receiveUnbind(sequence: header.sequence)
        case .enquireLink:
            shard.statistics.enquireLinks += 1
            answers.writeMessageResponse(.enquireLinkResponse, .ok, sequence: header.sequence, messageID: nil)
        case .data(let message): receiveData(message, pdu, header)
        case .query(let request): receiveQuery(request, sequence: header.sequence)
        case .cancel(let request): receiveCancel(request, sequence: header.sequence)
        case .unbindResponse:
            if case .unbinding = phase { close() }
        case .submit:
            // Every submit_sm has gone its own way above.
            break
        case .bindResponse, .enquireLinkResponse, .genericNack, .submitResponse, .deliverResponse, .dataResponse,
            .queryResponse, .cancelResponse:
            // Responses to what we never asked: there is no answer to a response.
            break
        case .outbind, .deliver, .alertNotification:
            // These go from an SMSC to an ESME only (SMPP 3.4 table 2-1).
            nack(header, .invalidCommandID)
        case .unknown(.submitMulti, _): receiveMulti(pdu, header)
        case .unknown(.replaceSM, _): receiveReplace(pdu, header)
        case .unknown(let id, _):
            if !id.isResponse { nack(header, .invalidCommandID) }
        }
    }

    /// Answers a command that is unknown or not for an SMSC.
    private func nack(_ header: PDUHeader, _ status: CommandStatus) {
        shard.statistics.brokenPDUs += 1
        answers.writeMessageResponse(.genericNack, status, sequence: header.sequence, messageID: nil)
    }

    /// Answers a PDU whose body cannot be read, in its own response (SMPP 3.4 §4.3); a broken response gets no answer.
    func refuseBroken(_ header: PDUHeader, _ status: CommandStatus) {
        shard.statistics.brokenPDUs += 1
        guard !header.id.isResponse else { return }
        // A deliver_sm is for an ESME.
        let isOurs = header.id.hasResponse && header.id != .deliverSM
        let response = isOurs ? header.id.response : .genericNack
        answers.writeMessageResponse(response, status, sequence: header.sequence, messageID: nil)
    }

    // MARK: Sending

    /// Sends what has gathered. The messages that it answers no longer count against the window.
    func flush() {
        guard answers.readableBytes > 0, let context, !waitsForStall(context) else { return }
        let octets = answers
        answers = ByteBuffer()
        unflushedMessages = 0
        context.writeAndFlush(wrapOutboundOut(octets), promise: nil)
    }

    /// Whether a stall keeps back what has gathered: it leaves at its end, or with the connection's.
    private func waitsForStall(_ context: ChannelHandlerContext) -> Bool {
        guard !shared.options.stalls.isEmpty else { return false }
        switch phase {
        case .open, .bound, .unbinding: break
        case .closing, .closed: return false
        }
        guard !isStalled else { return true }
        let elapsed = shared.elapsed(.now())
        guard let left = shared.options.stalls.lazy.compactMap({ $0.left(elapsed) }).first else { return false }
        isStalled = true
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(left)) {
            self.isStalled = false
            self.flushUnlessReading()
        }
        return true
    }

    /// For what is written outside of a read: nobody else would flush it.
    func flushUnlessReading() {
        if !isReading { flush() }
    }

    func setDeadline(_ time: TimeAmount?) {
        deadline?.cancel()
        deadline = time.flatMap { time in
            context?.eventLoop.assumeIsolated().scheduleTask(in: time) { self.timeIsUp() }
        }
    }

    private func timeIsUp() {
        switch phase {
        case .open, .unbinding: close()
        case .closing: context?.close(promise: nil)
        case .bound: forgetIfSilent()
        case .closed: break
        }
    }

    /// Begins to watch whether the peer of a bind says anything.
    func watchSilence() {
        setDeadline(shared.options.forgetAfter.map { TimeAmount($0) })
    }

    private func forgetIfSilent() {
        guard let forgetAfter = shared.options.forgetAfter else { return }
        let left = lastHeard + TimeAmount(forgetAfter) - .now()
        if left > .zero { return setDeadline(left) }
        shard.statistics.silentBinds += 1
        close()
    }

    // MARK: The end

    /// Sends what has gathered, then closes. Answers that wait for their time are lost.
    func close() {
        guard let context, end() else { return }
        flush()
        // The close waits behind the flushed answers.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Closes so that the peer sees a reset.
    func reset() {
        guard let context, end() else { return }
        flush()
        SocketReset.perform(on: context.channel)
    }

    private func end() -> Bool {
        switch phase {
        case .closing, .closed: return false
        case .open, .bound, .unbinding:
            leaveBind()
            phase = .closing
            _ = schedule.takeAll()
            setDeadline(Self.closeTimeout)
            return true
        }
    }

    /// Counts a bind that ends.
    func leaveBind() {
        guard case .bound(let bind) = phase else { return }
        shard.statistics.openBinds -= 1
        let forgetAfter = isCut ? shared.options.forgetAfter : nil
        bind.count.leave(until: forgetAfter.map { lastHeard + TimeAmount($0) })
        stopDelivering(bind)
    }
}
