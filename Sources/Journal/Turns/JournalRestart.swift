import DequeModule
import Messaging

/// Finds the accepted segments of earlier processes, and those that may have gone, for their receipts. Records come in the order of
/// their messages' ids, which is not the order in which they were written.
struct JournalRestart {
    /// Accepted segments begin at this moment at the earliest (milliseconds since 1970).
    private let moment: UInt64
    private let most: Int
    private let isFinal: (String) -> Bool
    /// The one whose records come now.
    private var message: MessageRecord?
    /// Nothing has been told of it.
    private var isOpen = false
    /// The newest of them, oldest first.
    private var segments = Deque<RestoredSegment>()
    /// Of messages that were under way when their process ended: any carrier may have those.
    private var interrupted: [RestoredSegment] = []
    /// Carriers that send receipts: only those have something kept for them.
    private var receipting: Set<String> = []

    /// - Parameters:
    ///   - most: so many segments are kept, about: older ones only where their final receipts have not come.
    ///   - isFinal: whether nothing else follows what a receipt has said.
    init(since moment: UInt64, most: Int, isFinal: @escaping (String) -> Bool) {
        self.moment = moment
        self.most = most
        self.isFinal = isFinal
    }

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .message(let message):
            leave()
            self.message = message
            isOpen = true
        case .outcome(let outcome): take(outcome)
        case .late(let late):
            if late.status == 0 { add(late.id, late.segment, late.carrier, late.carrierID, at: late.at) }
        case .receipt(let receipt):
            guard let id = receipt.message, let segment = receipt.segment else { return }
            // Its process ended before the outcome, and its receipt told it.
            if isOpen, message?.id == id {
                isOpen = false
                add(id, segment, receipt.carrier, "", at: receipt.at, isLost: true)
            }
            settle(segment, by: receipt, of: id)
        case .delivered, .inboundPart, .inbound, .posting, .posted, .forgotten, .reference: break
        }
    }

    /// The message's records are over.
    private mutating func leave() {
        guard isOpen, let id = message?.id else { return }
        isOpen = false
        guard let lost = restored(id, 0, "", "", at: id.unixMilliseconds, isLost: true) else { return }
        interrupted.append(lost)
        if interrupted.count > most { interrupted.removeFirst(interrupted.count - most) }
    }

    private mutating func take(_ outcome: OutcomeRecord) {
        // What was told only because the process ended is as open as before.
        if outcome.id == message?.id, !outcome.isInterrupted { isOpen = false }
        // A repeat's segments are its original's.
        guard outcome.replayOf == nil, let carrier = outcome.carrier else { return }
        for (index, segment) in outcome.segments.enumerated() {
            switch segment {
            case .accepted(let id): add(outcome.id, index, carrier, id, at: outcome.at)
            case .unknown: add(outcome.id, index, carrier, "", at: outcome.at, isLost: true)
            case .refused, .notSent: break
            }
        }
    }

    private mutating func add(
        _ id: MessageID, _ segment: Int, _ carrier: String, _ carrierID: String, at: UInt64, isLost: Bool = false
    ) {
        guard let added = restored(id, segment, carrier, carrierID, at: at, isLost: isLost) else { return }
        segments.append(added)
    }

    private func restored(
        _ id: MessageID, _ segment: Int, _ carrier: String, _ carrierID: String, at: UInt64, isLost: Bool
    ) -> RestoredSegment? {
        guard at > moment else { return nil }
        let message = message.flatMap { $0.id == id ? $0 : nil }
        var restored = RestoredSegment(
            message: id, segment: segment, carrier: carrier, carrierID: carrierID, recipient: message?.keptRecipient,
            at: at)
        restored.sender = message?.sender
        restored.isLost = isLost
        return restored
    }

    /// What receipts have said of a segment comes right behind it.
    private mutating func settle(_ segment: Int, by receipt: ReceiptRecord, of id: MessageID) {
        receipting.insert(receipt.carrier)
        for place in segments.indices.reversed() {
            guard segments[place].message == id else { return }
            guard segments[place].segment == segment else { continue }
            if segments[place].isLost {
                // From then on it was known by the receipt's id.
                segments[place].isLost = false
                segments[place].carrierID = receipt.carrierID
            } else if segments[place].state == nil, !segments[place].carrierID.isEmpty {
                segments[place].receiptID = receipt.carrierID
            }
            if !isSettled(segments[place]) { segments[place].state = receipt.state }
        }
    }

    private func isSettled(_ segment: RestoredSegment) -> Bool { segment.state.map(isFinal) ?? false }

    /// Those that are too many, but for the settled ones, which receipts need least; those of the last message wait for what receipts have
    /// said of them. At the end all the rest, and then the messages that were under way.
    mutating func takeSegments(isEnd: Bool = false) -> [RestoredSegment] {
        var taken: [RestoredSegment] = []
        while segments.count > most, let first = segments.first, first.message != segments.last?.message {
            segments.removeFirst()
            if first.isLost || !isSettled(first) && receipting.contains(first.carrier) { taken.append(first) }
        }
        guard isEnd else { return taken }
        leave()
        defer { (segments, interrupted) = ([], []) }
        return taken + segments + interrupted
    }
}
