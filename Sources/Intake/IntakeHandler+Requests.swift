import NIOCore

/// Requests: from their parts to the handler. The order of the checks is the order of design §1: head, form, lock-out,
/// credentials, account, address, rate, in-flight.
extension IntakeHandler {
    /// Takes the next part of a request.
    func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let terms): takeHead(terms)
        case .body(let bytes): takeBody(bytes)
        case .end: takeEnd()
        }
    }

    private func takeHead(_ terms: RequestTerms) {
        if terms.mustClose, let refusal = terms.refusal { return answerAtOnce(refusal, terms: terms) }
        arriving = Arriving(terms: terms, started: headStarted ?? loop.eventLoop.now)
        headStarted = nil
        if terms.expectsContinue {
            arriving?.owesContinue = true
            sendContinue()
        }
    }

    /// Sends `100 Continue` once the replies to all earlier requests are out.
    func sendContinue() {
        guard arriving?.owesContinue == true, exchanges.isEmpty, let context else { return }
        arriving?.owesContinue = false
        var buffer = context.channel.allocator.buffer(capacity: 32)
        buffer.writeStaticString(ReplyWriter.continueReply)
        write(buffer, context)
    }

    private func takeBody(_ bytes: ByteBuffer) {
        guard var request = arriving else { return }
        arriving = nil
        request.owesContinue = false
        request.bodyBytes += bytes.readableBytes
        if request.bodyBytes > loop.configuration.maxBodyBytes {
            return answerAtOnce(request.terms.refusal ?? .bodyTooLarge, terms: request.terms)
        }
        if request.terms.refusal == nil {
            if request.body == nil {
                request.body = bytes
            } else {
                request.body?.writeImmutableBuffer(bytes)
            }
        }
        arriving = request
    }

    private func takeEnd() {
        guard let request = arriving else { return }
        arriving = nil
        if !request.terms.keepAlive { phase = .finishing(lingers: false) }
        let number = open(request.terms)
        if let refusal = request.terms.refusal { return answer(number, refusal) }
        if loop.isDraining { return answer(number, .draining) }
        do throws(FormProblem) {
            let form = try loop.form.decode(request.body ?? ByteBuffer(), charset: request.terms.charset)
            authenticate(number, form)
        } catch {
            answer(number, IntakeReply(error.code, language: language(of: nil), detail: error.field))
        }
    }

    /// Makes an exchange of a request.
    private func open(_ terms: RequestTerms) -> UInt64 {
        let now = loop.eventLoop.now
        loop.exchangeOpened()
        return exchanges.append(
            Exchange(
                id: loop.makeID(), terms: terms, arrived: now,
                giveUpAt: now + loop.configuration.replyWithin + IntakeConfiguration.handlerGrace))
    }

    /// Answers a request that is not whole, or not readable, and takes nothing more from this connection.
    func answerAtOnce(_ code: ReplyCode, terms: RequestTerms) {
        arriving = nil
        headStarted = nil
        reader.discard()
        phase = .finishing(lingers: true)
        var terms = terms
        terms.keepAlive = false
        terms.refusal = code
        answer(open(terms), code)
        updateTimer()
    }

    private func authenticate(_ number: UInt64, _ form: SMSForm) {
        switch loop.authenticator.begin(form.credentials, source: source, now: loop.eventLoop.now) {
        case .decided(let verdict): authenticated(number, form, verdict)
        case .mustVerify(let attempt):
            loop.authenticator.verify(attempt) { self.authenticated(number, form, $0) }
        }
    }

    private func authenticated(_ number: UInt64, _ form: SMSForm, _ verdict: Authenticator.Verdict) {
        // Given up, or its client left, while scrypt ran: nobody waits for it, and nothing was sent.
        guard exchanges[open: number] != nil else { return }
        switch verdict {
        case .refused(let code, let retryAfter):
            answer(number, IntakeReply(code, language: language(of: nil), retryAfter: retryAfter))
        case .verified(let entry): admit(number, form, entry)
        }
    }

    private func admit(_ number: UInt64, _ form: SMSForm, _ entry: AccountEntry) {
        guard let exchange = exchanges[open: number] else { return }
        exchanges.identify(number, account: entry)
        let account = entry.account
        let now = loop.eventLoop.now
        guard account.enabled else { return answer(number, .accountDisabled) }
        guard account.allows(source) else { return answer(number, .ipNotAllowed) }
        guard !loop.isDraining else { return answer(number, .draining) }
        switch entry.meter.admit(now: now) {
        case .limited(let retryAfter):
            answer(number, IntakeReply(.rateLimited, language: account.language, retryAfter: retryAfter))
        case .admitted:
            exchanges.hand(number)
            loop.counters.handed.add()
            let request = SMSRequest(
                id: exchange.id, account: account, from: form.from, to: form.to, text: form.text,
                deadline: exchange.arrived + loop.configuration.replyWithin, eventLoop: loop.eventLoop,
                loopIndex: loop.index)
            let connection = NIOLoopBound(self, eventLoop: loop.eventLoop)
            loop.handler(request) { connection.value.answer(number, $0) }
        }
    }
}
