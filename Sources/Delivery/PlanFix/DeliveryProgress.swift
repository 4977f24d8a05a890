import Journal
import SMPP

/// What receipts say of a message together, told once. Pure.
///
///     outcome ─┬─ accepted ─▶ sent ─┬─ every segment delivered ─▶ delivered
///              │                    └─ one segment failed ──────▶ failed
///              ├─ unknown ─▶ error ─┬─ accepted after all ──────▶ sent, and on as above
///              │                    ├─ refused after all ───────▶ refused
///              │                    └─ receipts ────────────────▶ as above
///              └─ refused, not sent, partial ─▶ error (the end)
///
/// The first receipt that decides is told; those before it say nothing yet, those behind it nothing new.
struct DeliveryProgress: Equatable {
    enum Word: Equatable {
        case delivered
        /// Expired, deleted, undeliverable, unknown, rejected or skipped.
        case failed(ReceiptState)
    }

    var word: Word
    /// The one that decided.
    var receipt: ReceiptRecord

    /// Nil while nothing is decided, and where the outcome was the end.
    init?(_ life: MessageLife) {
        guard !Self.isEnd(life.outcome) else { return nil }
        guard let count = Self.segments(of: life) else { return nil }
        var delivered: Set<Int> = []
        for receipt in life.receipts {
            guard let state = ReceiptState(rawValue: receipt.state), state.isFinal else { continue }
            guard state == .delivered else {
                (word, self.receipt) = (.failed(state), receipt)
                return
            }
            delivered.insert(receipt.segment ?? 0)
            if delivered.count >= count {
                (word, self.receipt) = (.delivered, receipt)
                return
            }
        }
        return nil
    }

    /// Some segments never went.
    private static func isEnd(_ outcome: OutcomeRecord?) -> Bool {
        outcome?.segments.contains { segment in
            switch segment {
            case .refused, .notSent: true
            case .accepted, .unknown: false
            }
        } ?? false
    }

    /// Nil while nobody knows how many there are.
    private static func segments(of life: MessageLife) -> Int? {
        if let known = life.outcome?.segments.count, known > 0 { return known }
        let seen = life.receipts.compactMap(\.segment).max().map { $0 + 1 } ?? 0
        return life.outcome == nil && life.message.segments == 0 ? nil : max(1, life.message.segments, seen)
    }

    /// Whether the receipts said nothing before the outcome had told how many segments there are, and all had come by then: it says it.
    func isTold(byOutcomeOf life: MessageLife) -> Bool {
        guard let outcome = life.outcome, receipt.at <= outcome.at else { return false }
        var before = life
        before.outcome = nil
        return DeliveryProgress(before) != self
    }

    /// Whether late responses have made an unknown message an accepted one (true) or one that the carrier refused (false); nil where
    /// they say nothing yet.
    static func late(_ life: MessageLife) -> Bool? {
        if life.late.contains(where: { $0.status != 0 }) { return false }
        guard let segments = life.outcome?.segments, !segments.isEmpty else { return nil }
        let late = Set(life.late.map(\.segment))
        let isAccepted = segments.enumerated().allSatisfy { place, segment in
            switch segment {
            case .accepted: true
            case .unknown: late.contains(place)
            case .refused, .notSent: false
            }
        }
        return isAccepted ? true : nil
    }
}
