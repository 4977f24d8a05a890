import DequeModule
import Messaging
import NIOCore
import NIOPosix
import SMPP
import SMPPWire
import TLS

/// One bind with a window of unanswered submits.
///
///     closed ──▶ connecting ──▶ binding ──bind_resp 0──▶ bound ──close──▶ unbinding
///       ▲            │             │                       │                 │
///       └─back-off───┴─────────────┴───────────────────────┴─────────────────┘ closed
///
/// Requests and answers gather in one buffer and leave once per loop turn.
final class SubmitLink: ChannelInboundHandler, LoadLink {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State: Equatable {
        case closed, connecting, binding, bound, unbinding
    }

    /// A message some of whose segments are not answered.
    struct OpenMessage {
        var flight: Flight
        var recipient: String
        var unanswered: Int
        var accepted = 0
        var segments: Int
        /// The first status that was not 0.
        var status: UInt32 = 0
        var reference: UInt16?
    }

    struct OpenSubmit {
        var message: Int
        var segment: Int
    }

    private static let enquireEvery: UInt64 = 30_000_000_000
    private static let bindTimeout: UInt64 = 10_000_000_000
    private static let unbindTimeout = TimeAmount.seconds(2)

    private let index: Int
    private let target: SubmitTarget
    private let maker: MessageMaker
    private unowned let lane: LoadLane<SubmitLink>
    private let notes: ReceiptNotes
    private var state = State.closed
    private var context: ChannelHandlerContext?
    private var output = ByteBuffer()
    private var isReading = false
    private var isFlushing = false
    private var sequence: UInt32 = 1
    private var messages: [Int: OpenMessage] = [:]
    private var submits: [UInt32: OpenSubmit] = [:]
    /// Segments for which the window has no room yet: at most those of one message.
    private var pending = Deque<(submit: OpenSubmit, body: ShortMessage)>()
    private var references: SegmentReferences
    private var since: UInt64 = 0
    private var lastSent: UInt64 = 0
    private var retries = LinkRetries()
    private var isEnding = false
    private var onClosed: (() -> Void)?

    init(
        index: Int, target: SubmitTarget, maker: MessageMaker, lane: LoadLane<SubmitLink>, notes: ReceiptNotes,
        reference: UInt16
    ) {
        self.index = index
        self.target = target
        self.maker = maker
        self.lane = lane
        self.notes = notes
        references = SegmentReferences(first: reference)
    }

    var hasRoom: Bool {
        state == .bound && target.options.kind.submits && pending.isEmpty && submits.count < target.options.window
    }

