import NIOCore
import SMPP

extension SimulatorSession {
    /// SMPP 3.4 §4.1. An error response has no body (§4.1.2: none is to be expected where the status is not 0).
    func receiveBind(_ kind: BindKind, _ request: BindRequest, sequence: UInt32) {
        let count = shared.bindCounts.entry(of: request.systemID)
        let status: CommandStatus
        switch phase {
        case .open: status = verdict(on: request, count)
        case .bound: status = .alreadyBound
        case .unbinding: status = .invalidBindStatus
        case .closing, .closed: return
        }
        guard status == .ok else {
            shard.statistics.refusedBinds += 1
            answers.writeMessageResponse(kind.commandID.response, status, sequence: sequence, messageID: nil)
            return
        }
        let bind = Bind(
            kind: kind, systemID: request.systemID, number: shared.takeBindNumber(),
            pace: shared.paces.entry(of: request.systemID), count: count,
            mailbox: shared.mailboxes.mailbox(of: request.systemID))
        phase = .bound(bind)
        shard.statistics.binds += 1
        shard.statistics.openBinds += 1
        watchSilence()
        // An ESME of 3.3 or before must get no optional parameters (§1.8.2).
        let tlvs = request.interfaceVersion >= 0x34 ? [TLV(.interfaceVersion, 0x34 as UInt8)] : []
        let response = BindResponse(systemID: String(shared.options.systemID.prefix(15)), tlvs: tlvs)
        answers.writePDU(PDU(sequence: sequence, .bindResponse(kind, response)))
        if kind.receives { startDelivering(bind) }
    }

    /// Whether this SMSC takes a bind; where it does, the bind counts.
    private func verdict(on request: BindRequest, _ count: BindCount) -> CommandStatus {
        let status = shared.verdict(on: request)
        guard status == .ok, !count.take(limit: shared.options.bindLimit, .now()) else { return status }
        shard.statistics.excessBinds += 1
        return shared.options.excessBindStatus
    }

    /// SMPP 3.4 §4.2: answers that wait for their time leave before the `unbind_resp`.
    func receiveUnbind(sequence: UInt32) {
        shard.statistics.unbinds += 1
        switch phase {
        case .open:
            answers.writeMessageResponse(.unbindResponse, .invalidBindStatus, sequence: sequence, messageID: nil)
        case .bound, .unbinding:
            answerAll()
            answers.writeMessageResponse(.unbindResponse, .ok, sequence: sequence, messageID: nil)
            close()
        case .closing, .closed:
            break
        }
    }

    /// Asks the ESME to leave; the connection closes with its answer, or after `unbindTimeout`.
    func sendUnbind() {
        guard case .bound = phase else { return }
        leaveBind()
        phase = .unbinding
        answers.writeMessageResponse(.unbind, .ok, sequence: takeSequence(), messageID: nil)
        setDeadline(Self.unbindTimeout)
    }
}
