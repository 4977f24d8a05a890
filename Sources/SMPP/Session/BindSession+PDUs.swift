/// What a bind does with the PDUs that its peer sends.
extension BindSession {
    /// The carrier answered one of our `submit_sm`: the path of every message, without an allocation of its own.
    package mutating func submitAnswered(
        sequence: UInt32, status: CommandStatus, response: MessageResponse, now: MonotonicTime
    ) -> SubmitStep {
        guard state.isConnected else { return .nothing }
        heard(now: now)
        let congestion = response.tlvs.isEmpty ? nil : response.tlvs[.congestionState]?.integer
        return traffic.answered(
            sequence: sequence, status: status, messageID: response.messageID, congestion: congestion, now: now)
    }

    /// A whole PDU came in.
    package mutating func received(_ pdu: PDU, now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard state.isConnected else { return [] }
        heard(now: now)
        switch pdu.body {
        case .submitResponse(let response):
            let step = submitAnswered(sequence: pdu.sequence, status: pdu.status, response: response, now: now)
            return actions(for: step, now: now)
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
            return nackReceived(pdu, now: now, jitter: jitter)
        case .alertNotification:
            return []
        case .outbind:
            return [nack(pdu.sequence, .invalidBindStatus)]
        case .bind, .submit, .query, .cancel:
            return [nack(pdu.sequence, .invalidCommandID)]
        case .deliverResponse, .dataResponse, .queryResponse, .cancelResponse:
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
    /// A response still says by its header what it answers and how. A request is refused with `problem`.
    ///
    /// - Parameters:
    ///   - status: the header's `command_status`.
    ///   - problem: what the decoder would answer.
    package mutating func receivedBroken(
        _ id: CommandID, status: CommandStatus, sequence: UInt32, problem: CommandStatus, now: MonotonicTime,
        jitter: Double
    ) -> [BindAction] {
        guard state.isConnected else { return [] }
        heard(now: now)
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
        if let body { return received(PDU(status: status, sequence: sequence, body), now: now, jitter: jitter) }
        guard id.isResponse else { return [nack(sequence, problem)] }
        misplaced += 1
        return []
    }

    /// What a `deliver_sm` or `data_sm` carried is safe (status 0), or could not be kept.
    ///
    /// Harmless when it was answered before or its connection is gone.
    package mutating func answerDelivery(
        _ key: DeliveryKey, _ status: CommandStatus, now: MonotonicTime
    ) -> [BindAction] {
        guard let answer = deliveries.take(key) else { return [] }
        return [.send(answer.pdu(status))] + continueDrain(now: now)
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

    private mutating func actions(for step: SubmitStep, now: MonotonicTime) -> [BindAction] {
        (step == .nothing ? [] : [.submit(step)]) + continueDrain(now: now)
    }

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
            return [.close] + lose(.bindRefused(status), now: now, jitter: jitter)
        }
        becomeBound(response, now: now)
        return []
    }

    private mutating func unbindReceived(_ sequence: UInt32, now: MonotonicTime, jitter: Double) -> [BindAction] {
        let answer = BindAction.send(PDU(sequence: sequence, .unbindResponse))
        // Both sides may unbind at once: ours is still to be answered.
        if case .unbinding = state { return [answer] }
        let failure = BindFailure(.unbind, "the carrier sent unbind")
        return [answer, .close] + lose(failure, now: now, jitter: jitter)
    }

    private mutating func unbindAnswered(now: MonotonicTime, jitter: Double) -> [BindAction] {
        guard case .unbinding = state else {
            misplaced += 1
            return []
        }
        return [.close] + lose(.stopped, now: now, jitter: jitter)
    }

    /// A refusal of whatever we sent under this sequence number (§4.3).
    private mutating func nackReceived(_ pdu: PDU, now: MonotonicTime, jitter: Double) -> [BindAction] {
        // A nack is a refusal even where its status forgets to say so.
        let status = pdu.status == .ok ? CommandStatus.unknownError : pdu.status
        switch state {
        case .binding:
            return bindAnswered(status, BindResponse(), now: now, jitter: jitter)
        case .unbinding(let sequence, _) where sequence == pdu.sequence:
            return unbindAnswered(now: now, jitter: jitter)
        case .bound, .draining, .unbinding:
            if traffic.window.expects(pdu.sequence) {
                let step = submitAnswered(
                    sequence: pdu.sequence, status: status, response: MessageResponse(), now: now)
                return actions(for: step, now: now)
            }
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
