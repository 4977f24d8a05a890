import Carriers
import Journal
import Logging
import Messaging
import NIOCore
import SMPP
import SMPPWire

/// Takes the messages that subscribers send over one carrier, on whichever of its binds their parts come.
///
/// One per carrier, confined to one event loop; its calls may come from any. It holds no more than its assembler's limits say.
final class InboundReceiver: Sendable {
    private let carrier: String
    private let eventLoop: any EventLoop
    private let recorder: DeliveryRecorder
    private let logger: Logger
    private let work: NIOLoopBoundBox<InboundWork>

    init(
        carrier: String, limits: InboundAssembler.Limits = InboundAssembler.Limits(), eventLoop: any EventLoop,
        logger: Logger, recorder: DeliveryRecorder
    ) {
        self.carrier = carrier
        self.eventLoop = eventLoop
        self.recorder = recorder
        self.logger = logger
        work = .makeBoxSendingValue(
            InboundWork(
                carrier: carrier, assembler: InboundAssembler(limits: limits, read: CharsetDecoder.read),
                eventLoop: eventLoop, logger: logger, recorder: recorder),
            eventLoop: eventLoop)
    }

    /// A `deliver_sm` or `data_sm` that is no receipt. It is answered once it is committed, part by part.
    func deliver(_ message: ShortMessage, policy: TextPolicy, reply: @escaping DeliveryReply) {
        let data = ReceivedUserData(message, policy: policy)
        let (from, to) = (message.source.value, message.destination.value)
        if let numbering = data.numbering {
            let key = InboundAssembler.Key(
                from: from, to: to, kind: numbering.kind, reference: numbering.part.reference,
                parts: numbering.part.total)
            return perform { $0.take(numbering.part.sequence, of: key, data.content, reply) }
        }
        let whole = AssembledMessage(
            id: recorder.nextID(), at: JournalClock.now(), from: from, to: to, content: data.content,
            read: CharsetDecoder.read)
        recorder.keep(whole, of: carrier, reply: reply)
        logger.info("an inbound message", metadata: ["carrier": "\(carrier)", "id": "\(whole.id)", "parts": "1"])
    }

    /// Parts that were committed before this process began.
    func restore(_ parts: [InboundPartRecord]) {
        perform { $0.restore(parts) }
    }

    /// Ends the receiver's timer; parts wait in the journal.
    func stop() {
        perform { $0.stop() }
    }

    private func perform(_ action: @escaping @Sendable (InboundWork) -> Void) {
        if eventLoop.inEventLoop {
            action(work.value)
        } else {
            eventLoop.execute { action(self.work.value) }
        }
    }
}

/// What an `InboundReceiver` does on its event loop.
private final class InboundWork {
    private let carrier: String
    private var assembler: InboundAssembler
    private var timer: Scheduled<Void>?
    private var isStopped = false
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let recorder: DeliveryRecorder

    init(
        carrier: String, assembler: InboundAssembler, eventLoop: any EventLoop, logger: Logger,
        recorder: DeliveryRecorder
    ) {
        self.carrier = carrier
        self.assembler = assembler
        self.eventLoop = eventLoop
        self.logger = logger
        self.recorder = recorder
    }

    func take(
        _ part: UInt8, of key: InboundAssembler.Key, _ content: InboundContent, _ reply: @escaping DeliveryReply
    ) {
        let now = JournalClock.now()
        let step = assembler.add(part, of: key, content, id: recorder.nextID(), at: now)
        tellGivenUp()
        switch step {
        case .repeated(let isSafe): reply(isSafe ? .kept : .notKept)
        case .kept(let id):
            let record = InboundPartRecord(
                id: id, at: now, carrier: carrier, from: key.from, to: key.to, reference: key.storedReference,
                part: Int(part), parts: Int(key.parts), content: content.stored)
            recorder.keep(record, reply: whenKnown(reply) { $0.partIsKnown(part, key, id, $1) })
        case .whole(let message):
            let id = message.id
            recorder.keep(message, of: carrier, reply: whenKnown(reply) { $0.wholeIsKnown(part, key, id, $1) })
            logger.info(
                "an inbound message",
                metadata: ["carrier": "\(carrier)", "id": "\(id)", "parts": "\(message.parts)"])
        }
        armTimer()
    }

    /// The receiver knows before the carrier does: what it then repeats finds the receiver as it must be.
    private func whenKnown(
        _ reply: @escaping DeliveryReply,
        _ note: @escaping @Sendable (InboundWork, DeliveryAnswer.Verdict) -> Void
    ) -> DeliveryReply {
        let (loop, work) = (eventLoop, NIOLoopBound(self, eventLoop: eventLoop))
        return { verdict in
            loop.execute { note(work.value, verdict) }
            reply(verdict)
        }
    }

    private func partIsKnown(
        _ part: UInt8, _ key: InboundAssembler.Key, _ id: MessageID, _ verdict: DeliveryAnswer.Verdict
    ) {
        switch verdict {
        case .kept: assembler.confirm(part, of: key, id: id)
        case .notKept: assembler.withdraw(part, of: key, id: id)
        }
    }

    private func wholeIsKnown(
        _ part: UInt8, _ key: InboundAssembler.Key, _ id: MessageID, _ verdict: DeliveryAnswer.Verdict
    ) {
        switch verdict {
        case .kept: assembler.settle(key, id: id, at: JournalClock.now())
        case .notKept: assembler.withdraw(part, of: key, id: id)
        }
    }

    func restore(_ parts: [InboundPartRecord]) {
        for part in parts {
            guard let number = UInt8(exactly: part.part), let count = UInt8(exactly: part.parts), number > 0,
                number <= count, let content = InboundContent(stored: part.content),
                let key = InboundAssembler.Key(
                    from: part.from, to: part.to, storedReference: part.reference, parts: count)
            else { continue }
            assembler.restore(number, of: key, content, id: part.id, at: part.at)
        }
        armTimer()
    }

    func stop() {
        isStopped = true
        timer?.cancel()
        timer = nil
    }

    private func tellGivenUp() {
        for message in assembler.takeGivenUp() {
            logger.warning(
                "an inbound message stays incomplete: its other parts did not come",
                metadata: [
                    "carrier": "\(carrier)", "id": "\(message.id)", "parts": "\(message.received)/\(message.parts)",
                ])
            recorder.keep(message, of: carrier, reply: nil)
        }
    }

    private func armTimer() {
        guard timer == nil, !isStopped, let deadline = assembler.nextDeadline else { return }
        let now = JournalClock.now()
        let wait = Int64(clamping: deadline - min(now, deadline)) + 1
        timer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { self.expire() }
    }

    private func expire() {
        timer = nil
        assembler.expire(at: JournalClock.now())
        tellGivenUp()
        armTimer()
    }
}

extension InboundAssembler.Key {
    /// The reference with its kind above its 16 bits.
    fileprivate var storedReference: UInt32 { UInt32(kind.rawValue) << 16 | UInt32(reference) }

    fileprivate init?(from: String, to: String, storedReference: UInt32, parts: UInt8) {
        guard let kind = UInt8(exactly: storedReference >> 16).flatMap(PartNumbering.Kind.init) else { return nil }
        self.init(
            from: from, to: to, kind: kind, reference: UInt16(truncatingIfNeeded: storedReference), parts: parts)
    }
}
