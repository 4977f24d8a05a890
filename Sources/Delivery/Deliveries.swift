package import Carriers
package import Journal
package import Logging
package import Messaging
package import NIOCore
package import SMPP
import Synchronization

/// What comes back from one carrier: the receipts of its messages, and its subscribers' messages.
package struct CarrierDeliveries: Sendable {
    package let receipts: ReceiptTracker
    let inbound: InboundReceiver
    private let recorder: DeliveryRecorder

    init(receipts: ReceiptTracker, inbound: InboundReceiver, recorder: DeliveryRecorder) {
        self.receipts = receipts
        self.inbound = inbound
        self.recorder = recorder
    }

    /// A `deliver_sm` or `data_sm`; it is answered when what it carries is safe.
    ///
    /// - Parameters:
    ///   - policy: how the carrier writes texts.
    ///   - signs: what makes a receipt.
    package func take(
        _ delivery: InboundDelivery, policy: TextPolicy, signs: ReceiptSigns, reply: @escaping DeliveryReply
    ) {
        // In an outage nothing learns of what comes again.
        guard recorder.takes else { return reply(.notKept) }
        if !receipts.deliver(delivery, signs: signs, reply: reply) {
            inbound.deliver(delivery.message, policy: policy, reply: reply)
        }
    }
}

/// What comes back from all carriers, by their names. A carrier keeps its tracker of receipts when its binds are made anew, so that
/// receipts find their messages across a reload; only another way to write ids or numbers begins with an empty one.
package final class Deliveries: Sendable {
    private struct Entry {
        var rules: ReceiptRules
        var deliveries: CarrierDeliveries
    }

    /// A receipt has said what became of a segment. From any thread; must not block.
    package typealias Settled = @Sendable (_ tag: UInt64, _ segment: Int) -> Void

    private let group: any EventLoopGroup
    private let logger: Logger
    private let settled: Settled
    private let entries = Mutex<[String: Entry]>([:])
    /// Of a number's digits, where the journal keeps it masked; nil = not known yet.
    private let hash = Mutex<NumberHash?>(nil)
    /// Where what comes in is kept.
    package let recorder = DeliveryRecorder()

    package init(group: any EventLoopGroup, logger: Logger, settled: @escaping Settled = { _, _ in }) {
        self.group = group
        self.logger = logger
        self.settled = settled
    }

    /// By what masked numbers are known again.
    package func know(_ hash: @escaping NumberHash) {
        self.hash.withLock { $0 = hash }
        for entry in entries.withLock({ Array($0.values) }) { entry.deliveries.receipts.know(hash) }
    }

    /// Segments that were accepted before this process began. Those of a carrier that is gone are nobody's.
    package func restore(_ segments: [RestoredSegment]) {
        let (now, uptime) = (JournalClock.now(), MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds))
        let trackers = entries.withLock { $0.mapValues(\.deliveries.receipts) }
        for segment in segments where segment.carrier.isEmpty {
            for receipts in trackers.values { receipts.restore(lost: segment, age: segment.age(at: now)) }
        }
        for (carrier, segments) in Dictionary(grouping: segments, by: \.carrier) {
            guard let receipts = trackers[carrier] else { continue }
            receipts.learn(
                segments.compactMap { segment in
                    segment.receiptID.map { (given: segment.carrierID, receipted: $0) }
                })
            // A response that came after all stands behind its loss.
            for segment in segments where segment.isLost {
                receipts.restore(lost: segment, age: segment.age(at: now))
            }
            receipts.accepted(
                segments.filter { !$0.isLost }.map { segment in
                    AcceptedSegment(
                        tag: segment.message.rawValue, segment: segment.segment, carrierID: segment.carrierID,
                        destination: segment.recipient, sender: segment.senderKey,
                        state: segment.state.flatMap { ReceiptState(rawValue: $0) },
                        at: uptime + (.zero - segment.age(at: now)))
                })
        }
    }

    /// Parts of inbound messages that came before this process began.
    package func restore(_ parts: [InboundPartRecord]) {
        for (carrier, parts) in Dictionary(grouping: parts, by: \.carrier) {
            entries.withLock { $0[carrier]?.deliveries.inbound }?.restore(parts)
        }
    }

    /// What comes back from a carrier whose receipts are like this. Never on a message's path.
    ///
    /// - Parameter limits: of what is known from the start on; a reload that has others leaves what is known as it is.
    package func of(_ carrier: String, _ rules: ReceiptRules, limits: ReceiptMatcher.Limits) -> CarrierDeliveries {
        entries.withLock { entries in
            if let entry = entries[carrier], entry.rules.findsAlike(rules) { return entry.deliveries }
            let receipts = ReceiptTracker(
                carrier: carrier, rules: rules, limits: limits,
                memory: ReceiptMemory(recorder, carrier: carrier, comparesNumbers: rules.comparesNumbers),
                eventLoop: group.next(), logger: logger,
                handler: { [recorder, settled] event, reply in
                    if case .matched(let match) = event.outcome { settled(match.tag, match.segment) }
                    recorder.keep(event, reply: reply)
                })
            if let hash = hash.withLock({ $0 }) { receipts.know(hash) }
            let inbound =
                entries[carrier]?.deliveries.inbound
                ?? InboundReceiver(carrier: carrier, eventLoop: group.next(), logger: logger, recorder: recorder)
            let deliveries = CarrierDeliveries(receipts: receipts, inbound: inbound, recorder: recorder)
            entries[carrier] = Entry(rules: rules, deliveries: deliveries)
            return deliveries
        }
    }

    /// Settles what waits; after the carriers have stopped.
    package func stop() async {
        let all = entries.withLock { $0.values.map(\.deliveries) }
        for deliveries in all { try? await deliveries.receipts.stop().get() }
        for deliveries in all { deliveries.inbound.stop() }
    }
}

extension RestoredSegment {
    fileprivate var senderKey: SenderKey { sender.map { SenderKey($0) } ?? .unknown }

    fileprivate func age(at now: UInt64) -> Duration { .milliseconds(Int64(clamping: now - min(now, at))) }
}

extension ReceiptTracker {
    fileprivate func restore(lost segment: RestoredSegment, age: Duration) {
        guard let recipient = segment.recipient else { return }
        lost(
            tag: segment.message.rawValue, segments: [segment.segment], recipient: recipient,
            sender: segment.senderKey, age: age)
    }
}
