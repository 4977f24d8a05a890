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
        rules: ReceiptRules(),
        limits: ReceiptMatcher.Limits(segments: maximumKnown, knownFor: .seconds(86_400), parked: 100_000))
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

    /// - Parameter allAnswered: no answer is under way.
    mutating func read(_ events: [DeliveryEvent], now: UInt64, allAnswered: Bool = false) {
        // A receipt may have come over another event loop before the event of its segment: segments first.
        for case .accepted(let id, let message, let segment, let recipient, let time) in events {
            expected += 1
            missing.insert(Segment(message: message, segment: segment))
            let accepted = AcceptedSegment(
                tag: UInt64(message), segment: segment, carrierID: id, destination: recipient,
                at: MonotonicTime(nanoseconds: time))
            settle(matcher.accepted(accepted))
        }
        let answeredUpTo = MonotonicTime(nanoseconds: allAnswered ? .max : 0)
        for case .receipt(let received, let time) in events {
            switch matcher.match(received, at: MonotonicTime(nanoseconds: time), answeredUpTo: answeredUpTo) {
            case .settled(let outcome): settle(outcome, received.receipt.state)
            case .parked(_, let displaced):
                if let displaced { settle(displaced.outcome, displaced.received.receipt.state) }
            }
        }
        settle(matcher.review(now: MonotonicTime(nanoseconds: now), answeredUpTo: answeredUpTo))
    }

    /// The end: what waits for its segment has none.
    mutating func finish(now: UInt64) {
        settle(matcher.expire(now: MonotonicTime(nanoseconds: now) + .seconds(86_400)))
    }

    /// Message number and segment (from 1) of those whose receipt did not come, at most `limit`.
    func missing(atMost limit: Int) -> [(message: Int, segment: Int)] {
        missing.map { ($0.message, $0.segment + 1) }.sorted { $0 < $1 }.prefix(limit).map { $0 }
    }

    private mutating func settle(_ receipts: [SettledReceipt]) {
        for receipt in receipts { settle(receipt.outcome, receipt.received.receipt.state) }
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
