import Logging
import NIOCore
import SMPP
import SMPPWire

/// How a bind's PDUs leave.
extension Bind {
    func send(_ pdu: PDU) {
        do throws(PDUEncodingError) {
            let start = outgoing.writerIndex
            try PDUEncoder.encode(pdu, into: &outgoing)
            trace(writtenFrom: start)
            planFlush()
        } catch {
            // A bind request that cannot be written: the bind's deadline turns it into an error to be seen.
            logger.error(
                "a PDU cannot be written", metadata: ["command": "\(pdu.commandID.name)", "problem": "\(error)"])
        }
    }

    /// Asks the carrier to forget a message.
    func cancel(_ request: CancelRequest) {
        logger.info(
            "a segment of a partly accepted message is cancelled", metadata: ["carrier_id": "\(request.messageID)"])
        send(PDU(sequence: lane.scheduler.takeSequence(on: index), .cancel(request)))
    }

    /// What became of a delivery; on the bind's event loop.
    func answer(_ key: DeliveryKey, _ verdict: DeliveryAnswer.Verdict) {
        let now = MonotonicTime.now
        let status: CommandStatus =
            switch verdict {
            case .kept: .ok
            case .notKept: session.setup.deliveryRetryStatus
            }
        run(session.answerDelivery(key, status), now: now)
    }

    /// Hands everything to the socket, once for each turn of the loop.
    ///
    /// - Parameter now: nil = to be looked up.
    func flush(now: MonotonicTime? = nil) {
        flushIsPlanned = false
        guard outgoing.readableBytes > 0, let handler, mayWrite else { return }
        handler.writeAndFlush(outgoing)
        outgoing.clear()
        guard !unflushed.isEmpty else { return }
        unflushed.removeAll(keepingCapacity: true)
        lane.scheduler.left(index, now: now ?? .now)
    }

    /// While reading, the end of the reading flushes; else the end of this turn of the loop.
    private func planFlush() {
        guard !lane.isReading, !flushIsPlanned else { return }
        flushIsPlanned = true
        eventLoop.execute { self.flush() }
    }

    /// Encodes a segment.
    ///
    /// - Returns: whether it leaves with the next flush.
    func write(_ message: Submission, _ write: CarrierWrite, now: MonotonicTime) -> Bool {
        let segments = message.segments
        let tlvs = segments[write.segment].tlvs
        if !tlvs.isEmpty, !session.allowsTLVs, tlvs.areEssential {
            log(message, write, "the carrier is older than SMPP 3.4 and takes no optional parameters")
            return false
        }
        do throws(PDUEncodingError) {
            // Out of the span a message is lent, out of the array copied: 350 instructions.
            try append(segments.span[write.segment], write.sequence)
        } catch {
            log(message, write, error.description)
            return false
        }
        unflushed.append(write.sequence)
        planFlush()
        guard let since = message.waitingSince else { return true }
        windowWaits.add(from: since, to: now)
        message.waitingSince = nil
        return true
    }

    /// A segment that cannot be written as it is: not a byte of it leaves, and the carrier is not blamed.
    private func log(_ message: Submission, _ write: CarrierWrite, _ problem: String) {
        logger.error(
            "a message cannot be written",
            metadata: ["id": "\(message.id)", "segment": "\(write.segment + 1)", "problem": "\(problem)"])
    }

    private func append(_ message: ShortMessage, _ sequence: UInt32) throws(PDUEncodingError) {
        let start = tap == nil ? nil : outgoing.writerIndex
        if message.tlvs.isEmpty || session.allowsTLVs {
            try PDUEncoder.encode(submit: message, sequence: sequence, into: &outgoing)
        } else {
            var plain = message
            plain.tlvs = []
            try PDUEncoder.encode(submit: plain, sequence: sequence, into: &outgoing)
        }
        if let start { trace(writtenFrom: start) }
    }
}

extension [TLV] {
    /// Whether a text or its part of a longer one is in these optional parameters.
    fileprivate var areEssential: Bool {
        let essential: Set<TLVTag> = [
            .messagePayload, .sarMessageReference, .sarTotalSegments, .sarSegmentSequence,
        ]
        return contains { essential.contains($0.tag) }
    }
}
