import DequeModule
import HTTPService
import Messaging
import NIOCore
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
final class SubmitLink: LoadLink {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum State: Equatable {
        case closed, connecting, binding, bound, unbinding
    }

    /// A message some of whose segments are not answered.
    struct OpenMessage {
        var timed: TimedMessage
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

    let index: Int
    let target: SubmitTarget
    private let maker: MessageMaker
    unowned let share: LoadShare<SubmitLink>
    let events: DeliveryEvents
    var state = State.closed
    private(set) var context: ChannelHandlerContext?
    var output = ByteBuffer()
    var isReading = false
    private var readAhead = ReadAhead()
    private var readsOn = true
    var isFlushing = false
    var sequence: UInt32 = 1
    var messages: [Int: OpenMessage] = [:]
    var submits: [UInt32: OpenSubmit] = [:]
    /// Segments for which the window has no room yet: at most those of one message.
    var pending = Deque<(submit: OpenSubmit, body: ShortMessage)>()
    var references: SegmentReferences
    private var since: UInt64 = 0
    var lastSent: UInt64 = 0
    var reconnect = LinkReconnect()

    init(
        index: Int, target: SubmitTarget, maker: MessageMaker, share: LoadShare<SubmitLink>, events: DeliveryEvents,
        reference: UInt16
    ) {
        self.index = index
        self.target = target
        self.maker = maker
        self.share = share
        self.events = events
        references = SegmentReferences(first: reference)
    }

    var hasRoom: Bool {
        state == .bound && target.options.kind.submits && pending.isEmpty && submits.count < target.options.window
    }

    func open() {
        guard state == .closed, !reconnect.isEnding else { return }
        state = .connecting
        since = LoadShare<SubmitLink>.now
        connect(to: target.address) { [options = target.options] pipeline in
            if let tls = options.tls {
                try pipeline.addHandler(TLSHandler(client: tls, serverName: options.host))
            }
            try pipeline.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
        }
    }

    func connectFailed() {
        guard state == .connecting else { return }
        state = .closed
        disconnected(failed: true)
    }

    func send(_ timed: TimedMessage) {
        let message = maker.message(timed.number)
        var reference: UInt16?
        let segments = target.segments(of: message) {
            let bits = target.options.policy.long == .udh8 ? 8 : 16
            let taken = references.take(for: message.to, bits: bits)
            reference = taken
            return taken
        }
        guard let segments else {
            share.ended(timed, .unsendable)
            return
        }
        messages[timed.number] = OpenMessage(
            timed: timed, recipient: message.to, unanswered: segments.count, segments: segments.count,
            reference: reference)
        for (segment, body) in segments.enumerated() {
            pending.append((OpenSubmit(message: timed.number, segment: segment), body))
        }
        writePending()
    }

    func tick(_ now: UInt64) {
        switch state {
        case .closed: break
        case .connecting, .binding:
            if now > since + Self.bindTimeout {
                share.recorder.lastConnectFailure = "no answer to the bind within 10 s"
                context?.close(promise: nil)
            }
        case .bound:
            if messages.values.contains(where: { now > $0.timed.started + target.timeout }) { expire(now) }
            if now > lastSent + Self.enquireEvery { write(PDU(sequence: takeSequence(), .enquireLink)) }
        case .unbinding: break
        }
        flush()
    }

    func abandon(as outcome: LoadOutcome) {
        for message in messages.values { share.ended(message.timed, outcome) }
        messages.removeAll()
        submits.removeAll()
        pending.removeAll()
    }

    func close(_ done: @escaping () -> Void) {
        guard let context = beginClose(done) else { return }
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
        (readAhead, readsOn) = (ReadAhead(), true)
        write(target.bindRequest)
        flush()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let frame = unwrapInboundIn(data)
        readAhead.read(frame.readableBytes)
        setReading(context)
        do throws(PDUDecodingError) {
            received(try PDUDecoder.decode(frame))
        } catch {
            // An answer still says by its header what it answers.
            if let status = PDUHeader(peeking: frame)?.status, error.commandID.isBindResponse {
                bindAnswered(status)
            } else if error.commandID == .submitSMResponse {
                answered(error.sequence, status: PDUHeader(peeking: frame)?.status.rawValue ?? 0xFF, id: "")
            } else if !error.commandID.isResponse {
                let response = MessageResponse(isHeaderOnly: true)
                let body: PDUBody =
                    switch error.commandID {
                    case .deliverSM: .deliverResponse(response)
                    case .dataSM: .dataResponse(response)
                    default: .genericNack
                    }
                write(PDU(status: error.status, sequence: error.sequence, body))
            }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readAhead.writability(context.channel.isWritable)
        setReading(context)
        context.fireChannelWritabilityChanged()
    }

    /// A peer that reads nothing of what is written is read from up to a bound only.
    private func setReading(_ context: ChannelHandlerContext) {
        guard readAhead.mayRead != readsOn else { return }
        readsOn = readAhead.mayRead
        context.channel.setOption(.autoRead, value: readsOn).whenFailure { _ in }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .connecting || state == .binding { share.recorder.lastConnectFailure = ConnectionWords.of(error) }
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        let was = state
        state = .closed
        isReading = false
        output.clear()
        if was == .bound { share.recorder.connectionsLost += 1 }
        if was == .connecting || was == .binding, share.recorder.lastConnectFailure == nil {
            share.recorder.lastConnectFailure = "the peer closed the connection and did not answer the bind"
        }
        let lost = messages.values.map(\.timed)
        messages.removeAll()
        submits.removeAll()
        pending.removeAll()
        for timed in lost { share.ended(timed, .connectionLost) }
        disconnected(failed: was == .connecting || was == .binding)
    }
}
