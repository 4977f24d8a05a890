import Logging
import NIOCore
import SMPP
import SMPPWire

/// How a bind's PDUs leave.
extension Bind {
    /// Writes as many segments as window and pace allow.
    func pump(now: MonotonicTime) {
        while handler != nil, session.isReadyToWrite(now: now) {
            guard turn.take(now: now), let write = session.nextWrite(now: now) else { break }
            encode(write, now: now)
        }
        showReadiness(now: now)
        if let due = session.traffic.throttle.pauseEnd(now: now) ?? session.paceEnd(now: now) {
            turn.giveBack()
            armPaceTimer(at: due)
        } else if session.isReadyToWrite(now: now) {
            if let due = turn.nextWrite(now: now) { armPaceTimer(at: due) }
        } else {
            turn.giveBack()
        }
        share(now: now)
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

    /// What became of a delivery; on the bind's event loop.
    func answer(_ key: DeliveryKey, _ verdict: DeliveryAnswer.Verdict) {
        let now = MonotonicTime.now
        let status: CommandStatus =
            switch verdict {
            case .kept: .ok
            case .notKept: session.setup.deliveryRetryStatus
            }
        run(session.answerDelivery(key, status, now: now), now: now)
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
        // In place: a copy of the flight would retain all of it.
        guard var message = flights[write.message.index]?.submission.segments[write.segment] else { return }
        if !session.allowsTLVs, !message.tlvs.isEmpty {
            guard message.dropTLVs() else {
                return giveUp(write, "the carrier is older than SMPP 3.4 and takes no optional parameters")
            }
        }
        do throws(PDUEncodingError) {
            try append(PDU(sequence: write.sequence, .submit(message)))
        } catch {
            return giveUp(write, error.description)
        }
        if let since = flights[write.message.index]?.waitingSince {
            windowWaits.add(from: since, to: now)
            flights[write.message.index]?.waitingSince = nil
        }
        if timed.map({ now - $0.at > configuration.responseTimeout }) ?? true { timed = (write.sequence, now) }
    }

    /// A segment that cannot be written as it is: not a byte of it leaves, and the carrier is not blamed.
    private func giveUp(_ write: SubmitWrite, _ problem: String) {
        let id = flights[write.message.index]?.submission.id
        logger.error(
            "a message cannot be written",
            metadata: [
                "id": "\(id.map(String.init(describing:)) ?? "")", "segment": "\(write.segment + 1)",
                "problem": "\(problem)",
            ])
        perform(session.couldNotWrite(write))
    }

    /// One request at a time is timed: that costs nothing, and there are enough of them.
    func timeResponse(_ sequence: UInt32, now: MonotonicTime) {
        guard let timed, timed.sequence == sequence else { return }
        let time = now - timed.at
        self.timed = nil
        responseTime = responseTime.map { ($0 * 7 + time) / 8 } ?? time
    }

    private func append(_ pdu: PDU) throws(PDUEncodingError) {
        let start = outgoing.writerIndex
        do throws(PDUEncodingError) {
            try PDUEncoder.encode(pdu, into: &outgoing)
        } catch {
            outgoing.moveWriterIndex(to: start)
            throw error
        }
        trace(writtenFrom: start)
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
