import Carriers
package import Journal
import Messaging
import SMPP
package import Settings
import Synchronization

/// Where what carriers send to us is kept before they are told so: the journal, where there is one. From any thread.
package final class DeliveryRecorder: Sendable {
    /// The way into the journal.
    package struct Way: Sendable {
        var journal: Journal
        /// What finds the segments that memory has no room for.
        var recall: JournalRecall
        var postings: Postings
        /// Whether nothing is taken that cannot be written.
        var refusesInOutage: Bool
        var keepText: Bool
        var maskNumbers: Bool

        package init(journal: Journal, recall: JournalRecall, postings: Postings, settings: JournalSettings) {
            self.journal = journal
            self.recall = recall
            self.postings = postings
            refusesInOutage = settings.onOutage == .refuse
            keepText = settings.keepText
            maskNumbers = settings.maskNumbers
        }
    }

    /// Nil where no journal is configured: all is taken, and nothing is kept. Set once, before the first carrier runs.
    private let way = Mutex<Way?>(nil)
    /// Of inbound messages and postings. With a node of its own by chance: their tables are not those of sent messages.
    private let ids = Mutex(MessageIDGenerator(node: .random(in: 0...UInt16.max)))

    /// Keeps what comes there. Once, before the first carrier runs.
    package func keep(in way: Way) {
        self.way.withLock { $0 = way }
    }

    /// Whether there is a point in looking at what comes; false while the journal cannot write and must.
    var takes: Bool {
        guard let way = way.withLock({ $0 }), way.refusesInOutage else { return true }
        return way.journal.health.isWriting
    }

    /// Nil where there is no journal.
    var recall: JournalRecall? { way.withLock { $0?.recall } }

    /// Segments that are not in memory any more. In an outage they wait with the other facts, as long as there is room for these: nobody
    /// brings them again.
    func keep(_ segments: [ForgottenSegment], of carrier: String) {
        guard let way = way.withLock({ $0 }) else { return }
        let records = segments.compactMap { segment in
            MessageID(rawValue: segment.tag).map { id in
                JournalRecord.forgotten(
                    ForgottenRecord(
                        id: id, segment: segment.segment, key: ForgottenRecord.key(of: segment.id, at: carrier)))
            }
        }
        way.journal.append(records)
    }

    /// Has accounts told of their messages whose process ended before there was an outcome. Once: what has one is in no such list again.
    package func tell(_ interrupted: [InterruptedMessage]) {
        guard let way = way.withLock({ $0 }) else { return }
        let records = way.postings.records(of: interrupted)
        guard !records.isEmpty else { return }
        way.journal.append(records) { [postings = way.postings] problem in
            if problem == nil { postings.wake() }
        }
    }

    func nextID() -> MessageID {
        ids.withLock { $0.next(unixMilliseconds: JournalClock.now()) }
    }

    /// A receipt. One that waits for its response is kept at once, as one of no known message, and again when its message is
    /// known. In a sudden outage it stays in memory: it is matched already, and what the carrier repeats is a duplicate.
    func keep(_ event: ReceiptEvent, reply: DeliveryReply?) {
        guard let way = way.withLock({ $0 }) else {
            reply?(.kept)
            return
        }
        var isMatched = false
        switch event.outcome {
        case .matched: isMatched = true
        case .duplicate: break
        case .unmatched: if event.wait == .ends { return }
        }
        let receipt = ReceiptRecord(event, at: JournalClock.now())
        var records = [JournalRecord.receipt(receipt)]
        if isMatched, way.postings.wantsReceipts, let posting = PostingForm.posting(of: receipt, id: nextID()) {
            records.append(.posting(posting))
        }
        let isPosted = records.count > 1
        way.journal.append(records) { [postings = way.postings] problem in
            reply?(problem == nil ? .kept : .notKept)
            if isPosted, problem == nil { postings.wake() }
        }
    }

    /// A part of a message that is not whole.
    func keep(_ part: InboundPartRecord, reply: @escaping DeliveryReply) {
        guard let way = way.withLock({ $0 }) else { return reply(.kept) }
        way.journal.offer([.inboundPart(part)]) { reply($0 == nil ? .kept : .notKept) }
    }

    /// A whole message, or what there is of one that was given up.
    ///
    /// - Parameter reply: nil = nobody brings it again.
    func keep(_ message: AssembledMessage, of carrier: String, reply: DeliveryReply?) {
        guard let way = way.withLock({ $0 }) else {
            reply?(.kept)
            return
        }
        let now = JournalClock.now()
        var records = [
            JournalRecord.inbound(
                InboundRecord(
                    id: message.id, at: now, carrier: carrier,
                    from: way.maskNumbers ? PhoneNumber.mask(message.from) : message.from, to: message.to,
                    segments: message.parts, received: message.received,
                    text: way.keepText ? PostingForm.journalled(message) : nil))
        ]
        if way.postings.wantsInbound(of: carrier) {
            records.append(.posting(PostingForm.posting(of: message, carrier: carrier, at: now)))
        }
        if let posting = way.postings.desk.posting(of: message, carrier: carrier, id: nextID(), at: now) {
            records.append(.posting(posting))
        }
        let isPosted = records.count > 1
        let then: @Sendable (JournalProblem?) -> Void = { [postings = way.postings] problem in
            reply?(problem == nil ? .kept : .notKept)
            if isPosted, problem == nil { postings.wake() }
        }
        if reply == nil { way.journal.append(records, then: then) } else { way.journal.offer(records, then: then) }
    }
}
