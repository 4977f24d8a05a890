import Logging
import NIOCore
import SMPP
import SMPPWire

/// How a bind's PDUs leave.
extension Bind {
    /// Writes as many segments as window and pace allow.
    func pump(now: MonotonicTime) {
        while handler != nil, session.isReadyToWrite(now: now) {
            if let allowed = turn?.take(now: now), !allowed { break }
            guard let write = session.nextWrite(now: now) else { break }
            encode(write, now: now)
        }
        showReadiness(now: now)
        if let due = session.paceEnd(now: now) {
            armPaceTimer(at: due)
        } else if let due = turn?.heldUntil, session.isReadyToWrite(now: now) {
            armPaceTimer(at: due)
        }
        if outgoing.readableBytes > 0 { planFlush() }
    }

    func send(_ pdu: PDU) {
        do throws(PDUEncodingError) {
            try append(pdu)
            planFlush()
        } catch {
            // A bind request that cannot be written: the bind's deadline turns it into an error to be seen.
            logger.error(
                "a PDU cannot be written", metadata: ["command": "\(pdu.commandID.name)", "problem": "\(error)"])
        }
    }

    /// Hands everything to the socket, once for each turn of the loop.
    func flush() {
        flushIsPlanned = false
        guard outgoing.readableBytes > 0, let handler else { return }
        handler.writeAndFlush(outgoing)
        outgoing.clear()
    }

    /// While reading, the end of the reading flushes; else the end of this turn of the loop.
    private func planFlush() {
        guard !isReading, !flushIsPlanned else { return }
        flushIsPlanned = true
        eventLoop.execute { self.flush() }
    }

    private func encode(_ write: SubmitWrite, now: MonotonicTime) {
        guard let flight = flights[write.message.index] else { return }
        var message = flight.submission.segments[write.segment]
        if !session.allowsTLVs, !message.tlvs.isEmpty {
            guard message.dropTLVs() else {
                return refuseOurselves(write, .optionalParameterNotAllowed, "the carrier takes no TLVs", now: now)
            }
        }
        do throws(PDUEncodingError) {
            try append(PDU(sequence: write.sequence, .submit(message)))
        } catch {
            refuseOurselves(write, .invalidParameterLength, error.description, now: now)
        }
    }

    /// A segment that cannot be written as it is ends like one that the carrier refuses, without a byte sent.
    private func refuseOurselves(_ write: SubmitWrite, _ status: CommandStatus, _ problem: String, now: MonotonicTime) {
        logger.error(
            "a message cannot be written",
            metadata: ["status": "\(status.hex) \(status.name)", "problem": "\(problem)"])
        let step = session.submitAnswered(
            sequence: write.sequence, status: status, response: MessageResponse(), now: now)
        perform(step)
    }

    private func append(_ pdu: PDU) throws(PDUEncodingError) {
        let start = outgoing.writerIndex
        do throws(PDUEncodingError) {
            try PDUEncoder.encode(pdu, into: &outgoing)
        } catch {
            outgoing.moveWriterIndex(to: start)
            throw error
        }
    }
}

extension ShortMessage {
    /// Removes the optional parameters, unless the text or its place in a longer one is in them.
    fileprivate mutating func dropTLVs() -> Bool {
        let essential: Set<TLVTag> = [
            .messagePayload, .sarMessageReference, .sarTotalSegments, .sarSegmentSequence,
        ]
        guard !tlvs.contains(where: { essential.contains($0.tag) }) else { return false }
        tlvs = []
        return true
    }
}

extension CommandStatus {
    /// ESME_ROPTPARNOTALLWD.
    fileprivate static let optionalParameterNotAllowed = CommandStatus(rawValue: 0xC1)
    /// ESME_RINVPARLEN.
    fileprivate static let invalidParameterLength = CommandStatus(rawValue: 0xC2)
}
