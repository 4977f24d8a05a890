package import Messaging

/// What the ledger answers a repeat with.
package struct LedgerAnswer: Hashable, Sendable {
    /// How the message that was sent was answered, or would be now.
    package var outcome: OutcomeRecord

    package init(_ outcome: OutcomeRecord) {
        self.outcome = outcome
    }

    /// The message that was sent, or may have been.
    package var original: MessageID { outcome.id }

    /// The outcome of a repeat that is given this answer.
    package func replay(for repeated: MessageID, at now: UInt64) -> OutcomeRecord {
        var record = outcome
        record.id = repeated
        record.at = now
        record.replayOf = outcome.id
        return record
    }
}

extension OutcomeRecord {
    /// `outcome` as a case.
    enum Word: String {
        case accepted, refused, partial, unknown
        case notSent = "not-sent"
    }

    /// More segments than a message can have (SMPP 3.4 §5.3.2.23: one octet).
    static let maxSegments = 255

    /// A word that is none of ours may have gone.
    var word: Word { Word(rawValue: outcome) ?? .unknown }

    /// Whether it is one of `interrupted`: no carrier is known to have had the message.
    package var isInterrupted: Bool { word == .unknown && carrier == nil }

    /// Of a message whose process ended before its reply was decided.
    ///
    /// - Parameter segments: how many it has; 0 = not known, and then nothing tells what became of all of them.
    package static func interrupted(_ id: MessageID, at now: UInt64, segments: Int) -> OutcomeRecord {
        OutcomeRecord(
            id: id, at: now, outcome: Word.unknown.rawValue, httpStatus: 504, code: "connection_lost", carrier: nil,
            segments: Array(repeating: .unknown(reason: "connection_lost"), count: min(segments, maxSegments)))
    }

    /// Of a message that could not be recorded before it was to be sent.
    package static func notSent(_ id: MessageID, at now: UInt64) -> OutcomeRecord {
        OutcomeRecord(
            id: id, at: now, outcome: Word.notSent.rawValue, httpStatus: 503, code: "no_journal", carrier: nil,
            segments: [])
    }

    /// The same message, told as accepted although nobody knows.
    var toldAsAccepted: OutcomeRecord {
        var record = self
        record.set(.accepted, 200, nil)
        return record
    }

    /// A segment that was unknown is known now: the outcome is what all segments say together, by the rules of a reply.
    ///
    /// - Returns: false when there was nothing to resolve.
    mutating func resolve(
        _ index: Int, _ segment: SegmentRecord, carrier: String, refusal: InDoubtLedger.RefusalStatus
    ) -> Bool {
        guard segments.indices.contains(index), case .unknown = segments[index] else { return false }
        segments[index] = segment
        self.carrier = self.carrier ?? carrier
        var (accepted, unknown) = (0, 0)
        var firstRefusal: UInt32?
        for segment in segments {
            switch segment {
            case .accepted: accepted += 1
            case .refused(let status): firstRefusal = firstRefusal ?? status
            case .unknown: unknown += 1
            case .notSent: break
            }
        }
        if unknown > 0 {
            set(.unknown, 504, "partial_unknown")
        } else if accepted == segments.count {
            set(.accepted, 200, nil)
        } else if accepted > 0 {
            set(.partial, 502, "partial")
        } else {
            let status = firstRefusal.map { refusal(carrier, $0) } ?? 503
            set(status == 503 ? .notSent : .refused, status, "carrier_refused")
        }
        return true
    }

    private mutating func set(_ word: Word, _ status: Int, _ code: String?) {
        outcome = word.rawValue
        httpStatus = status
        self.code = code
    }
}

extension LateRecord {
    /// What became of the segment after all.
    var result: SegmentRecord { status == 0 ? .accepted(id: carrierID) : .refused(status: status) }
}

extension MessageLife {
    /// The outcome with what came after the reply. None: that process ended before it knew, and the message may have gone.
    func outcomeNow(_ refusal: InDoubtLedger.RefusalStatus) -> OutcomeRecord {
        var outcome =
            outcome ?? .interrupted(message.id, at: message.id.unixMilliseconds, segments: message.segments)
        for late in late where outcome.word == .unknown {
            _ = outcome.resolve(late.segment, late.result, carrier: late.carrier, refusal: refusal)
        }
        for receipt in receipts where outcome.word == .unknown {
            guard let segment = receipt.segment else { continue }
            _ = outcome.resolve(
                segment, .accepted(id: receipt.carrierID), carrier: receipt.carrier, refusal: refusal)
        }
        return outcome
    }
}
