import Cluster
import Messaging
import NIOCore

/// Forms that other nodes decide about, and forms of other nodes.
extension IntakeHandler {
    /// Passes a form on to another node where that has a bind of its account's carriers and this one has none.
    ///
    /// Nothing of it is decided before: whose it says it is tells its carriers, and the other node asks for the proof. What comes from another
    /// node is never passed on.
    ///
    /// - Returns: false where it is to be decided here.
    func passOn(
        _ number: UInt64, _ form: SMSForm, _ terms: RequestTerms, _ body: ByteBuffer, by passing: FormPassing
    ) -> Bool {
        guard terms.passedOn == nil, let entry = loop.authenticator.named(form.credentials),
            let to = form.recipient(under: entry.account),
            let carriers = loop.unbound?(entry.account, form.chat != nil, to), let exchange = exchanges[open: number]
        else { return false }
        let peers = passing.peers(for: carriers, chance: exchange.id.rawValue)
        guard !peers.isEmpty else { return false }
        let configuration = loop.configuration
        let passage = Passage(
            FormToPass(
                path: terms.isChat ? configuration.chatPath : configuration.path, charset: terms.charset,
                wantsJSON: terms.wantsJSON, client: source, body: body),
            account: entry, deadline: exchange.deadline, peers: peers)
        passage.then = { [self, unowned passage] end in ended(number, form, passage, end) }
        changeExchanges { $0.pass(number, passage) }
        passing.ask(passage)
        return true
    }

    private func ended(_ number: UInt64, _ form: SMSForm, _ passage: Passage, _ end: Passage.End) {
        switch end {
        case .answered(let reply, let node):
            loop.counters.add(PassingLabel(node: node, ending: .answered(reply.outcome)))
            guard exchanges.isOpen(number) else { return }
            var told = IntakeReply(
                status: reply.status, outcome: reply.outcome, code: nil, reason: "", message: "",
                language: language(of: nil))
            let passage = NIOLoopBound(passage, eventLoop: loop.eventLoop)
            told.onDelivered = { _ in passage.value.delivered() }
            answer(number, told)
        case .lost(let node):
            loop.counters.add(PassingLabel(node: node, ending: .lost))
            lost(number, passage)
        case .kept:
            // Given up, or its client left, and nothing was sent.
            guard exchanges.isOpen(number) else { return }
            changeExchanges { $0.pass(number, nil) }
            authenticate(number, form, source: source, now: loop.eventLoop.now)
        }
    }

    /// Answers a form that left for another node of which nothing more will be heard.
    func lost(_ number: UInt64, _ passage: Passage) {
        guard exchanges.isOpen(number) else { return }
        changeExchanges { _ = $0.identify(number, account: passage.account, isHanded: false) }
        answer(number, .connectionLost)
    }

    // MARK: At the node that was asked

    /// A reply to another node is written: that node will say whether the client has taken it. Until it does the message is one that was
    /// answered to nobody.
    func waitForNode(_ reply: AwaitedReplies.Reply) {
        if awaitedOfNode.count >= loop.configuration.maxPipelined { awaitedOfNode.removeFirst() }
        awaitedOfNode.append(reply)
    }

    /// It says so.
    func delivered(_ id: MessageID) {
        guard let index = awaitedOfNode.firstIndex(where: { $0.id == id }) else { return }
        let reply = awaitedOfNode.remove(at: index)
        reply.onDelivered(reply.id)
    }
}

extension SMSForm {
    /// The recipient as the account would have it; nil where the form is no message of its chat.
    fileprivate func recipient(under account: Account) -> String? {
        guard let chat else { return to }
        return try? chat.message(self, under: account.chat).to
    }
}
