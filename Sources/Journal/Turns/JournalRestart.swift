import Messaging

/// Reads the journal of earlier processes. Records come in the order of their messages' ids, which is not the order in which
/// they were written: what a message left behind is known only at the end.
struct JournalRestart {
    private struct Left {
        var fingerprint: Fingerprint
        var outcome: OutcomeRecord?
        var isDelivered = false
        /// Account and recipient, until it is known that it went or did not.
        var doubtful: (account: String, recipient: String)?
    }

    /// Entries begin at this moment at the earliest (milliseconds since 1970).
    private let ledgerFrom: UInt64
    /// Accepted segments, too.
    private let receiptsFrom: UInt64
    /// Whether delivered messages are of use.
    private let isRecentKept: Bool
    private let refusal: InDoubtLedger.RefusalStatus
    private var left: [MessageID: Left] = [:]
    /// Recipient and sender of messages without an outcome so far.
    private var addresses: [MessageID: (recipient: String, sender: String)] = [:]
    private var segments: [RestoredSegment] = []
    /// Parts of inbound messages that are not whole.
    private var parts: [MessageID: [InboundPartRecord]] = [:]

    init(
        ledgerFrom: UInt64, receiptsFrom: UInt64, isRecentKept: Bool, refusal: @escaping InDoubtLedger.RefusalStatus
    ) {
        self.ledgerFrom = ledgerFrom
        self.receiptsFrom = receiptsFrom
        self.isRecentKept = isRecentKept
        self.refusal = refusal
    }

    mutating func take(_ record: JournalRecord) {
        switch record {
        case .message(let message):
            addresses[message.id] = (message.recipient, message.sender)
            guard message.id.unixMilliseconds > ledgerFrom else { return }
            left[message.id] = Left(
                fingerprint: message.fingerprint, doubtful: (message.account, message.recipient))
        case .outcome(let outcome): take(outcome)
        case .delivered(let ids):
            for id in ids {
                if isRecentKept { left[id]?.isDelivered = true } else { left[id] = nil }
            }
        case .late(let late):
            let segment: SegmentRecord =
                late.status == 0 ? .accepted(id: late.carrierID) : .refused(status: late.status)
            resolve(late.id, late.segment, segment, carrier: late.carrier)
            if late.status == 0 { add(late.id, late.segment, late.carrier, late.carrierID, nil, at: late.at) }
        case .receipt(let receipt):
            guard let id = receipt.message, let segment = receipt.segment else { return }
            resolve(id, segment, .accepted(id: receipt.carrierID), carrier: receipt.carrier)
            settle(id, segment, receipt.state)
        case .inboundPart(let part): parts[part.id, default: []].append(part)
        case .inbound(let inbound): parts[inbound.id] = nil
        case .posting, .posted, .forgotten, .reference: break
        }
    }

    private mutating func take(_ outcome: OutcomeRecord) {
        let addresses = addresses.removeValue(forKey: outcome.id)
        switch outcome.word {
        case .unknown: left[outcome.id]?.outcome = outcome
        case .accepted, .partial:
            left[outcome.id]?.outcome = outcome
            left[outcome.id]?.doubtful = nil
        // Nothing went.
        case .refused, .notSent: left[outcome.id] = nil
        }
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

    private mutating func resolve(_ id: MessageID, _ index: Int, _ segment: SegmentRecord, carrier: String) {
        guard var outcome = left[id]?.outcome, outcome.word == .unknown,
            outcome.resolve(index, segment, carrier: carrier, refusal: refusal)
        else { return }
        left[id]?.outcome = outcome
        if outcome.word != .unknown { left[id]?.doubtful = nil }
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

    /// The parts of inbound messages that were not whole, when everything has been read.
    var openParts: [InboundPartRecord] { parts.values.flatMap { $0 } }

    /// The last messages of which nobody knows whether they went, oldest first, when everything has been read.
    var doubts: [RestoredDoubt] {
        let doubtful = left.filter { $0.value.doubtful != nil && !$0.value.isDelivered }
        return doubtful.keys.sorted().suffix(JournalOptions.doubts).compactMap { id in
            guard let left = left[id], let (account, recipient) = left.doubtful else { return nil }
            let outcome = left.outcome ?? .interrupted(id, at: id.unixMilliseconds)
            let segments = outcome.segments.indices.filter { index in
                if case .unknown = outcome.segments[index] { true } else { false }
            }
            return RestoredDoubt(
                message: id, account: account, recipient: recipient, carrier: outcome.carrier ?? "",
                reason: outcome.code ?? "", at: outcome.at, segments: Set(segments))
        }
    }

    /// The messages without an outcome, oldest first, when everything has been read.
    var interrupted: [InterruptedMessage] {
        left.filter { $0.value.outcome == nil && !$0.value.isDelivered }.sorted { $0.key < $1.key }.compactMap {
            id, left in left.doubtful.map { InterruptedMessage(message: id, account: $0.account) }
        }
    }

    /// Everything has been read.
    func fill(_ ledger: inout InDoubtLedger) {
        for (id, left) in left.sorted(by: { $0.key < $1.key }) {
            ledger.restore(
                id, left.fingerprint, since: id.unixMilliseconds, outcome: left.outcome, isDelivered: left.isDelivered)
        }
    }
}
