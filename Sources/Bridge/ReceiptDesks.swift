import Carriers
import Journal
import Logging
import Messaging
import NIOCore
import SMPP
import Synchronization

/// A carrier's desk and the way of accepted segments to it.
struct CarrierReceipts: Sendable {
    let desk: ReceiptDesk
    let feeds: ReceiptFeeds
    let inbound: InboundDesk
    private let deliveries: DeliveryBook
    /// Where messages of any carrier wait of which nobody knows whether they went.
    let doubts: InDoubtBoard

    init(desk: ReceiptDesk, feeds: ReceiptFeeds, inbound: InboundDesk, deliveries: DeliveryBook, doubts: InDoubtBoard) {
        self.desk = desk
        self.feeds = feeds
        self.inbound = inbound
        self.deliveries = deliveries
        self.doubts = doubts
    }

    /// A `deliver_sm` or `data_sm`; it is answered when what it carries is safe.
    ///
    /// - Parameter policy: how the carrier writes texts.
    func take(_ delivery: InboundDelivery, policy: TextPolicy, reply: @escaping DeliveryReply) {
        // In an outage nothing learns of what comes again.
        guard deliveries.takes else { return reply(.notKept) }
        if !desk.deliver(delivery, reply: reply) { inbound.deliver(delivery.message, policy: policy, reply: reply) }
    }
}

/// The desks of all carriers, by name. A carrier keeps its desk when its binds are made anew, so that receipts find their messages
/// across a reload; only another way to write ids begins with an empty one.
final class ReceiptDesks: Sendable {
    private struct Entry {
        var form: ReceiptIDForm
        var receipts: CarrierReceipts
    }

    private let group: any EventLoopGroup
    private let logger: Logger
    /// For the monitor.
    let doubts = InDoubtBoard()
    private let entries = Mutex<[String: Entry]>([:])
    /// Where what comes in is kept.
    let deliveries = DeliveryBook()

    init(group: any EventLoopGroup, logger: Logger) {
        self.group = group
        self.logger = logger
    }

    /// Segments that were accepted before this process began. Those of a carrier that is gone are nobody's.
    func restore(_ segments: [RestoredSegment]) {
        let now = JournalClock.now()
        for (carrier, segments) in Dictionary(grouping: segments, by: \.carrier) {
            guard let desk = entries.withLock({ $0[carrier]?.receipts.desk }) else { continue }
            desk.accepted(
                segments.map { segment in
                    AcceptedSegment(
                        tag: segment.message.rawValue, segment: segment.segment, carrierID: segment.carrierID,
                        destination: segment.recipient,
                        age: .milliseconds(Int64(clamping: now - min(now, segment.at))))
                })
        }
    }

    /// Parts of inbound messages that came before this process began.
    func restore(_ parts: [InboundPartRecord]) {
        for (carrier, parts) in Dictionary(grouping: parts, by: \.carrier) {
            entries.withLock { $0[carrier]?.receipts.inbound }?.restore(parts)
        }
    }

    /// The desk of a carrier whose receipts write ids like this. Never on a message's path.
    func receipts(of carrier: String, form: ReceiptIDForm) -> CarrierReceipts {
        entries.withLock { entries in
            if let entry = entries[carrier], entry.form == form { return entry.receipts }
            let desk = ReceiptDesk(
                carrier: carrier, form: form, eventLoop: group.next(), logger: logger,
                handler: { [deliveries] in deliveries.keep($0, reply: $1) })
            let inbound =
                entries[carrier]?.receipts.inbound
                ?? InboundDesk(carrier: carrier, eventLoop: group.next(), logger: logger, deliveries: deliveries)
            let receipts = CarrierReceipts(
                desk: desk, feeds: ReceiptFeeds(desk: desk, group: group), inbound: inbound, deliveries: deliveries,
                doubts: doubts)
            entries[carrier] = Entry(form: form, receipts: receipts)
            return receipts
        }
    }

    /// Settles what waits; after the carriers have stopped.
    func stop() async {
        let desks = entries.withLock { $0.values.map(\.receipts.desk) }
        for desk in desks { try? await desk.stop().get() }
        for inbound in entries.withLock({ $0.values.map(\.receipts.inbound) }) { inbound.stop() }
    }
}
