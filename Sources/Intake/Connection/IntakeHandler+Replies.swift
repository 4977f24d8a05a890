import Logging
import Messaging
import NIOCore
import SMPP

/// Replies: from the decision to the socket, in the order of the requests.
extension IntakeHandler {
    /// The language of a reply to an account, or to nobody known.
    func language(of entry: AccountEntry?) -> Language {
        entry?.account.language ?? loop.configuration.defaultLanguage
    }

    /// Answers a request with what `code` stands for.
    func answer(_ number: UInt64, _ code: ReplyCode) {
        answer(number, IntakeReply(code, language: language(of: exchanges[open: number]?.account)))
    }

    /// Answers a request. The one place where an exchange ends, so the account's slot is given back exactly once.
    func answer(_ number: UInt64, _ reply: IntakeReply) {
        if let context, isOpenForReplies, let exchange = changeExchanges({ $0.takeFirst(number) }) {
            giveBackPlace(exchange)
            return writeReplies(from: exchange, reply, context)
        }
        guard let exchange = changeExchanges({ $0.answer(number, with: reply) }) else {
            loop.counters.lateReplies.add()
            return
        }
        giveBackPlace(exchange)
        writeReplies()
    }

    private func giveBackPlace(_ exchange: Exchange) {
        switch exchange.phase {
        case .handed: exchange.account?.meter.release()
        case .checking, .passed, .answered: break
        }
    }

    /// Answers a request whose time is over.
    func giveUp(_ number: UInt64) {
        guard let exchange = exchanges[open: number] else { return }
        switch exchange.phase {
        case .checking: answer(number, .busy)
        case .handed:
            // Only the handler knows whether anything was written, and it does not say: then the message may have gone.
            loop.counters.handlerTimeouts.add()
            loop.logger.error("message \(exchange.id): no reply from the handler in time")
            answer(number, .carrierTimeout)
        case .passed(let passage): lost(number, passage)
        case .answered: break
        }
    }

    /// Ends requests of a client that has gone which no handler has: nobody is there to be told.
    func abandonUnsent() {
        for number in exchanges.openNumbers {
            guard let exchange = exchanges[open: number] else { continue }
            switch exchange.phase {
            case .checking: answer(number, .busy)
            case .handed, .passed, .answered: break
            }
        }
    }

    /// Writes the replies whose turn it is.
    func writeReplies() {
        guard let context, isOpenForReplies else { return dropReplies() }
        guard let (exchange, reply) = popAnswered() else { return }
        writeReplies(from: exchange, reply, context)
    }

    /// Writes this reply and those behind it whose turn it is, all into one buffer.
    private func writeReplies(from exchange: Exchange, _ reply: IntakeReply, _ context: ChannelHandlerContext) {
        let now = loop.eventLoop.now
        var buffer = loop.takeReplyBuffer()
        var isLast = append(exchange, reply, to: &buffer, now: now)
        while !isLast, let (exchange, reply) = popAnswered() {
            isLast = append(exchange, reply, to: &buffer, now: now)
        }
        // It is idle from now on.
        idleSince = now
        if isLast {
            writeLast(buffer, context)
        } else {
            write(buffer, context)
            loop.replyBuffer = buffer
            sendContinue()
            resume()
            if !isReading { updateTimer() }
        }
    }

    private func popAnswered() -> (exchange: Exchange, reply: IntakeReply)? {
        exchanges.isEmpty ? nil : changeExchanges { $0.popAnswered() }
    }

    private var isOpenForReplies: Bool {
        switch phase {
        case .open, .finishing: true
        case .closing, .lingering, .closed: false
        }
    }

    /// Appends one reply; returns whether it is the connection's last.
    private func append(
        _ exchange: Exchange, _ reply: IntakeReply, to buffer: inout ByteBuffer, now: NIODeadline
    ) -> Bool {
        let isFinishing: Bool
        switch phase {
        case .finishing: isFinishing = true
        case .open, .closing, .lingering, .closed: isFinishing = loop.isDraining && arriving == nil
        }
        let isLast = isFinishing && exchanges.isEmpty
        let frame = ReplyWriter.Frame(
            id: exchange.id, terms: exchange.terms, closes: isLast,
            profile: exchange.account?.account.replyProfile ?? .strict, chat: exchange.account?.account.chat?.replies)
        if let answer = exchange.answerOfNode {
            answer.reply.write(closes: isLast, announcesKeepAlive: exchange.terms.announcesKeepAlive, into: &buffer)
        } else {
            loop.write(reply, frame, into: &buffer)
        }
        if let onDelivered = reply.onDelivered { expectDelivery(onDelivered, exchange) }
        loop.exchangeClosed(exchange, reply, peer: peer, clientGone: false, now: now)
        return isLast
    }

    /// Has it told that a reply was taken: when it is written, or when the node that asked for it says so.
    private func expectDelivery(_ onDelivered: @escaping @Sendable (MessageID) -> Void, _ exchange: Exchange) {
        let reply = AwaitedReplies.Reply(id: exchange.id, onDelivered: onDelivered)
        if exchange.terms.passedOn != nil {
            waitForNode(reply)
        } else if awaited == nil {
            awaited = AwaitedReplies(first: reply)
        } else {
            awaited?.others.append(reply)
        }
    }

    /// Writes now, or with the rest of this read.
    func write(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        let written = promiseOfDelivery(context)
        if isReading {
            context.write(wrapOutboundOut(buffer), promise: written)
            needsFlush = true
        } else {
            context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
        }
    }

    /// For the next write; nil where nobody wants to know when its replies have left.
    private func promiseOfDelivery(_ context: ChannelHandlerContext) -> EventLoopPromise<Void>? {
        guard awaited != nil else { return nil }
        let written = context.eventLoop.makePromise(of: Void.self)
        reportDelivery(written)
        return written
    }

    /// Tells those who want to know it when the replies of the next write have left.
    private func reportDelivery(_ written: EventLoopPromise<Void>) {
        guard let replies = awaited else { return }
        awaited = nil
        written.futureResult.assumeIsolated().whenSuccess { replies.report() }
    }

    /// Writes the last reply and closes behind it; after a refusal in the middle of a request, not before the client has had
    /// time to read it.
    private func writeLast(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        let until = loop.eventLoop.now + loop.configuration.lingerTimeout
        var lingers = false
        if case .finishing(let wants) = phase { lingers = wants }
        discardRest()
        needsFlush = false
        if lingers {
            phase = .lingering(until: until, dropped: 0)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: promiseOfDelivery(context))
            readOn()
        } else {
            phase = .closing(until: until)
            let written = context.eventLoop.makePromise(of: Void.self)
            reportDelivery(written)
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.writeAndFlush(wrapOutboundOut(buffer), promise: written)
        }
        updateTimer()
    }

    /// Ends exchanges whose client has gone, or does not listen any more: their outcome is logged as it is.
    private func dropReplies() {
        while let (exchange, reply) = popAnswered() {
            loop.exchangeClosed(exchange, reply, peer: peer, clientGone: true, now: loop.eventLoop.now)
        }
    }
}

/// Replies of one write whose delivery somebody wants to know: nearly always one, which then has no array.
struct AwaitedReplies: Sendable {
    struct Reply: Sendable {
        let id: MessageID
        let onDelivered: @Sendable (MessageID) -> Void
    }

    let first: Reply
    var others: [Reply] = []

    func report() {
        first.onDelivered(first.id)
        for reply in others { reply.onDelivered(reply.id) }
    }
}