    func open() {
        guard state == .closed, !isEnding else { return }
        state = .connecting
        since = LoadLane<SubmitLink>.now
        let loop = lane.eventLoop
        let handler = NIOLoopBound(self, eventLoop: loop)
        let (tls, host) = (target.options.tls, target.options.host)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(TLSHandler(client: tls, serverName: host)) }
                    try pipeline.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
                    try pipeline.addHandler(handler.value)
                }
            }
            .connect(to: target.address)
            .assumeIsolated().whenFailure { [self] error in connectFailed("\(error)") }
    }

    func send(_ flight: Flight) {
        let message = maker.message(flight.number)
        var reference: UInt16?
        let segments = target.segments(of: message) {
            let bits = target.options.policy.long == .udh8 ? 8 : 16
            let taken = references.take(for: message.to, bits: bits)
            reference = taken
            return taken
        }
        guard let segments else {
            lane.ended(flight, .unsendable)
            return
        }
        messages[flight.number] = OpenMessage(
            flight: flight, recipient: message.to, unanswered: segments.count, segments: segments.count,
            reference: reference)
        for (place, body) in segments.enumerated() {
            pending.append((OpenSubmit(message: flight.number, segment: place), body))
        }
        writePending()
    }

    func tick(_ now: UInt64) {
        switch state {
        case .closed: break
        case .connecting, .binding:
            if now > since + Self.bindTimeout {
                lane.recorder.lastConnectFailure = "no answer to the bind within 10 s"
                context?.close(promise: nil)
            }
        case .bound:
            if messages.values.contains(where: { now > $0.flight.started + target.timeout }) { expire(now) }
            if now > lastSent + Self.enquireEvery { write(PDU(sequence: takeSequence(), .enquireLink)) }
        case .unbinding: break
        }
        flush()
    }

    func abandon(as outcome: LoadOutcome) {
        for message in messages.values { lane.ended(message.flight, outcome) }
        messages.removeAll()
        submits.removeAll()
        pending.removeAll()
    }

    func close(_ done: @escaping () -> Void) {
        isEnding = true
        guard let context else {
            done()
            return
        }
        onClosed = done
        guard state == .bound else {
            context.close(promise: nil)
            return
        }
        state = .unbinding
        write(PDU(sequence: takeSequence(), .unbind))
        flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.unbindTimeout) { [self] in
            self.context?.close(promise: nil)
        }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func channelActive(context: ChannelHandlerContext) {
        state = .binding
        sequence = 1
        write(target.bindRequest)
        flush()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let frame = unwrapInboundIn(data)
        do throws(PDUDecodingError) {
            received(try PDUDecoder.decode(frame))
        } catch {
            // An answer still says by its header what it answers.
            if error.commandID == .submitSMResponse {
                answered(error.sequence, status: PDUHeader(peeking: frame)?.status.rawValue ?? 0xFF, id: "")
            } else if !error.commandID.isResponse {
                write(PDU(status: error.status, sequence: error.sequence, .genericNack))
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .connecting || state == .binding { lane.recorder.lastConnectFailure = "\(error)" }
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        let was = state
        state = .closed
        isReading = false
        output.clear()
        switch was {
        case .closed, .unbinding: break
        case .connecting, .binding: retries.failed(&lane.recorder)
        case .bound: lane.recorder.connectionsLost += 1
        }
        let lost = messages.values.map(\.flight)
        messages.removeAll()
        submits.removeAll()
        pending.removeAll()
        for flight in lost { lane.ended(flight, .connectionLost) }
        onClosed?()
        onClosed = nil
        reopen()
    }
}

// What comes in, and what is written.
extension SubmitLink {
    private func received(_ pdu: PDU) {
        switch pdu.body {
        case .submitResponse(let response):
            answered(pdu.sequence, status: pdu.status.rawValue, id: response.messageID)
        case .genericNack:
            answered(pdu.sequence, status: pdu.status == .ok ? 0xFF : pdu.status.rawValue, id: "")
        case .bindResponse: bindAnswered(pdu.status)
        case .enquireLink: write(PDU(sequence: pdu.sequence, .enquireLinkResponse))
        case .deliver(let message):
            write(PDU(sequence: pdu.sequence, .deliverResponse(MessageResponse())))
            delivered(message)
        case .data(let message):
            write(PDU(sequence: pdu.sequence, .dataResponse(MessageResponse())))
            delivered(ShortMessage(message))
        case .unbind:
            write(PDU(sequence: pdu.sequence, .unbindResponse))
            flush()
            context?.close(promise: nil)
        case .unbindResponse: context?.close(promise: nil)
        case .enquireLinkResponse, .alertNotification, .outbind, .deliverResponse, .dataResponse, .queryResponse,
            .cancelResponse:
            break
        case .bind, .submit, .query, .cancel:
            write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack))
        case .unknown(let id, _):
            if !id.isResponse { write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack)) }
        }
    }

    private func bindAnswered(_ status: CommandStatus) {
        guard state == .binding else { return }
        guard status == .ok else {
            lane.recorder.lastConnectFailure = "the bind was refused: \(status.hex) \(status.name)"
            context?.close(promise: nil)
            return
        }
        state = .bound
        retries.succeeded()
        lane.recorder.connectionsOpened += 1
        if hasRoom { lane.becameReady(index) }
    }

    private func delivered(_ message: ShortMessage) {
        guard let receipt = DeliveryReceipt(parsing: message) else { return }
        let received = ReceivedReceipt(
            receipt, source: message.source.value, destination: message.destination.value)
        notes.add(.receipt(received, at: LoadLane<SubmitLink>.now))
    }

    private func answered(_ sequence: UInt32, status: UInt32, id: String) {
        guard let submit = submits.removeValue(forKey: sequence) else { return }
        if var message = messages[submit.message] {
            message.unanswered -= 1
            if status == 0 {
                message.accepted += 1
                lane.recorder.segments += 1
                if target.options.wantsReceipts {
                    notes.add(
                        .accepted(
                            id: id, message: submit.message, segment: submit.segment, recipient: message.recipient,
                            at: LoadLane<SubmitLink>.now))
                }
            } else if message.status == 0 {
                message.status = status
            }
            if message.unanswered > 0 {
                messages[submit.message] = message
            } else {
                settle(message)
            }
        }
        writePending()
        if hasRoom { lane.becameReady(index) }
    }

    private func settle(_ message: OpenMessage) {
        messages[message.flight.number] = nil
        if let reference = message.reference { references.release(reference, for: message.recipient) }
        let outcome: LoadOutcome =
            message.accepted == message.segments ? .accepted : message.accepted > 0 ? .partial : .refused
        lane.ended(message.flight, outcome, code: message.status)
    }

    /// Messages whose answer did not come in time.
    private func expire(_ now: UInt64) {
        let late = messages.values.filter { now > $0.flight.started + target.timeout }
        for message in late {
            let number = message.flight.number
            messages[number] = nil
            pending.removeAll { $0.submit.message == number }
            for (sequence, submit) in submits where submit.message == number { submits[sequence] = nil }
            if let reference = message.reference { references.release(reference, for: message.recipient) }
            lane.ended(message.flight, .timedOut)
        }
        writePending()
        if hasRoom { lane.becameReady(index) }
    }

    private func writePending() {
        while state == .bound, submits.count < target.options.window, let next = pending.popFirst() {
            let sequence = takeSequence()
            submits[sequence] = next.submit
            write(PDU(sequence: sequence, .submit(next.body)))
        }
        flushSoon()
    }

    private func takeSequence() -> UInt32 {
        sequence = sequence >= 0x7FFF_FFFF ? 1 : sequence + 1
        return sequence
    }

    private func write(_ pdu: PDU) {
        do throws(PDUEncodingError) {
            try PDUEncoder.encode(pdu, into: &output)
        } catch {
            // Of ours only a submit can be unwritable: by what the mix says of its sender.
            guard let submit = submits.removeValue(forKey: pdu.sequence), let message = messages[submit.message]
            else { return }
            messages[submit.message] = nil
            lane.ended(message.flight, .unsendable)
        }
    }

    /// Within a read the flush comes at its end; else at the end of the loop's turn.
    private func flushSoon() {
        guard !isReading, !isFlushing, output.readableBytes > 0 else { return }
        isFlushing = true
        lane.eventLoop.assumeIsolated().execute { [self] in
            isFlushing = false
            flush()
        }
    }

    private func flush() {
        guard let context, output.readableBytes > 0 else { return }
        lastSent = LoadLane<SubmitLink>.now
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output.clear()
    }

    private func connectFailed(_ reason: String) {
        lane.recorder.lastConnectFailure = reason
        // Where the handler was in a pipeline, its removal does the rest.
        guard context == nil, state == .connecting else { return }
        state = .closed
        retries.failed(&lane.recorder)
        onClosed?()
        onClosed = nil
        reopen()
    }

    private func reopen() {
        guard !isEnding else { return }
        lane.eventLoop.assumeIsolated().scheduleTask(in: retries.pause) { [self] in open() }
    }
}
