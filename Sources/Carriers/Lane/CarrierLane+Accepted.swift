import SMPP

/// What was accepted goes to those who wait for its receipts from here, in the order in which it was read: a receipt that comes
/// right behind an answer finds it.
extension CarrierLane {
    /// There is room for so many from the start of a turn.
    private static let usualBatch = 32

    /// The carrier answered a request that was written on this bind.
    func answered(
        _ bind: Bind, sequence: UInt32, status: CommandStatus, messageID: String, congestion: UInt32? = nil,
        now: MonotonicTime
    ) {
        let submit = scheduler.answered(
            bind: bind.index, sequence: sequence, status: status, messageID: messageID, congestion: congestion,
            now: now)
        guard let submit, let message = table[submit.message.index] else { return }
        guard message.segments[submit.segment].registeredDelivery != 0 else { return }
        accepted.append(
            AcceptedSegment(
                tag: submit.tag, segment: submit.segment, carrierID: messageID,
                destination: message.segments[submit.segment].destination.value,
                sender: SenderKey(message.segments[submit.segment].source.value), at: now))
    }

    /// Once a turn, and before each delivery.
    func handOverAccepted(now: MonotonicTime) {
        guard !accepted.isEmpty else { return }
        let batch = accepted
        accepted = []
        // Under load a turn is like the one before; growing step by step costs 350 instructions a segment.
        accepted.reserveCapacity(max(Self.usualBatch, batch.count))
        events.accepted(batch, answeredUpTo(now: now))
    }

    /// All that was written to the carrier before then has its answer, and it was handed over.
    func answeredUpTo(now: MonotonicTime) -> MonotonicTime {
        let own = scheduler.oldestOpen() ?? now
        guard isOneOfMany, let carrier else { return own }
        return carrier.answeredUpTo(besides: self).map { min(own, $0) } ?? own
    }
}
