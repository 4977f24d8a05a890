import NIOCore
import SMPP
import SMPPWire

/// A `submit_sm` or `data_sm` that is to be answered.
struct Arrival {
    /// How much of it is known already.
    enum Content {
        case outlined(SubmitOutline)
        case decoded(MessageContent)
    }

    let number: UInt64
    let id: UInt64
    let response: CommandID
    let sequence: UInt32
    let bind: SimulatorSession.Bind
    let pdu: ByteBuffer
    let content: Content
    let time: NIODeadline
}

extension SimulatorSession {
    /// SMPP 3.4 §4.4. The usual message is never decoded: see `SubmitOutline`.
    func receiveSubmit(_ pdu: ByteBuffer, _ header: PDUHeader) {
        shard.statistics.submits += 1
        guard let bind = submittingBind else {
            refuse(.submitSMResponse, .invalidBindStatus, sequence: header.sequence)
            return
        }
        let span = pdu.readableBytesUInt8Span
        if let outline = SubmitOutline(span) {
            receive(pdu, header, bind, .outlined(outline), destination: span.extracting(outline.destination))
            return
        }
        do {
            _ = try PDUDecoder.decode(pdu)
            refuseBroken(header, .invalidCommandLength)
        } catch {
            refuseBroken(header, error.status)
        }
    }

    /// SMPP 3.4 §4.7.
    func receiveData(_ message: DataMessage, _ pdu: ByteBuffer, _ header: PDUHeader) {
        shard.statistics.dataMessages += 1
        guard let bind = submittingBind else {
            refuse(.dataSMResponse, .invalidBindStatus, sequence: header.sequence)
            return
        }
        let destination = message.destination.value.latin1Octets
        receive(pdu, header, bind, .decoded(MessageContent(message)), destination: destination.span)
    }

    var submittingBind: Bind? {
        guard case .bound(let bind) = phase, bind.kind.submits else { return nil }
        return bind
    }

    private func receive(
        _ pdu: ByteBuffer, _ header: PDUHeader, _ bind: Bind, _ content: Arrival.Content, destination: Span<UInt8>
    ) {
        let arrival = Arrival(
            number: shared.numbers.take(), id: shard.takeID(), response: header.id.response,
            sequence: header.sequence, bind: bind, pdu: pdu, content: content, time: .now())
        if let status = overload(by: bind, at: arrival.time) ?? arrival.problem {
            refuse(arrival, status, .headerOnly, fault: nil)
        } else if let fault = quirkFault(pdu) ?? fault(of: arrival, destination: destination) {
            perform(fault, arrival, destination: destination)
        } else {
            accept(arrival, fault: nil)
        }
    }

    /// Counts what came over the bind; why the SMSC takes nothing at this moment, nil where it does.
    private func overload(by bind: Bind, at time: NIODeadline) -> CommandStatus? {
        bind.pace.count()
        if let lastMessage { shard.statistics.nanosecondsInUse += (time - lastMessage).nanoseconds }
        lastMessage = time
        let unanswered = schedule.count + unflushedMessages
        shard.statistics.maxUnanswered = max(shard.statistics.maxUnanswered, unanswered + 1)
        if unanswered >= shared.options.windowLimit ?? AnswerSchedule.maximumWaiting {
            shard.statistics.windowExceeded += 1
            return .messageQueueFull
        }
        guard rateLimit?.admits(time) == false else { return nil }
        shard.statistics.throttled += 1
        return .throttled
    }

