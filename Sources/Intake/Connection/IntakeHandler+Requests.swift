import NIOCore
import SMPP

/// Requests: from their parts to the handler. The order of the checks is the order of design §1: head, form, lock-out,
/// credentials, account, address, rate, in-flight.
extension IntakeHandler {
    /// Takes the next part of a request.
    func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let terms): takeHead(terms)
        case .body(let bytes): takeBody(bytes)
        case .end: takeEnd()
        case .whole(let terms, let body):
            headStarted = nil
            takeRequest(terms, body)
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
        // Not in place: see `changeExchanges`.
        guard var request = arriving else { return }
        arriving = nil
        let isTaken = request.take(bytes, limit: loop.configuration.maxBodyBytes)
        let isHeld = request.terms.refusal != nil || loop.unfinished.take(bytes.readableBytes)
        if isHeld, request.terms.refusal == nil { request.heldBytes += bytes.readableBytes }
        arriving = request
        if !isTaken {
            answerAtOnce(request.terms.refusal ?? .bodyTooLarge, terms: request.terms)
        } else if !isHeld {
            answerAtOnce(.busy, terms: request.terms)
        }
    }

    /// Forgets a request that has not arrived whole.
    func dropArriving() {
        loop.unfinished.giveBack(arriving?.heldBytes ?? 0)
        arriving = nil
    }

    private func takeEnd() {
        guard let request = arriving else { return }
        dropArriving()
        takeRequest(request.terms, request.body ?? ByteBuffer())
    }

    private func takeRequest(_ terms: RequestTerms, _ body: ByteBuffer) {
        if !terms.keepAlive { phase = .finishing(lingers: false) }
        let now = loop.eventLoop.now
        let number = open(terms, now: now)
        if terms.isAside { return answerAside(number, terms) }
        if let refusal = terms.refusal { return answer(number, refusal) }
        if loop.isDraining { return answer(number, .draining) }
        if terms.isChat { return takeChat(number, terms, body, now: now) }
        do throws(FormProblem) {
            let form = try loop.form.decode(body, charset: terms.charset)
            takeForm(number, form, terms, body, now: now)
        } catch {
            answer(number, IntakeReply(error, language: language(of: nil)))
        }
    }

    private func takeChat(_ number: UInt64, _ terms: RequestTerms, _ body: ByteBuffer, now: NIODeadline) {
        do throws(ReplyCode) {
            takeForm(number, try loop.form.decodeChat(body, charset: terms.charset), terms, body, now: now)
        } catch {
            answer(number, error)
        }
    }

    private func takeForm(
        _ number: UInt64, _ form: consuming SMSForm, _ terms: RequestTerms, _ body: ByteBuffer, now: NIODeadline
    ) {
        if let passing = loop.passing, passOn(number, form, terms, body, by: passing) { return }
        authenticate(number, form, source: terms.client ?? source, now: now)
    }

    /// `GET /healthz`, whether this listener takes messages, for a balancer; or what a node tells.
    private func answerAside(_ number: UInt64, _ terms: RequestTerms) {
        if case .delivered(let id) = terms.passedOn {
            delivered(id)
        } else if loop.isDraining {
            return answer(number, .draining)
        }
        answer(
            number,
            IntakeReply(
                status: 200, outcome: .notSent, code: nil, reason: "OK", message: "ok",
                language: loop.configuration.defaultLanguage))
    }

    /// Makes an exchange of a request.
    private func open(_ terms: RequestTerms, now: NIODeadline) -> UInt64 {
        loop.exchangeOpened()
        var time = loop.configuration.replyWithin
        // A part of it is over at the node that has the client.
        if case .form(_, let milliseconds) = terms.passedOn { time = min(time, .milliseconds(Int64(milliseconds))) }
        let exchange = Exchange(
            id: loop.makeID(), terms: terms, arrived: now, giveUpAt: now + time + IntakeConfiguration.handlerGrace)
        return changeExchanges { $0.append(exchange) }
    }

    /// Answers a request that is not whole, or not readable, and takes nothing more from this connection.
    func answerAtOnce(_ code: ReplyCode, terms: RequestTerms) {
        dropArriving()
        headStarted = nil
        discardRest()
        phase = .finishing(lingers: true)
        var terms = terms
        terms.keepAlive = false
        terms.refusal = code
        answer(open(terms, now: loop.eventLoop.now), code)
        updateTimer()
    }

    /// - Parameter source: whose address the form is from.
    func authenticate(_ number: UInt64, _ form: consuming SMSForm, source: SourceAddress, now: NIODeadline) {
        switch loop.authenticator.begin(form.credentials, source: source, now: now) {
        case .decided(let verdict): authenticated(number, form, verdict, source: source, now: now)
        case .mustVerify(let attempt):
            let form = form
            loop.authenticator.verify(attempt) { [self] verdict in
                // Given up, or its client left, while scrypt ran: nobody waits for it, and nothing was sent.
                guard exchanges.isOpen(number) else { return }
                authenticated(number, form, verdict, source: source, now: loop.eventLoop.now)
            }
        }
    }

    private func authenticated(
        _ number: UInt64, _ form: consuming SMSForm, _ verdict: Authenticator.Verdict, source: SourceAddress,
        now: NIODeadline
    ) {
        switch verdict {
        case .refused(let code, let retryAfter):
            answer(number, IntakeReply(code, language: language(of: nil), retryAfter: retryAfter))
        case .verified(let entry):
            guard let chat = form.chat else { return admit(number, form, entry, source: source, now: now) }
            changeExchanges { _ = $0.identify(number, account: entry, isHanded: false) }
            do throws(ReplyCode) {
                admit(number, try chat.message(form, under: entry.account.chat), entry, source: source, now: now)
            } catch .attachmentsRefused {
                // It has a name and is a message of the chat: a status follows.
                admit(number, form, entry, source: source, now: now, refusing: .attachmentsRefused)
            } catch {
                answer(number, error)
            }
        }
    }

    private func admit(
        _ number: UInt64, _ form: consuming SMSForm, _ entry: AccountEntry, source: SourceAddress, now: NIODeadline,
        refusing: ReplyCode? = nil
    ) {
        let refusal = refusal(of: entry, source: source, now: now)
        let identified = changeExchanges { $0.identify(number, account: entry, isHanded: refusal == nil) }
        // It is open: it has come just now, or the caller has looked.
        guard let (id, deadline) = identified else { return }
        if let (code, retryAfter) = refusal {
            return answer(number, IntakeReply(code, language: entry.account.language, retryAfter: retryAfter))
        }
        loop.counters.handed.add()
        let request = SMSRequest(
            id: id, entry: entry, from: form.from, to: form.to, text: form.text, options: form.options,
            chat: form.chat, refusal: refusing, deadline: deadline, eventLoop: loop.eventLoop, loopIndex: loop.index)
        let connection = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.handler(request) { connection.value.answer(number, $0) }
    }

    /// Why a message of this account is not taken; nil: it is, and has a slot among those in flight.
    private func refusal(
        of entry: AccountEntry, source: SourceAddress, now: NIODeadline
    ) -> (code: ReplyCode, retryAfter: Int?)? {
        guard entry.account.enabled else { return (.accountDisabled, nil) }
        guard entry.account.allows(source) else { return (.ipNotAllowed, nil) }
        guard !loop.isDraining else { return (.draining, nil) }
        switch entry.meter.admit(now: now) {
        case .limited(let retryAfter): return (.rateLimited, retryAfter)
        case .admitted: return nil
        }
    }
}
