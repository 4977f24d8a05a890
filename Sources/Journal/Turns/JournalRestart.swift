import Messaging

/// Finds the accepted segments of earlier processes, for their receipts. Records come in the order of their messages' ids, which is not
/// the order in which they were written.
struct JournalRestart {
    /// Accepted segments begin at this moment at the earliest (milliseconds since 1970).
    private let receiptsFrom: UInt64
    /// Recipient and sender of messages without an outcome so far.
    private var addresses: [MessageID: (recipient: String, sender: String)] = [:]
    private var segments: [RestoredSegment] = []

    init(since moment: UInt64) {
        receiptsFrom = moment
    }

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .message(let message): addresses[message.id] = (message.recipient, message.sender)
        case .outcome(let outcome): take(outcome)
        case .late(let late):
            if late.status == 0 { add(late.id, late.segment, late.carrier, late.carrierID, nil, at: late.at) }
        case .receipt(let receipt):
            guard let id = receipt.message, let segment = receipt.segment else { return }
            settle(id, segment, receipt.state)
        case .delivered, .inbound, .inboundPart, .posting, .posted, .forgotten, .reference: break
        }
    }

    private mutating func take(_ outcome: OutcomeRecord) {
        let addresses = addresses.removeValue(forKey: outcome.id)
        // A repeat's segments are its original's.
        guard outcome.replayOf == nil, let carrier = outcome.carrier else { return }
        for (index, segment) in outcome.segments.enumerated() {
            switch segment {
            case .accepted(let id): add(outcome.id, index, carrier, id, addresses, at: outcome.at)
            case .unknown: add(outcome.id, index, carrier, "", addresses, at: outcome.at, isLost: true)
            case .refused, .notSent: break
            }
        }
    }

    private mutating func add(
        _ message: MessageID, _ segment: Int, _ carrier: String, _ carrierID: String,
        _ addresses: (recipient: String, sender: String)?, at: UInt64, isLost: Bool = false
    ) {
        guard at > receiptsFrom else { return }
        var restored = RestoredSegment(
            message: message, segment: segment, carrier: carrier, carrierID: carrierID, recipient: addresses?.recipient,
            at: at)
        restored.sender = addresses?.sender
        restored.isLost = isLost
        segments.append(restored)
    }

    /// What receipts have said of a segment comes right behind it.
    private mutating func settle(_ id: MessageID, _ segment: Int, _ state: String) {
        for place in segments.indices.reversed() {
            guard segments[place].message == id else { return }
            if segments[place].segment == segment { segments[place].state = state }
        }
    }

    /// The accepted segments since the last time; those of the last message wait for what receipts have said of them.
    mutating func takeSegments(isEnd: Bool = false) -> [RestoredSegment] {
        let last = isEnd ? nil : segments.last?.message
        let end = segments.lastIndex { $0.message != last }.map { $0 + 1 } ?? 0
        defer { segments.removeFirst(end) }
        return Array(segments[..<end])
    }
}
