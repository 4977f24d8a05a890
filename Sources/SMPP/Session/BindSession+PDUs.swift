/// What a bind does with the PDUs that its peer sends.
extension BindSession {
    /// A whole PDU came in.
    ///
    /// - Parameter expects: whether a response to this sequence number would find a message, in time or late.
    package mutating func received(
        _ pdu: PDU, now: MonotonicTime, jitter: Double, expects: (UInt32) -> Bool = { _ in false }
    ) -> [BindAction] {
        guard heard(now: now) else { return [] }
        if pdu.flaw != nil { flawed += 1 }
        switch pdu.body {
        case .submitResponse(let response):
            return [.answered(sequence: pdu.sequence, pdu.status, response)]
        case .enquireLink:
            return [.send(PDU(sequence: pdu.sequence, .enquireLinkResponse))]
        case .enquireLinkResponse:
            enquireLinkAnswered(now: now)
            return []
        case .deliver(let message):
            return delivery(pdu.sequence, message, isData: false, now: now)
        case .data(let message):
            return delivery(pdu.sequence, ShortMessage(message), isData: true, now: now)
        case .bindResponse(_, let response):
            return bindAnswered(pdu.status, response, now: now, jitter: jitter)
        case .unbind:
            return unbindReceived(pdu.sequence, now: now, jitter: jitter)
        case .unbindResponse:
            return unbindAnswered(now: now, jitter: jitter)
        case .genericNack:
            return nackReceived(pdu, now: now, jitter: jitter, expects: expects)
        case .alertNotification:
            return []
        case .outbind:
            return [nack(pdu.sequence, .invalidBindStatus)]
        case .bind, .submit, .query, .cancel:
            return [nack(pdu.sequence, .invalidCommandID)]
        // What was cancelled has its receipt.
        case .cancelResponse:
            return []
        case .deliverResponse, .dataResponse, .queryResponse:
            misplaced += 1
            return []
        case .unknown(let id, _):
            guard id.isResponse else { return [nack(pdu.sequence, .invalidCommandID)] }
            misplaced += 1
            return []
        }
    }

    private mutating func enquireLinkAnswered(now: MonotonicTime) {
        if let time = link?.answered(now: now) { enquireLinkTimes.add(time) }
    }

    /// A whole PDU came in whose body cannot be read.
    ///
    /// A response still says by its header what it answers and how. A request is refused with `problem`, in its own response:
    /// `generic_nack` is for headers and commands that make no sense (§4.3).
    ///
    /// - Parameters:
    ///   - status: the header's `command_status`.
    ///   - problem: what the decoder would answer.
    package mutating func receivedBroken(
        _ id: CommandID, status: CommandStatus, sequence: UInt32, problem: CommandStatus, now: MonotonicTime,
        jitter: Double, expects: (UInt32) -> Bool = { _ in false }
    ) -> [BindAction] {
        guard heard(now: now) else { return [] }
        let body: PDUBody? =
            switch id {
            case .submitSMResponse: .submitResponse(MessageResponse())
            case .enquireLink: .enquireLink
            case .enquireLinkResponse: .enquireLinkResponse
            case .unbind: .unbind
            case .unbindResponse: .unbindResponse
            case .genericNack: .genericNack
            case .bindReceiverResponse, .bindTransmitterResponse, .bindTransceiverResponse:
                .bindResponse(setup.kind, BindResponse())
            default: nil
            }
        if let body {
            return received(
                PDU(status: status, sequence: sequence, body), now: now, jitter: jitter, expects: expects)
        }
        misplaced += 1
        switch id {
        case .deliverSM, .dataSM:
            return [.send(OpenDeliveries.Answer(sequence: sequence, isData: id == .dataSM).pdu(problem))]
        // There is no response to it (§4.12).
        case .alertNotification: return []
        default: return id.isResponse ? [] : [.send(PDU(status: .invalidCommandID, sequence: sequence, .genericNack))]
        }
    }

