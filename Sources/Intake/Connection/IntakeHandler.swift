import Logging
import Messaging
package import NIOCore
import TLS

/// One connection of the intake: its requests in, their replies out in the same order.
///
/// ```
/// open ──(last reply says close)──────────────▶ closing ──▶ closed
///   │                                               ▲
///   ├──(request without keep-alive)─▶ finishing ────┤
///   └──(request refused before its end)─▶ finishing ┴─▶ lingering ──▶ closed
/// ```
/// - open: takes requests.
/// - finishing: takes no more; what follows is dropped; ends when the last reply is written.
/// - closing: the last reply is on its way out.
/// - lingering: the same, and what the client still sends is read, so that the kernel does not reset the connection
///   under the reply.
/// - closed: the channel is gone, or told to go. Requests that the handler has are still waited for: their outcome is true
///   without a client.
///
/// This file has the events; `IntakeHandler+Requests` takes requests in, `IntakeHandler+Replies` writes replies.
package final class IntakeHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = Never
    package typealias OutboundOut = ByteBuffer

    enum Phase {
        case open
        case finishing(lingers: Bool)
        case closing(until: NIODeadline)
        case lingering(until: NIODeadline, dropped: Int)
        case closed
    }

    /// A request whose end has not come yet.
    struct Arriving {
        var terms: RequestTerms
        var started: NIODeadline
        var body: ByteBuffer?
        var bodyBytes = 0
        /// Of these, what is counted among `UnfinishedBytes`.
        var heldBytes = 0
        /// `100 Continue` is to be sent when the replies before it are.
        var owesContinue = false

        /// Takes bytes of the body in, unless nobody will read them; false: there are more than `limit`.
        mutating func take(_ bytes: ByteBuffer, limit: Int) -> Bool {
            owesContinue = false
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= limit else { return false }
            guard terms.refusal == nil else { return true }
            if body == nil {
                body = bytes
            } else {
                body?.writeImmutableBuffer(bytes)
            }
            return true
        }
    }

    let loop: IntakeLoop
    var context: ChannelHandlerContext?
    var phase = Phase.open
    var peer: SocketAddress?
    var source = SourceAddress.unspecified
    /// The TLS handshake is done.
    private var isSecure = false
    /// The peer is another node of the cluster: it has shown a certificate of the cluster's authority.
    private var isNode = false
    /// Replies to that node of which it will say whether their clients have taken them, the oldest first; at most `maxPipelined`.
    var awaitedOfNode: [AwaitedReplies.Reply] = []
    var exchanges = ExchangeQueue()
    var arriving: Arriving?
    /// What has come and is not taken yet. While no more requests may be worked on reading rests, so it holds one read.
    private var reader: RequestReader
    /// Of it, what is counted among `UnfinishedBytes`.
    private var heldBytes = 0
    var isReading = false
    var needsFlush = false
    /// Replies in the buffer that is being filled whose delivery somebody wants to know.
    var awaited: AwaitedReplies?
    private var isTaking = false
    private var readWithheld = false
    /// When the first bytes of a head came that is not whole yet: a head that trickles in has its time too.
    var headStarted: NIODeadline?
    var idleSince: NIODeadline
    private var stalledSince: NIODeadline?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    /// A connection on `loop`.
    package init(loop: IntakeLoop) {
        self.loop = loop
        self.reader = RequestReader(maxFields: loop.configuration.maxHeaderFields)
        self.idleSince = loop.eventLoop.now
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func start(_ context: ChannelHandlerContext) {
        guard peer == nil else { return }
        know(context.remoteAddress)
        idleSince = loop.eventLoop.now
        loop.opened(self)
        if loop.isClosing { return cut() }
        updateTimer()
    }

    /// The channel is gone; exchanges that the handler has stay until they are answered or given up.
    private func end() {
        guard context != nil else { return }
        context = nil
        phase = .closed
        dropArriving()
        headStarted = nil
        discardRest()
        abandonUnsent()
        writeReplies()
        loop.closed(self)
        // It would keep this handler in memory until then.
        timer?.task.cancel()
        timer = nil
        updateTimer()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let client = event as? ClientAddress { know(client.peer) }
        if let agreed = event as? TLSHandshakeCompleted {
            isSecure = true
            isNode = agreed.alpn == NodeCertificates.alpn
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func know(_ peer: SocketAddress?) {
        self.peer = peer
        source = peer.flatMap(SourceAddress.init) ?? .unspecified
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        let bytes = unwrapInboundIn(data)
        switch phase {
        case .open:
            reader.receive(bytes)
            resume()
        case .lingering(let until, let dropped):
            let total = dropped + bytes.readableBytes
            phase = .lingering(until: until, dropped: total)
            if total > IntakeConfiguration.lingerBytes { cut() }
        case .finishing, .closing, .closed: break
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        updateTimer()
        context.fireChannelReadComplete()
    }

    /// Whether another request may be worked on.
    var hasRoom: Bool {
        exchanges.count < loop.configuration.maxPipelined && stalledSince == nil
    }

    /// Whether bytes are of use now: those that have come are taken as far as they make requests. Where not, reads are
    /// withheld, which is back-pressure on the client.
    private var wantsBytes: Bool { arriving != nil || hasRoom }

    package func read(context: ChannelHandlerContext) {
        if wantsBytes {
            context.read()
        } else {
            readWithheld = true
        }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            stalledSince = nil
            resume()
        } else {
            stalledSince = loop.eventLoop.now
        }
        updateTimer()
        context.fireChannelWritabilityChanged()
    }

    /// Changes the queue of requests. Not in place: then each look at it would be checked for exclusive access at run time,
    /// 700 instructions a message.
    @inline(__always)
    func changeExchanges<Result>(_ change: (inout ExchangeQueue) -> Result) -> Result {
        var queue = ExchangeQueue()
        swap(&queue, &exchanges)
        defer { swap(&queue, &exchanges) }
        return change(&queue)
    }

    /// Takes what had to wait, and reads on.
    func resume() {
        guard !isTaking else { return }
        if !reader.isEmpty { takeRequests() }
        readOn()
    }

    /// Takes requests out of what has come, as far as there is room for them. Replies that come at once make room for more.
    private func takeRequests() {
        isTaking = true
        defer { isTaking = false }
        takeParts()
        switch phase {
        case .open: if !holdRest() { answerAtOnce(.busy, terms: arriving?.terms ?? .unparsed) }
        case .finishing, .closing, .lingering, .closed: discardRest()
        }
    }

    private func takeParts() {
        while case .open = phase, wantsBytes, !reader.isEmpty {
            do throws(RequestProblem) {
                guard let part = try reader.next(isNode ? loop.rulesOfNodes : loop.rules) else {
                    if reader.isInHead { headStarted = headStarted ?? loop.eventLoop.now }
                    return
                }
                take(part)
            } catch {
                answerAtOnce(error.code, terms: arriving?.terms ?? .unparsed)
            }
        }
    }

    /// Counts what has come and is no request yet, a head say that does not end; false: there is no room for it.
    private func holdRest() -> Bool {
        let rest = reader.heldBytes
        if rest > heldBytes {
            guard loop.unfinished.take(rest - heldBytes) else { return false }
        } else if rest < heldBytes {
            loop.unfinished.giveBack(heldBytes - rest)
        }
        heldBytes = rest
        return true
    }

    /// Forgets it.
    func discardRest() {
        reader.discard()
        loop.unfinished.giveBack(heldBytes)
        heldBytes = 0
    }

    /// Reads if reading had to rest and need not any more.
    func readOn() {
        guard readWithheld, wantsBytes, let context else { return }
        readWithheld = false
        context.read()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError, !isSecure {
            loop.handshakeFailed(error, peer: peer)
        } else {
            loop.logger.debug("connection failed: \(error)")
        }
        cut()
    }

    /// Ends the connection as soon as nothing of it is open, and tells a client whose request is on the way.
    func endForDrain() {
        guard case .open = phase else { return }
        if arriving != nil || headStarted != nil {
            answerAtOnce(.draining, terms: arriving?.terms ?? .unparsed)
        } else if exchanges.isEmpty {
            cut()
        } else {
            phase = .finishing(lingers: false)
        }
    }

    /// Closes at once.
    func cut() {
        phase = .closed
        abandonUnsent()
        context?.close(promise: nil)
    }

    // MARK: - Time

    /// When something must happen if nothing else does.
    private var nextDeadline: NIODeadline? {
        let giveUpAt = exchanges.giveUpAt
        switch phase {
        case .open, .finishing:
            let arrival = (arriving?.started ?? headStarted).map { $0 + loop.configuration.requestTimeout }
            let stall = stalledSince.map { $0 + loop.configuration.idleTimeout }
            return Self.earlier(giveUpAt, Self.earlier(arrival, stall)) ?? idleSince + loop.configuration.idleTimeout
        case .closing(let until), .lingering(let until, _): return Self.earlier(giveUpAt, until)
        case .closed: return giveUpAt
        }
    }

    private static func earlier(_ one: NIODeadline?, _ other: NIODeadline?) -> NIODeadline? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// One timer for all of a connection's deadlines. Later deadlines leave it alone: it looks again when it fires, so a
    /// busy connection sets it once in many requests.
    func updateTimer() {
        // Nothing that has come since the last reply is due before that: 500 instructions a message.
        if case .open = phase, let timer, timer.at <= idleSince + loop.shortestWait { return }
        guard let deadline = nextDeadline else { return }
        if let timer {
            if timer.at <= deadline { return }
            timer.task.cancel()
        }
        let task = loop.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.timerFired() }
        timer = (task, deadline)
    }

    private func timerFired() {
        timer = nil
        let now = loop.eventLoop.now
        for number in exchanges.overdue(now: now) { giveUp(number) }
        switch phase {
        case .open, .finishing: checkOpenDeadlines(now)
        case .closing(let until), .lingering(let until, _): if until <= now { cut() }
        case .closed: break
        }
        updateTimer()
    }

    private func checkOpenDeadlines(_ now: NIODeadline) {
        let configuration = loop.configuration
        if let stalledSince, stalledSince + configuration.idleTimeout <= now { return cut() }
        if let started = arriving?.started ?? headStarted {
            if started + configuration.requestTimeout <= now {
                answerAtOnce(.requestTimeout, terms: arriving?.terms ?? .unparsed)
            }
        } else if exchanges.isEmpty, idleSince + configuration.idleTimeout <= now {
            cut()
        }
    }
}
