import NIOCore
import SMPP
import SMPPWire

extension SimulatorSession {
    /// A `submit_sm` or `data_sm` that is to be answered.
    private struct Arrival {
        let id: UInt64
        let response: CommandID
        let sequence: UInt32
        let bind: Bind
        let pdu: ByteBuffer
        let time: NIODeadline
    }

    /// SMPP 3.4 §4.4. The usual message is never decoded: see `SubmitOutline`.
    func receiveSubmit(_ pdu: ByteBuffer, _ header: PDUHeader) {
        shard.statistics.submits += 1
        guard let bind = submittingBind else {
            refuse(.submitSMResponse, .invalidBindStatus, sequence: header.sequence)
            return
        }
        let span = pdu.readableBytesUInt8Span
        if let outline = SubmitOutline(span) {
            receive(pdu, header, bind, destination: span.extracting(outline.destination))
            return
        }
        do {
            let decoded = try PDUDecoder.decode(pdu)
            let destination = MessageContent(decoded.body)?.destination.value.latin1Octets ?? []
            receive(pdu, header, bind, destination: destination.span)
        } catch {
            nack(header, error.status)
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
        receive(pdu, header, bind, destination: destination.span)
    }

    var submittingBind: Bind? {
        guard case .bound(let bind) = phase, bind.kind.submits else { return nil }
        return bind
    }

    private func receive(_ pdu: ByteBuffer, _ header: PDUHeader, _ bind: Bind, destination: Span<UInt8>) {
        let arrival = Arrival(
            id: shard.takeID(), response: header.id.response, sequence: header.sequence, bind: bind, pdu: pdu,
            time: .now())
        bind.pace.count()
        let unanswered = schedule.count + unflushedMessages
        shard.statistics.maxUnanswered = max(shard.statistics.maxUnanswered, unanswered + 1)
        if unanswered >= shared.options.windowLimit ?? AnswerSchedule.maximumWaiting {
            shard.statistics.windowExceeded += 1
            refuse(arrival, .messageQueueFull, .headerOnly, fault: nil)
        } else if rateLimit?.admits(arrival.time) == false {
            shard.statistics.throttled += 1
            refuse(arrival, .throttled, .headerOnly, fault: nil)
        } else if let fault = shared.faults.action(for: destination) {
            perform(fault, arrival, destination: destination)
        } else {
            accept(arrival, fault: nil)
        }
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
            answer(arrival) { octets in
                octets.writeMessageResponse(.genericNack, status, sequence: arrival.sequence, messageID: nil)
            }
        case .late(let delay): accept(arrival, fault: fault, after: TimeAmount(delay))
        case .emptyID: accept(arrival, fault: fault, messageID: "")
        case .tlv: acceptWithTLVs(arrival, fault)
        case .unbind:
            accept(arrival, fault: fault, after: .zero)
            sendUnbind()
        case .garbage:
            leaveUnanswered(arrival, fault)
            answers.writeRepeatingByte(0xFF, count: 24)
        }
    }

    private func accept(
        _ arrival: Arrival, fault: FaultAction?, after delay: TimeAmount? = nil, messageID: String? = nil
    ) {
        shard.statistics.accepted += 1
        record(arrival, .ok, fault)
        let messageID = messageID ?? shared.text(of: arrival.id)
        answer(arrival, after: delay) { octets in
            octets.writeMessageResponse(arrival.response, .ok, sequence: arrival.sequence, messageID: messageID)
        }
    }

    /// With optional parameters that no SMSC has to send, one of them a vendor's own (SMPP 3.4 §5.3.2).
    private func acceptWithTLVs(_ arrival: Arrival, _ fault: FaultAction) {
        shard.statistics.accepted += 1
        record(arrival, .ok, fault)
        let tlvs = [TLV(.congestionState, 0 as UInt8), TLV(TLVTag(rawValue: 0x1400), cString: "simulator")]
        let response = MessageResponse(messageID: shared.text(of: arrival.id), tlvs: tlvs)
        let body: PDUBody = arrival.response == .dataSMResponse ? .dataResponse(response) : .submitResponse(response)
        answer(arrival) { $0.writePDU(PDU(sequence: arrival.sequence, body)) }
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
        answer(arrival) { octets in
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

    private func leaveUnanswered(_ arrival: Arrival, _ fault: FaultAction) {
        shard.statistics.unanswered += 1
        record(arrival, nil, fault)
    }

    private func record(_ arrival: Arrival, _ status: CommandStatus?, _ fault: FaultAction?) {
        guard shard.messages.capacity > 0 else { return }
        shard.messages.append(
            ReceivedMessage(
                id: arrival.id, systemID: arrival.bind.systemID, kind: arrival.bind.kind,
                pdu: Array(arrival.pdu.readableBytesView), status: status, fault: fault,
                unixNanoseconds: shared.unixNanoseconds(arrival.time)))
    }

    /// Writes an answer when it is due: after `delay`, or else the latency.
    private func answer(_ arrival: Arrival, after delay: TimeAmount? = nil, _ write: (inout ByteBuffer) -> Void) {
        let delay = delay ?? latency()
        guard delay > .zero else {
            write(&answers)
            unflushedMessages += 1
            return
        }
        let tick = AnswerSchedule.tick(arrival.time + delay)
        guard schedule.add(at: tick, write) else { return }
        context?.eventLoop.assumeIsolated().scheduleTask(deadline: AnswerSchedule.due(tick)) {
            self.answersAreDue(tick)
        }
    }

    private func answersAreDue(_ tick: UInt64) {
        guard var due = schedule.take(tick) else { return }
        answers.writeBuffer(&due)
        flushUnlessReading()
    }

    private func latency() -> TimeAmount {
        let latency = TimeAmount(shared.options.latency).nanoseconds
        let jitter = TimeAmount(shared.options.jitter).nanoseconds
        guard jitter > 0 else { return .nanoseconds(latency) }
        return .nanoseconds(latency + Int64.random(in: 0...jitter, using: &shard.generator))
    }
}
