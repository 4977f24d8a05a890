import NIOCore
import SMPP
import SMPPWire

extension CommandStatus {
    static let cancelFailed = CommandStatus(rawValue: 0x11)
    static let queryFailed = CommandStatus(rawValue: 0x67)
    static let replaceFailed = CommandStatus(rawValue: 0x13)
}

extension SimulatorSession {
    /// SMPP 3.4 §4.8. An unknown id is 0x0C; a source that is neither empty nor the message's own is 0x67.
    func receiveQuery(_ request: QueryRequest, sequence: UInt32) {
        shard.statistics.queries += 1
        guard let bind = submittingBind else {
            answers.writeMessageResponse(.querySMResponse, .invalidBindStatus, sequence: sequence, messageID: nil)
            return
        }
        guard let id = shared.id(from: request.messageID), let context else {
            answers.writeMessageResponse(.querySMResponse, .invalidMessageID, sequence: sequence, messageID: nil)
            return
        }
        let time = shared.unixNanoseconds(.now())
        let found = shared.shard(of: id).submit { shard in shard.query(id, by: bind.systemID, at: time) }
        found.hop(to: context.eventLoop).assumeIsolated().whenSuccess { found in
            self.answerQuery(request, found, sequence: sequence)
        }
    }

    private func answerQuery(
        _ request: QueryRequest, _ found: (state: MessageState, addresses: MessageAddresses)?, sequence: UInt32
    ) {
        if let found, request.source.value.isEmpty || request.source.value == found.addresses.source {
            let response = QueryResponse(
                messageID: request.messageID, finalDate: found.state.finalDate, messageState: found.state.octet)
            answers.writePDU(PDU(sequence: sequence, .queryResponse(response)))
        } else {
            let status: CommandStatus = found == nil ? .invalidMessageID : .queryFailed
            answers.writeMessageResponse(.querySMResponse, status, sequence: sequence, messageID: nil)
        }
        flushUnlessReading()
    }

    /// SMPP 3.4 §4.10. This SMSC replaces nothing: it has passed on what it took. An unknown id is 0x0C, another one 0x13.
    func receiveReplace(_ pdu: ByteBuffer, _ header: PDUHeader) {
        func answer(_ status: CommandStatus) {
            answers.writeMessageResponse(.replaceSMResponse, status, sequence: header.sequence, messageID: nil)
        }
        guard let bind = submittingBind, let context else { return answer(.invalidBindStatus) }
        let request: QueryRequest
        do throws(PDUDecodingError) {
            request = try QueryRequest(replacement: pdu)
        } catch {
            return refuseBroken(header, error.status)
        }
        guard let id = shared.id(from: request.messageID) else { return answer(.invalidMessageID) }
        let time = shared.unixNanoseconds(.now())
        let found = shared.shard(of: id).submit { shard in shard.query(id, by: bind.systemID, at: time) }
        found.hop(to: context.eventLoop).assumeIsolated().whenSuccess { found in
            answer(found == nil ? .invalidMessageID : .replaceFailed)
            self.flushUnlessReading()
        }
    }

    /// SMPP 3.4 §4.9. Without an id all messages from this source to this destination are meant.
    func receiveCancel(_ request: CancelRequest, sequence: UInt32) {
        shard.statistics.cancels += 1
        guard let bind = submittingBind, let context else {
            answers.writeMessageResponse(.cancelSMResponse, .invalidBindStatus, sequence: sequence, messageID: nil)
            return
        }
        let time = shared.unixNanoseconds(.now())
        let cancelled: EventLoopFuture<[ReceivedMessage]>
        if request.messageID.isEmpty {
            let lists = shared.shards.map { $0.submit { $0.cancelAll(request, by: bind.systemID, at: time) } }
            cancelled = EventLoopFuture.whenAllSucceed(lists, on: context.eventLoop).map { $0.flatMap { $0 } }
        } else if let id = shared.id(from: request.messageID) {
            cancelled = shared.shard(of: id).submit { shard in
                shard.cancel(id, request, by: bind.systemID, at: time).map { [$0] } ?? []
            }
        } else {
            cancelled = context.eventLoop.makeSucceededFuture([])
        }
        cancelled.hop(to: context.eventLoop).assumeIsolated().whenSuccess { messages in
            let status: CommandStatus = messages.isEmpty ? .cancelFailed : .ok
            self.answers.writeMessageResponse(.cancelSMResponse, status, sequence: sequence, messageID: nil)
            for message in messages { self.tellOfCancel(message, bind.mailbox, at: time) }
            self.flushUnlessReading()
        }
    }
}
