import Messaging
import NIOCore
import SMPP

extension Arrival {
    /// As the message has it (SMPP 3.4 §5.2.17).
    var registeredDelivery: UInt8 {
        switch content {
        case .outlined(let outline): pdu.readableBytesUInt8Span[outline.registeredDelivery]
        case .decoded(let content): content.registeredDelivery
        }
    }

    /// Which part of a long text it is.
    var part: UInt8? {
        switch content {
        case .outlined: MessageContent(Array(pdu.readableBytesView))?.numbering?.sequence
        case .decoded(let content): content.numbering?.sequence
        }
    }

    var receiptSubject: ReceiptSubject {
        switch content {
        case .outlined(let outline): ReceiptSubject(outline, pdu.readableBytesUInt8Span)
        case .decoded(let content): ReceiptSubject(content)
        }
    }
}

extension SimulatorSession {
    /// Decides what becomes of a message that is taken, and has its sender told where `registered_delivery` asks for it.
    ///
    /// The receipt follows the answer: not before the tick behind the answer's.
    func decideFate(of arrival: Arrival, answeredAfter delay: TimeAmount) -> MessageFate? {
        guard let receipts = shared.receipts else { return nil }
        let state = receipts.state(using: &shard.generator)
        let answered =
            delay > .zero ? AnswerSchedule.due(AnswerSchedule.tick(arrival.time + delay)) : arrival.time
        let due = answered + receipts.delay(using: &shard.generator)
        let done = shared.unixNanoseconds(due)
        let isTold = state.isAsked(by: arrival.registeredDelivery)
        if isTold {
            let body = receipts.body(
                arrival.receiptSubject, id: shared.options.messageIDs.text(arrival.id, in: receipts.options.ids),
                state: state, submitted: shared.unixNanoseconds(arrival.time), done: done)
            shard.schedule(
                new: .init(
                    delivery: Delivery(kind: .receipt, body: body, message: arrival.number),
                    mailbox: arrival.bind.mailbox,
                    messageID: arrival.id),
                after: due)
        }
        return MessageFate(state: state, unixNanoseconds: done, isTold: isTold)
    }

    /// Sends the receipt of a message that `cancel_sm` has deleted, where it asks for one.
    func tellOfCancel(_ message: ReceivedMessage, _ mailbox: Mailbox, at time: Int64) {
        guard let receipts = shared.receipts, let content = MessageContent(message.pdu),
            ReceiptState.deleted.isAsked(by: content.registeredDelivery)
        else { return }
        let body = receipts.body(
            ReceiptSubject(content), id: shared.options.messageIDs.text(message.id, in: receipts.options.ids),
            state: .deleted, submitted: message.unixNanoseconds, done: time)
        shard.schedule(
            new: .init(
                delivery: Delivery(kind: .receipt, body: body, message: message.number), mailbox: mailbox,
                messageID: nil),
            after: .now())
    }
}