    /// What a `deliver_sm` or `data_sm` carried is safe (status 0), or could not be kept.
    ///
    /// Harmless when it was answered before or its connection is gone.
    package mutating func answerDelivery(_ key: DeliveryKey, _ status: CommandStatus) -> [BindAction] {
        deliveries.take(key).map { [.send($0.pdu(status))] } ?? []
    }

    /// A carrier that waits for long ends the connection: it gets an answer after which it asks again.
    mutating func refuseOverdueDeliveries(now: MonotonicTime) -> [BindAction] {
        var actions: [BindAction] = []
        while let answer = deliveries.takeOverdue(now: now) {
            actions.append(.send(answer.pdu(setup.deliveryRetryStatus)))
        }
        return actions
    }

    // MARK: One by one

    private mutating func nack(_ sequence: UInt32, _ status: CommandStatus) -> BindAction {
        misplaced += 1
        return .send(PDU(status: status, sequence: sequence, .genericNack))
    }

    private mutating func delivery(
        _ sequence: UInt32, _ message: ShortMessage, isData: Bool, now: MonotonicTime
    ) -> [BindAction] {
        let answer = OpenDeliveries.Answer(sequence: sequence, isData: isData)
        if case .binding = state {
            misplaced += 1
            return [.send(answer.pdu(.invalidBindStatus))]
        }
        delivered += 1
        guard let key = deliveries.add(answer, now: now) else { return [.send(answer.pdu(setup.deliveryRetryStatus))] }
        return [.deliver(message, isData: isData, key)]
    }

    private mutating func bindAnswered(
        _ status: CommandStatus, _ response: BindResponse, now: MonotonicTime, jitter: Double
    ) -> [BindAction] {
        guard case .binding = state else {
            misplaced += 1
            return []
        }
        guard status == .ok else {
            return [.close] + lose(BindFailure(.refused(status)), now: now, jitter: jitter)
        }
        becomeBound(response, now: now)
        return []
    }

    private mutating func unbindReceived(_ sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let answer = BindAction.send(PDU(sequence: sequence, .unbindResponse))
        switch state {
        case .bound:
            dismiss(sequence, stops: false, now: now)
            return []
        case .draining:
            dismiss(sequence, stops: true, now: now)
            return []
        case .binding:
            return [answer, .close] + lose(Self.unbindReceived, now: now, jitter: jitter)
        // Both sides may unbind at once: ours is still to be answered.
        case .unbinding:
            return [answer]
        case .dismissed, .idle, .connecting, .waiting, .stopped:
            return []
        }
    }

    private mutating func unbindAnswered(now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard case .unbinding = state else {
            misplaced += 1
            return []
        }
        return [.close] + lose(Self.stopped, now: now, jitter: jitter)
    }

    /// A refusal of whatever we sent under this sequence number (§4.3).
    private mutating func nackReceived(
        _ pdu: PDU, now: MonotonicTime, jitter: Double, expects: (UInt32) -> Bool
    ) -> [BindAction] {
        // A nack is a refusal even where its status forgets to say so.
        let status = pdu.status == .ok ? CommandStatus.unknownError : pdu.status
        switch state {
        case .binding:
            return bindAnswered(status, BindResponse(), now: now, jitter: jitter)
        case .unbinding(let sequence, _) where sequence == pdu.sequence:
            return unbindAnswered(now: now, jitter: jitter)
        case .bound, .draining, .dismissed, .unbinding:
            if expects(pdu.sequence) { return [.answered(sequence: pdu.sequence, status, MessageResponse())] }
            // Whoever refuses an enquire_link is alive.
            enquireLinkAnswered(now: now)
            misplaced += 1
            return []
        case .idle, .connecting, .waiting, .stopped:
            return []
        }
    }
}

extension CommandStatus {
    /// ESME_RUNKNOWNERR.
    static let unknownError = CommandStatus(rawValue: 0xFF)
}

extension OpenDeliveries.Answer {
    fileprivate func pdu(_ status: CommandStatus) -> PDU {
        let response = MessageResponse()
        return PDU(status: status, sequence: sequence, isData ? .dataResponse(response) : .deliverResponse(response))
    }
}
