import NIOCore
import SMPP
import SMPPWire

extension SimulatorSession {
    /// The next sequence number of a request of ours (SMPP 3.4 §5.1.4).
    func takeSequence() -> UInt32 {
        sequence = sequence < 0x7FFF_FFFF ? sequence + 1 : 1
        return sequence
    }

    /// The bind is there: it is told to whoever has something for it. Its bind response is already written.
    func startDelivering(_ bind: Bind) {
        shard.receivers[bind.number] = self
        let receiver = Mailbox.Receiver(bind: bind.number, shard: shared.shards[shard.index])
        let parked = bind.mailbox.join(receiver)
        // Whatever has waited follows the bind response in the next turn of the loop.
        if !parked.isEmpty { deliverSoon(parked, bind) }
    }

    private func deliverSoon(_ deliveries: [Delivery], _ bind: Bind) {
        context?.eventLoop.assumeIsolated().execute {
            if self.shard.receivers[bind.number] === self {
                self.deliver(deliveries)
            } else {
                self.shard.post(deliveries, to: bind.mailbox)
            }
        }
    }

    /// The bind is gone: others get what it has not acknowledged.
    func stopDelivering(_ bind: Bind) {
        guard shard.receivers.removeValue(forKey: bind.number) != nil else { return }
        bind.mailbox.leave(bind.number)
        outboxTimer?.cancel()
        outboxTimer = nil
        let left = outbox.takeAll()
        if !left.isEmpty { shard.post(left, to: bind.mailbox) }
    }

    /// Sends what the window lets through; the rest waits.
    func deliver(_ deliveries: [Delivery]) {
        for delivery in outbox.enqueue(deliveries) { shard.drop(delivery) }
        sendDeliveries()
    }

    /// SMPP 3.4 §4.6.
    private func sendDeliveries() {
        guard case .bound = phase else { return }
        let until = NIODeadline.now() + TimeAmount(shared.options.deliveries.timeout)
        while let delivery = outbox.next() {
            let sequence = takeSequence()
            answers.writeMultipleIntegers(
                UInt32(16 + delivery.body.count), CommandID.deliverSM.rawValue, CommandStatus.ok.rawValue, sequence)
            answers.writeBytes(delivery.body)
            shard.count(delivery) { counts in
                counts.sent += 1
                if delivery.attempts > 1 { counts.repeated += 1 }
            }
            outbox.sent(delivery, sequence: sequence, until: until)
        }
        watchOutbox()
        flushUnlessReading()
    }

    /// A `deliver_sm_resp`, or a `generic_nack` that may stand in its place.
    func receiveDeliverAnswer(_ header: PDUHeader) {
        guard case .bound(let bind) = phase else { return }
        switch outbox.answer(header.sequence, header.status) {
        case .unknown:
            // There is no answer to a response.
            return
        case .acknowledged(let delivery):
            shard.count(delivery) { counts in
                counts.acknowledged += 1
                counts.waiting -= 1
            }
        case .refusedForNow(let delivery):
            shard.count(delivery) { $0.refused += 1 }
            repeatLater(delivery, bind)
        case .refused(let delivery):
            shard.count(delivery) { $0.refused += 1 }
            shard.drop(delivery)
        }
        sendDeliveries()
    }

    private func repeatLater(_ delivery: Delivery, _ bind: Bind) {
        let time = NIODeadline.now() + TimeAmount(shared.options.deliveries.repeatAfter)
        shard.schedule(.init(delivery: delivery, mailbox: bind.mailbox, messageID: nil), after: time)
    }

    /// One timer for all that wait for their answers, set for the oldest.
    private func watchOutbox() {
        guard outboxTimer == nil, let deadline = outbox.nextDeadline else { return }
        outboxTimer = context?.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deliveriesAreLate() }
    }

    private func deliveriesAreLate() {
        outboxTimer = nil
        guard case .bound(let bind) = phase else { return }
        for delivery in outbox.expire(.now()) {
            if delivery.attempts < Delivery.maximumAttempts {
                repeatLater(delivery, bind)
            } else {
                shard.drop(delivery)
            }
        }
        sendDeliveries()
    }
}
