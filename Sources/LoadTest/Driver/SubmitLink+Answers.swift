import Messaging
import NIOCore
import SMPP
import SMPPWire

/// What comes in, and what becomes of messages by it.
extension SubmitLink {
    func received(_ pdu: PDU) {
        switch pdu.body {
        case .submitResponse(let response):
            answered(pdu.sequence, status: pdu.status.rawValue, id: response.messageID)
        case .genericNack where state == .binding:
            bindAnswered(pdu.status, by: "answered with generic_nack")
        case .genericNack:
            answered(pdu.sequence, status: pdu.status == .ok ? 0xFF : pdu.status.rawValue, id: "")
        case .bindResponse: bindAnswered(pdu.status)
        case .enquireLink: write(PDU(sequence: pdu.sequence, .enquireLinkResponse))
        case .deliver(let message):
            write(PDU(sequence: pdu.sequence, .deliverResponse(MessageResponse())))
            delivered(message)
        case .data(let message):
            write(PDU(sequence: pdu.sequence, .dataResponse(MessageResponse())))
            delivered(ShortMessage(message))
        case .unbind:
            write(PDU(sequence: pdu.sequence, .unbindResponse))
            flush()
            context?.close(promise: nil)
        case .unbindResponse: context?.close(promise: nil)
        case .enquireLinkResponse, .alertNotification, .outbind, .deliverResponse, .dataResponse, .queryResponse,
            .cancelResponse:
            break
        case .bind, .submit, .query, .cancel:
            write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack))
        case .unknown(let id, _):
            if !id.isResponse { write(PDU(status: .invalidCommandID, sequence: pdu.sequence, .genericNack)) }
        }
    }

    func bindAnswered(_ status: CommandStatus, by words: String = "refused") {
        guard state == .binding else { return }
        guard status == .ok, words == "refused" else {
            share.recorder.lastConnectFailure = "the bind was \(words): \(status.hex) \(status.name)"
            context?.close(promise: nil)
            return
        }
        state = .bound
        reconnect.succeeded()
        share.recorder.connectionsOpened += 1
        if hasRoom { share.becameReady(index) }
    }

    private func delivered(_ message: ShortMessage) {
        guard let receipt = DeliveryReceipt(parsing: message) else { return }
        let received = ReceivedReceipt(
            receipt, source: message.source.value, destination: message.destination.value)
        events.add(.receipt(received, at: LoadShare<SubmitLink>.now))
    }

    func answered(_ sequence: UInt32, status: UInt32, id: String) {
        guard let submit = submits.removeValue(forKey: sequence) else { return }
        if var message = messages[submit.message] {
            message.unanswered -= 1
            if status == 0 {
                message.accepted += 1
                share.recorder.segments += 1
                if target.options.wantsReceipts {
                    events.add(
                        .accepted(
                            id: id, message: submit.message, segment: submit.segment, recipient: message.recipient,
                            at: LoadShare<SubmitLink>.now))
                }
            } else if message.status == 0 {
                message.status = status
            }
            if message.unanswered > 0 {
                messages[submit.message] = message
            } else {
                settle(message)
            }
        }
        writePending()
        if hasRoom { share.becameReady(index) }
    }

    private func settle(_ message: OpenMessage) {
        messages[message.timed.number] = nil
        if let reference = message.reference { references.release(reference, for: message.recipient) }
        let outcome: LoadOutcome =
            message.accepted == message.segments ? .accepted : message.accepted > 0 ? .partial : .refused
        share.ended(message.timed, outcome, code: message.status)
    }

    /// Messages whose answer did not come in time.
    func expire(_ now: UInt64) {
        let late = messages.values.filter { now > $0.timed.started + target.timeout }
        for message in late {
            let number = message.timed.number
            messages[number] = nil
            pending.removeAll { $0.submit.message == number }
            for (sequence, submit) in submits where submit.message == number { submits[sequence] = nil }
            if let reference = message.reference { references.release(reference, for: message.recipient) }
            share.ended(message.timed, .timedOut)
        }
        writePending()
        if hasRoom { share.becameReady(index) }
    }
}
