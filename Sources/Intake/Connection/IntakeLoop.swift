package import Logging
import Messaging
package import NIOCore
import SMPP
import TLS

/// What the connections of one event loop share. Confined to that loop: nothing in it is locked.
package final class IntakeLoop {
    /// What the loops of a server share.
    package struct Shared: Sendable {
        /// Addresses and bounds.
        package var configuration: IntakeConfiguration
        /// The accounts.
        package var directory: AccountDirectory
        /// Wrong attempts.
        package var lockOut: LockOut
        /// The scrypt threads.
        package var verifier: PasswordVerifier
        /// The process's key for digests of passwords, 16 octets.
        package var secret: [UInt8]
        /// Heads and bodies that have not arrived whole.
        package var unfinished: UnfinishedBytes
        /// Where the log goes.
        package var logger: Logger
        /// Where the lines of messages go; nil = nowhere.
        package var messageLog: MessageLogOutput?
        /// What decides about messages.
        package var handler: MessageHandler
        /// Whose messages other nodes may be asked for.
        package var unbound: UnboundCarriers?
        /// How many loops share it.
        package var loops: Int

        /// All of it.
        package init(
            configuration: IntakeConfiguration, directory: AccountDirectory, lockOut: LockOut,
            verifier: PasswordVerifier, secret: [UInt8], unfinished: UnfinishedBytes, logger: Logger,
            messageLog: MessageLogOutput? = nil, loops: Int = 1,
            unbound: UnboundCarriers? = nil, handler: @escaping MessageHandler
        ) {
            self.configuration = configuration
            self.directory = directory
            self.lockOut = lockOut
            self.verifier = verifier
            self.secret = secret
            self.unfinished = unfinished
            self.logger = logger
            self.messageLog = messageLog
            self.unbound = unbound
            self.loops = loops
            self.handler = handler
        }
    }

    let eventLoop: any EventLoop
    let index: Int
    let configuration: IntakeConfiguration
    let rules: RequestTerms.Rules
    /// Of requests that other nodes make.
    let rulesOfNodes: RequestTerms.Rules
    /// Nil: there are no other nodes.
    let passing: FormPassing?
    /// The shortest of the times that an open connection may take for something.
    let shortestWait: TimeAmount
    /// What decides about messages now; a message stays with the one that it was given to.
    private(set) var handler: MessageHandler
    private(set) var unbound: UnboundCarriers?
    let authenticator: Authenticator
    let counters: LoopCounters
    let logger: Logger
    let unfinished: UnfinishedBytes
    /// For lines about what is no message: they are anybody's to cause.
    private let budget = LogBudget()
    /// Lines of messages.
    private var messageLog: MessageLog?
    var form = FormBody()
    /// Replies are put together in here. TLS has made records of them before the next one comes, so that its memory serves them
    /// all; where it is still in use the next one gets memory of its own.
    var replyBuffer = ByteBuffer()
    /// New requests are refused.
    private(set) var isDraining = false
    /// New connections are refused too: those that the kernel had already taken.
    private(set) var isClosing = false
    private var ids: MessageIDGenerator
    private var writer: ReplyWriter
    private var connections: [ObjectIdentifier: IntakeHandler] = [:]
    private var openExchanges = 0
    /// Of `counters`, by label: only a label's first reply takes a lock.
    private var replyCounters: [ReplyLabel: LoopCounters.Counter] = [:]
    /// The label of the last reply, which is the next one's more often than not, and needs no look-up then.
    private var lastCounter: (label: ReplyLabel, counter: LoopCounters.Counter)?
    private var allAnswered: EventLoopPromise<Void>?
    private var allClosed: EventLoopPromise<Void>?

    /// - Parameter index: the loop's index in its group.
    package init(eventLoop: any EventLoop, index: Int, shared: Shared) {
        let configuration = shared.configuration
        self.eventLoop = eventLoop
        self.index = index
        self.configuration = configuration
        self.counters = LoopCounters()
        self.logger = shared.logger
        self.messageLog = shared.messageLog.map(MessageLog.init)
        self.unfinished = shared.unfinished
        self.handler = shared.handler
        self.unbound = shared.unbound
        var rules = RequestTerms.Rules(
            path: configuration.path, chatPath: configuration.chatPath, maxBodyBytes: configuration.maxBodyBytes,
            maxHeaderBytes: configuration.maxHeaderBytes)
        self.rules = rules
        rules.ofNode = true
        self.rulesOfNodes = rules
        let counters = counters
        self.passing = configuration.passing.map {
            FormPassing(
                $0, configuration, loops: shared.loops, on: eventLoop, counters: counters, logger: shared.logger)
        }
        self.shortestWait = min(
            configuration.idleTimeout, configuration.requestTimeout,
            configuration.replyWithin + IntakeConfiguration.handlerGrace)
        self.authenticator = Authenticator(
            eventLoop: eventLoop, directory: shared.directory, lockOut: shared.lockOut, verifier: shared.verifier,
            secret: shared.secret, remember: configuration.rememberCredentials, renew: configuration.renewCredentials)
        self.ids = MessageIDGenerator(node: configuration.firstNode &+ UInt16(truncatingIfNeeded: index))
        self.writer = ReplyWriter(strictTransportSecurity: configuration.tls != nil)
    }

    /// From now on these are the accounts, and this decides about their messages. On the event loop.
    package func adopt(
        _ directory: AccountDirectory, unbound: UnboundCarriers? = nil, handler: @escaping MessageHandler
    ) {
        authenticator.adopt(directory)
        self.unbound = unbound
        self.handler = handler
    }

    /// An id for a request.
    func makeID() -> MessageID {
        ids.next(unixMilliseconds: WallClock.unixMilliseconds())
    }

    /// Appends a reply to `buffer`.
    func write(_ reply: IntakeReply, _ frame: ReplyWriter.Frame, into buffer: inout ByteBuffer) {
        writer.write(
            reply, frame, unixSeconds: Int64(WallClock.unixMilliseconds() / 1000), into: &buffer)
    }

    /// An empty buffer for replies; put it back when they are written.
    func takeReplyBuffer() -> ByteBuffer {
        var buffer = replyBuffer
        replyBuffer = ByteBuffer()
        // Not `clear`, which looks whether it is shared: what is written next does so too.
        buffer.moveReaderIndex(to: 0)
        buffer.moveWriterIndex(to: 0)
        return buffer
    }

    /// Counts a request in.
    func exchangeOpened() {
        openExchanges += 1
        counters.openRequests.add()
    }

    /// Counts a request out and logs its one line: at info for what was a message, and within bounds for the rest.
    func exchangeClosed(
        _ exchange: Exchange, _ reply: IntakeReply, peer: SocketAddress?, clientGone: Bool, now: NIODeadline
    ) {
        counters.requests.add()
        counters.openRequests.add(-1)
        counters.times.add(nanoseconds: (now - exchange.arrived).nanoseconds)
        let account = exchange.account?.account.name
        // What another node answered is counted there.
        if !exchange.terms.isAside, exchange.answerOfNode == nil {
            count(ReplyLabel(account: account, status: reply.status, code: reply.code))
        }
        if clientGone { counters.clientsGone.add() }
        log(exchange, reply, peer, clientGone, now)
        answeredOne()
    }

    private func answeredOne() {
        openExchanges -= 1
        if openExchanges == 0 {
            allAnswered?.succeed()
            allAnswered = nil
        }
    }

    /// Gives a message by hand to `handler`, as if its account had posted it. On the event loop; a drain waits for it.
    func send(
        _ message: HandMessage, as entry: AccountEntry, handler: MessageHandler
    ) -> EventLoopFuture<HandReply> {
        let id = makeID()
        let language = entry.account.language
        func refusal(_ code: ReplyCode) -> EventLoopFuture<HandReply> {
            eventLoop.makeSucceededFuture(HandReply(id: id, reply: IntakeReply(code, language: language)))
        }
        guard !isDraining else { return refusal(.draining) }
        guard entry.account.enabled else { return refusal(.accountDisabled) }
        let promise = eventLoop.makePromise(of: HandReply.self)
        let deadline = eventLoop.now + configuration.replyWithin
        openExchanges += 1
        counters.openRequests.add()
        // As of a form: who does not reply in time has left the message unknown.
        let late = eventLoop.assumeIsolated().scheduleTask(deadline: deadline + IntakeConfiguration.handlerGrace) {
            promise.succeed(HandReply(id: id, reply: IntakeReply(.carrierTimeout, language: language)))
        }
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            late.cancel()
            counters.openRequests.add(-1)
            answeredOne()
        }
        handler(
            SMSRequest(
                id: id, entry: entry, from: message.from, to: message.to, text: message.text, deadline: deadline,
                eventLoop: eventLoop, loopIndex: index)
        ) { reply in
            promise.succeed(HandReply(id: id, reply: reply))
            reply.onDelivered?(id)
        }
        return promise.futureResult
    }

    private func count(_ label: ReplyLabel) {
        if let lastCounter, lastCounter.label == label { return lastCounter.counter.add() }
        let counter = replyCounter(label)
        lastCounter = (label, counter)
        counter.add()
    }

    private func replyCounter(_ label: ReplyLabel) -> LoopCounters.Counter {
        if let counter = replyCounters[label] { return counter }
        var label = label
        if replyCounters.count >= LoopCounters.maxLabels { label.account = ReplyLabel.otherAccount }
        if let counter = replyCounters[label] { return counter }
        let counter = counters.makeCounter(label)
        replyCounters[label] = counter
        return counter
    }

    private func log(
        _ exchange: Exchange, _ reply: IntakeReply, _ peer: SocketAddress?, _ clientGone: Bool, _ now: NIODeadline
    ) {
        let answer = exchange.answerOfNode
        let line = MessageLine(
            id: answer?.reply.id ?? exchange.id, account: exchange.account?.account.name, reply: reply,
            milliseconds: (now - exchange.arrived).nanoseconds / 1_000_000,
            peer: exchange.terms.client?.socketAddress ?? peer, clientGone: clientGone, node: answer?.node)
        if exchange.terms.isAside {
            logger.debug("\(line)")
        } else if exchange.terms.refusal != nil {
            guard let more = budget.take(now: now) else { return }
            logger.info("\(line)\(more)")
        } else if messageLog != nil, logger.logLevel <= .info {
            let isFirst = messageLog?.append(line, unixMilliseconds: WallClock.unixMilliseconds()) ?? false
            if isFirst { eventLoop.assumeIsolated().execute { [self] in messageLog?.handOver() } }
        }
    }

    /// A connection that no request came of.
    func refused(_ refusal: EarlyRefusal, peer: SocketAddress?) {
        counters.add(refusal)
        guard let more = budget.take(now: eventLoop.now) else { return }
        logger.info("connection refused: \(refusal.rawValue) peer=\(peer?.ipAddress ?? "-")\(more)")
    }

    /// A TLS handshake that came to nothing.
    func handshakeFailed(_ error: TLSError, peer: SocketAddress?) {
        let failure = HandshakeFailure(error)
        counters.add(failure)
        guard let more = budget.take(now: eventLoop.now) else { return }
        let peer = peer?.ipAddress ?? "-"
        logger.info("TLS handshake failed: \(failure.rawValue) peer=\(peer) (\(failure.words))\(more)")
    }

    /// Counts and logs a request in plain HTTP on the TLS port; its answer, in plain text.
    func plainHTTPReply(to peer: SocketAddress?) -> ByteBuffer {
        let reply = IntakeReply(.httpsRequired, language: configuration.defaultLanguage)
        let id = makeID()
        counters.requests.add()
        count(ReplyLabel(account: nil, status: reply.status, code: reply.code))
        if let more = budget.take(now: eventLoop.now) {
            let code = ReplyCode.httpsRequired
            logger.info(
                "message \(id) account=- status=\(code.status) code=\(code.rawValue) peer=\(peer?.ipAddress ?? "-")\(more)"
            )
        }
        // Not over TLS, so it must not ask for TLS by a header (RFC 6797 §7.2).
        var writer = ReplyWriter(strictTransportSecurity: false)
        var buffer = ByteBuffer()
        writer.write(
            reply, ReplyWriter.Frame(id: id, terms: .unparsed, closes: true, profile: .strict),
            unixSeconds: Int64(WallClock.unixMilliseconds() / 1000), into: &buffer)
        return buffer
    }

    /// A connection lives on this loop from now on.
    func opened(_ connection: IntakeHandler) {
        connections[ObjectIdentifier(connection)] = connection
    }

    /// A connection has ended.
    func closed(_ connection: IntakeHandler) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty {
            allClosed?.succeed()
            allClosed = nil
        }
    }

    /// From now on new requests are refused; the future comes when all others are answered.
    package func beginDraining() -> EventLoopFuture<Void> {
        isDraining = true
        counters.draining.add()
        if openExchanges == 0 { return eventLoop.makeSucceededVoidFuture() }
        let promise = allAnswered ?? eventLoop.makePromise()
        allAnswered = promise
        return promise.futureResult
    }

    /// Closes what is open, with a reply to what has half arrived; the future comes when all is closed.
    func closeConnections() -> EventLoopFuture<Void> {
        isClosing = true
        passing?.close()
        if connections.isEmpty { return eventLoop.makeSucceededVoidFuture() }
        let promise = allClosed ?? eventLoop.makePromise()
        allClosed = promise
        for connection in Array(connections.values) { connection.endForDrain() }
        return promise.futureResult
    }
}
