import Logging
import NIOCore
import SMPP
import Synchronization

/// A carrier's desk and the way of accepted segments to it.
struct CarrierReceipts: Sendable {
    let desk: ReceiptDesk
    let feeds: ReceiptFeeds
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
    private let entries = Mutex<[String: Entry]>([:])

    init(group: any EventLoopGroup, logger: Logger) {
        self.group = group
        self.logger = logger
    }

    /// The desk of a carrier whose receipts write ids like this. Never on a message's path.
    func receipts(of carrier: String, form: ReceiptIDForm) -> CarrierReceipts {
        entries.withLock { entries in
            if let entry = entries[carrier], entry.form == form { return entry.receipts }
            let desk = ReceiptDesk(
                carrier: carrier, form: form, eventLoop: group.next(), logger: logger, handler: { _ in })
            let receipts = CarrierReceipts(desk: desk, feeds: ReceiptFeeds(desk: desk, group: group))
            entries[carrier] = Entry(form: form, receipts: receipts)
            return receipts
        }
    }

    /// Settles what waits; after the carriers have stopped.
    func stop() async {
        let desks = entries.withLock { $0.values.map(\.receipts.desk) }
        for desk in desks { try? await desk.stop().get() }
    }
}
