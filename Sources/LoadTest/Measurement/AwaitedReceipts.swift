import SMPP

/// Brings accepted segments and receipts together, and knows which receipts are missing.
struct AwaitedReceipts {
    /// A segment whose receipt has not come.
    private struct Segment: Hashable {
        var message: Int
        var segment: Int
    }

    /// Segments whose ids are known at most; the oldest one is forgotten first.
    static let maximumKnown = 2_000_000

    private var matcher = ReceiptMatcher(
        form: .auto, limits: ReceiptMatcher.Limits(segments: maximumKnown, knownFor: .seconds(86_400), parked: 100_000))
    private var missing: Set<Segment> = []
    private(set) var expected = 0
    private(set) var matched = 0
    private(set) var duplicates = 0
    private(set) var unmatched = 0
    /// Receipts of a state that is not final.
    private(set) var intermediate = 0
    private(set) var states: [ReceiptState: Int] = [:]
    /// From the answer to the submit to the receipt.
    private(set) var delays = LatencyHistogram()

    /// How many receipts are to come.
    var missingCount: Int { missing.count }

    mutating func read(_ events: [DeliveryEvent]) {
        // A receipt may have come over another event loop before the event of its segment: segments first.
        for case .accepted(let id, let message, let segment, let recipient, let time) in events {
            expected += 1
            missing.insert(Segment(message: message, segment: segment))
            let settled = matcher.accepted(
                id: id, tag: UInt64(message), segment: segment, recipient: recipient,
                at: MonotonicTime(nanoseconds: time))
            for receipt in settled { settle(receipt.outcome, receipt.received.receipt.state) }
        }
        for case .receipt(let received, let time) in events {
            switch matcher.match(received, at: MonotonicTime(nanoseconds: time)) {
            case .settled(let outcome): settle(outcome, received.receipt.state)
            case .parked(let displaced):
                if let displaced { settle(displaced.outcome, displaced.received.receipt.state) }
            }
        }
    }

    /// The end: what waits for its segment has none.
    mutating func finish(now: UInt64) {
        for receipt in matcher.expire(now: MonotonicTime(nanoseconds: now) + .seconds(86_400)) {
            settle(receipt.outcome, receipt.received.receipt.state)
        }
    }

    /// Message number and segment (from 1) of those whose receipt did not come, at most `limit`.
    func missing(atMost limit: Int) -> [(message: Int, segment: Int)] {
        missing.map { ($0.message, $0.segment + 1) }.sorted { $0 < $1 }.prefix(limit).map { $0 }
    }

    private mutating func settle(_ outcome: ReceiptOutcome, _ state: ReceiptState) {
        switch outcome {
        case .matched(let match):
            guard state.isFinal else {
                intermediate += 1
                return
            }
            guard missing.remove(Segment(message: Int(match.tag), segment: match.segment)) != nil else {
                duplicates += 1
                return
            }
            matched += 1
            states[state, default: 0] += 1
            delays.record(UInt64(clamping: match.delay.nanoseconds))
        case .duplicate: duplicates += 1
        case .unmatched: unmatched += 1
        }
    }
}