    /// SMPP 3.4 §4.5: each destination is a message of its own, and all have the id that the one response names. Of the faults
    /// that destinations call for only a status is played: it stands in the list of those that failed.
    func receiveMulti(_ pdu: ByteBuffer, _ header: PDUHeader) {
        shard.statistics.submits += 1
        func refuse(_ status: CommandStatus) {
            self.refuse(.submitMultiResponse, status, sequence: header.sequence)
        }
        guard let bind = submittingBind else { return refuse(.invalidBindStatus) }
        let multi: MultiSubmission
        do throws(PDUDecodingError) {
            multi = try MultiSubmission(pdu)
        } catch {
            return refuseBroken(header, error.status)
        }
        let time = NIODeadline.now()
        if let status = overload(by: bind, at: time) ?? multi.problem { return refuse(status) }
        let (id, delay) = (shard.takeID(), latency())
        let arrivals = multi.messages.map { message in
            var single = ByteBuffer()
            single.writePDU(PDU(sequence: header.sequence, .submit(message)))
            return Arrival(
                number: shared.numbers.take(), id: id, response: header.id.response, sequence: header.sequence,
                bind: bind, pdu: single, content: .decoded(MessageContent(message)), time: time)
        }
        var failed: [(SMPPAddress, CommandStatus)] = []
        for (arrival, destination) in zip(arrivals, multi.destinations) {
            if let status = status(of: arrival, to: destination) {
                count(refusal: status)
                record(arrival, status, nil)
                failed.append((destination, status))
            } else {
                shard.statistics.accepted += 1
                record(arrival, .ok, nil, decideFate(of: arrival, answeredAfter: delay))
            }
        }
        guard let first = arrivals.first else { return }
        let status: CommandStatus = failed.count < arrivals.count ? .ok : .submitFailed
        let messageID = shared.text(of: id)
        answer(first, after: delay) { octets in
            octets.writeMultiResponse(status, sequence: header.sequence, messageID: messageID, failed)
        }
    }

    /// What refuses one of several destinations; nil where nothing does.
    private func status(of arrival: Arrival, to destination: SMPPAddress) -> CommandStatus? {
        guard !destination.value.isEmpty else { return .invalidDestinationAddress }
        let octets = destination.value.latin1Octets
        guard case .status(let status, _) = fault(of: arrival, destination: octets.span), status != .ok else {
            return nil
        }
        return status
    }

    private func fault(of arrival: Arrival, destination: Span<UInt8>) -> FaultAction? {
        shared.faultSwitch.action(arrival.time)
            ?? shared.faults.action(
                for: destination, part: { arrival.part }, elapsed: { shared.elapsed(arrival.time) },
                using: &shard.generator)
    }

    private func perform(_ fault: FaultAction, _ arrival: Arrival, destination: Span<UInt8>) {
        switch fault {
        case .status(.ok, _): accept(arrival, fault: fault)
        case .status(let status, let body): refuse(arrival, status, body, fault: fault)
        case .once(let status):
            let isFirst = shared.isFirst(destination.indices.map { destination[$0] })
            if isFirst { refuse(arrival, status, .headerOnly, fault: fault) } else { accept(arrival, fault: fault) }
        case .silent: leaveUnanswered(arrival, fault)
        case .close:
            leaveUnanswered(arrival, fault)
            close()
        case .reset:
            leaveUnanswered(arrival, fault)
            reset()
        case .nack(let status):
            count(refusal: status)
            record(arrival, status, fault)
            answer(arrival, after: latency()) { octets in
                octets.writeMessageResponse(.genericNack, status, sequence: arrival.sequence, messageID: nil)
            }
        case .late(let delay): accept(arrival, fault: fault, after: TimeAmount(delay))
        case .emptyID: accept(arrival, fault: fault, messageID: "")
        case .tlv: acceptWithTLVs(arrival, fault)
        case .unbind:
            accept(arrival, fault: fault, after: .zero)
            sendUnbind()
        case .unbindFirst(let delay): unbindFirst(arrival, fault, answersAfter: TimeAmount(delay))
        case .garbage:
            leaveUnanswered(arrival, fault)
            answers.writeRepeatingByte(0xFF, count: 24)
        }
    }

