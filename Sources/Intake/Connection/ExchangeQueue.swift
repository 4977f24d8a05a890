import DequeModule
package import Messaging
package import NIOCore

/// One request of a connection from its last byte to its reply.
package struct Exchange {
    /// Where it stands.
    enum Phase {
        /// Its form or its sender is being looked at: no carrier has heard of it.
        case checking
        /// The handler has it.
        case handed
        /// Another node is asked for it, or has it.
        case passed(Passage)
        /// Its reply waits for the replies of the requests before it. Indirect: few wait, and each request is moved often.
        indirect case answered(IntakeReply, Passage?)
    }

    /// The message's id.
    package let id: MessageID
    /// How it is answered.
    package let terms: RequestTerms
    /// When its last byte had come.
    package let arrived: NIODeadline
    /// When it is answered, whatever the handler does.
    package let giveUpAt: NIODeadline
    /// Whose it is, once that is known.
    package var account: AccountEntry?
    /// Where it stands.
    var phase = Phase.checking

    /// What another node answered, and its name; nil where it was answered here.
    var answerOfNode: (reply: PassedReply, node: String)? { passage?.answer }

    private var passage: Passage? {
        switch phase {
        case .passed(let passage): passage
        case .answered(_, let passage): passage
        case .checking, .handed: nil
        }
    }

    /// A request that has just arrived.
    package init(id: MessageID, terms: RequestTerms, arrived: NIODeadline, giveUpAt: NIODeadline) {
        self.id = id
        self.terms = terms
        self.arrived = arrived
        self.giveUpAt = giveUpAt
    }

    fileprivate mutating func identify(
        account: AccountEntry, isHanded: Bool
    ) -> (id: MessageID, deadline: NIODeadline)? {
        if case .answered = phase { return nil }
        self.account = account
        if isHanded { phase = .handed }
        return (id, deadline)
    }

    /// When its reply is due.
    package var deadline: NIODeadline { giveUpAt - IntakeConfiguration.handlerGrace }

    fileprivate mutating func answer(_ reply: IntakeReply) {
        phase = .answered(reply, passage)
    }
}

/// The requests of one connection that are not answered yet, in their order. Work names them by a number that is never
/// used again, so that a reply that comes twice or too late finds nothing.
package struct ExchangeQueue {
    private var exchanges: Deque<Exchange> = []
    private var firstNumber: UInt64 = 0

    /// An empty queue.
    package init() {}

    /// Requests in the queue.
    package var count: Int { exchanges.count }
    /// Whether there is none.
    package var isEmpty: Bool { exchanges.isEmpty }

    /// Appends a request; returns its number.
    package mutating func append(_ exchange: Exchange) -> UInt64 {
        exchanges.append(exchange)
        return firstNumber + UInt64(exchanges.count - 1)
    }

    /// The request, unless it is answered.
    package subscript(open number: UInt64) -> Exchange? {
        guard let index = openIndex(number) else { return nil }
        return exchanges[index]
    }

    /// Notes whose a request is, and whether the handler is given it; returns its id and when its reply is due, unless it is
    /// answered.
    @discardableResult
    package mutating func identify(
        _ number: UInt64, account: AccountEntry, isHanded: Bool
    ) -> (id: MessageID, deadline: NIODeadline)? {
        guard let index = index(of: number) else { return nil }
        // In place: a look at a part of an exchange in here copies all of it.
        return exchanges[index].identify(account: account, isHanded: isHanded)
    }

    /// Notes that other nodes are asked for a request, or (nil) that it is decided here after all; unless it is answered.
    mutating func pass(_ number: UInt64, _ passage: Passage?) {
        guard let index = openIndex(number) else { return }
        exchanges[index].phase = passage.map { .passed($0) } ?? .checking
    }

    /// Whether a request is not answered yet.
    package func isOpen(_ number: UInt64) -> Bool { openIndex(number) != nil }

    /// Takes the first request out, if this is it and it is not answered yet: its reply need not wait.
    package mutating func takeFirst(_ number: UInt64) -> Exchange? {
        guard number == firstNumber, let exchange = exchanges.popFirst() else { return nil }
        if case .answered = exchange.phase {
            exchanges.prepend(exchange)
            return nil
        }
        firstNumber += 1
        return exchange
    }

    /// Answers a request whose reply has to wait; returns it as it was, or nil when it is answered already.
    package mutating func answer(_ number: UInt64, with reply: IntakeReply) -> Exchange? {
        guard let index = openIndex(number) else { return nil }
        let exchange = exchanges[index]
        exchanges[index].answer(reply)
        return exchange
    }

    /// Takes the first request out if it is answered.
    package mutating func popAnswered() -> (exchange: Exchange, reply: IntakeReply)? {
        guard !exchanges.isEmpty, case .answered(let reply, _) = exchanges[0].phase else { return nil }
        firstNumber += 1
        return (exchanges.removeFirst(), reply)
    }

    /// When the first unanswered request is given up.
    package var giveUpAt: NIODeadline? {
        for index in exchanges.indices {
            if case .answered = exchanges[index].phase { continue }
            return exchanges[index].giveUpAt
        }
        return nil
    }

    /// The numbers of unanswered requests.
    package var openNumbers: [UInt64] {
        exchanges.indices.map { firstNumber + UInt64($0) }.filter { openIndex($0) != nil }
    }

    /// The numbers of unanswered requests whose time is over.
    package func overdue(now: NIODeadline) -> [UInt64] {
        openNumbers.filter { number in self[open: number].map { $0.giveUpAt <= now } ?? false }
    }

    private func index(of number: UInt64) -> Int? {
        guard number >= firstNumber, number - firstNumber < UInt64(exchanges.count) else { return nil }
        return Int(number - firstNumber)
    }

    private func openIndex(_ number: UInt64) -> Int? {
        guard let index = index(of: number) else { return nil }
        if case .answered = exchanges[index].phase { return nil }
        return index
    }
}