    /// Whoever answers the `unbind` before the answers are there has lost them.
    private func unbindFirst(_ arrival: Arrival, _ fault: FaultAction, answersAfter delay: TimeAmount) {
        sendUnbind()
        guard delay > .zero else {
            answerAll()
            return accept(arrival, fault: fault, after: .zero)
        }
        accept(arrival, fault: fault, after: delay)
        context?.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            self.answerAll()
            self.flushUnlessReading()
        }
    }

    private func accept(
        _ arrival: Arrival, fault: FaultAction?, after delay: TimeAmount? = nil, messageID: String? = nil
    ) {
        let delay = delay ?? latency()
        shard.statistics.accepted += 1
        record(arrival, .ok, fault, decideFate(of: arrival, answeredAfter: delay))
        let messageID = messageID ?? shared.text(of: arrival.id)
        answer(arrival, after: delay) { octets in
            octets.writeMessageResponse(arrival.response, .ok, sequence: arrival.sequence, messageID: messageID)
        }
    }

    /// With optional parameters that no SMSC has to send, one of them a vendor's own (SMPP 3.4 §5.3.2).
    private func acceptWithTLVs(_ arrival: Arrival, _ fault: FaultAction) {
        let delay = latency()
        shard.statistics.accepted += 1
        record(arrival, .ok, fault, decideFate(of: arrival, answeredAfter: delay))
        let tlvs = [TLV(.congestionState, 0 as UInt8), TLV(TLVTag(rawValue: 0x1400), cString: "simulator")]
        let response = MessageResponse(messageID: shared.text(of: arrival.id), tlvs: tlvs)
        let body: PDUBody = arrival.response == .dataSMResponse ? .dataResponse(response) : .submitResponse(response)
        answer(arrival, after: delay) { $0.writePDU(PDU(sequence: arrival.sequence, body)) }
    }

    private func refuse(
        _ arrival: Arrival, _ status: CommandStatus, _ body: FaultAction.ErrorBody, fault: FaultAction?
    ) {
        count(refusal: status)
        record(arrival, status, fault)
        let messageID: String? =
            switch body {
            case .headerOnly: nil
            case .emptyID: ""
            case .withID: shared.text(of: arrival.id)
            }
        answer(arrival, after: latency()) { octets in
            octets.writeMessageResponse(arrival.response, status, sequence: arrival.sequence, messageID: messageID)
        }
    }

    /// Refuses at once what no bind has sent; it is not recorded.
    private func refuse(_ response: CommandID, _ status: CommandStatus, sequence: UInt32) {
        count(refusal: status)
        answers.writeMessageResponse(response, status, sequence: sequence, messageID: nil)
    }

    private func count(refusal status: CommandStatus) {
        shard.statistics.refused += 1
        shard.statistics.statuses[status, default: 0] += 1
    }

    /// The SMSC has the message, and its sender does not know.
    private func leaveUnanswered(_ arrival: Arrival, _ fault: FaultAction) {
        shard.statistics.unanswered += 1
        record(arrival, nil, fault, decideFate(of: arrival, answeredAfter: latency()))
    }

    private func record(
        _ arrival: Arrival, _ status: CommandStatus?, _ fault: FaultAction?, _ fate: MessageFate? = nil
    ) {
        let isKept = shard.messages.capacity > 0
        shard.messages.append(
            ReceivedMessage(
                number: arrival.number, id: arrival.id, systemID: arrival.bind.systemID, kind: arrival.bind.kind,
                bind: arrival.bind.number, pdu: isKept ? Array(arrival.pdu.readableBytesView) : [], status: status,
                fault: fault, unixNanoseconds: shared.unixNanoseconds(arrival.time), fate: fate))
    }
}

extension Arrival {
    /// What of its fields no SMSC takes; nil where nothing is.
    fileprivate var problem: CommandStatus? {
        switch content {
        case .outlined(let outline):
            let octets = pdu.readableBytesUInt8Span
            if outline.destination.isEmpty { return .invalidDestinationAddress }
            guard SMPPTime.isValid(octets.extracting(outline.schedule)) else { return .invalidSchedule }
            return SMPPTime.isValid(octets.extracting(outline.validity)) ? nil : .invalidExpiry
        case .decoded(let content):
            return content.destination.value.isEmpty ? .invalidDestinationAddress : nil
        }
    }
}

extension MultiSubmission {
    /// What no SMSC takes for any of its destinations; nil where nothing is. This one keeps no distribution lists.
    fileprivate var problem: CommandStatus? {
        if !lists.isEmpty { return .invalidListName }
        guard (1...Self.mostDestinations).contains(destinations.count) else { return .invalidDestinationCount }
        let times = (message.scheduleDeliveryTime.latin1Octets, message.validityPeriod.latin1Octets)
        guard SMPPTime.isValid(times.0.span) else { return .invalidSchedule }
        return SMPPTime.isValid(times.1.span) ? nil : .invalidExpiry
    }

    /// SMPP 3.4 §5.2.24.
    private static let mostDestinations = 254

    /// As a `submit_sm` to each destination.
    fileprivate var messages: [ShortMessage] {
        destinations.map { destination in
            var single = message
            single.destination = destination
            return single
        }
    }
}
