package import Intake
package import SMPP

/// What a carrier's answers to all segments of a message mean for the one who posted it.
///
/// The rules, in order (design §1):
/// 1. all accepted → 200 accepted;
/// 2. any unknown → 504 unknown, whatever the rest: it may have gone, so nobody may be told to repeat it;
/// 3. some accepted → 502 partial: repeating would send those twice;
/// 4. else the first refusal decides: its row of the status table has HTTP status and text.
package enum SubmitOutcome {
    /// The reply to a message of which at least one segment was written.
    package static func reply(
        _ outcomes: [SegmentOutcome], statuses: StatusTable, language: Language
    ) -> IntakeReply {
        // Nearly every reply: without a list that grows.
        if outcomes.count == 1, case .accepted(let id) = outcomes[0] {
            return .accepted(segments: 1, carrierIDs: [id.isEmpty ? "-" : id], language: language)
        }
        var carrierIDs: [String] = []
        var firstUnknown: UnknownReason?
        var unknownCount = 0
        var firstRefusal: CommandStatus?
        for outcome in outcomes {
            switch outcome {
            case .accepted(let id): carrierIDs.append(id.isEmpty ? "-" : id)
            case .refused(let status): firstRefusal = firstRefusal ?? status
            case .unknown(let reason):
                firstUnknown = firstUnknown ?? reason
                unknownCount += 1
            case .notSent: break
            }
        }
        if carrierIDs.count == outcomes.count {
            return .accepted(segments: outcomes.count, carrierIDs: carrierIDs, language: language)
        }
        var reply: IntakeReply
        if let firstUnknown {
            let code: ReplyCode =
                unknownCount < outcomes.count
                ? .partialUnknown : firstUnknown == .carrierTimeout ? .carrierTimeout : .connectionLost
            reply = IntakeReply(code, language: language)
        } else if !carrierIDs.isEmpty {
            reply = IntakeReply(.partial, language: language)
        } else {
            reply = refusal(firstRefusal ?? .systemError, statuses: statuses, language: language)
        }
        reply.acceptedSegments = carrierIDs.count
        reply.totalSegments = outcomes.count
        reply.carrierIDs = carrierIDs
        if let firstRefusal {
            reply.smppStatus = (firstRefusal.hex, statuses.row(for: firstRefusal).name)
        }
        return reply
    }

    /// The reply to a message of which no byte left.
    ///
    /// - Parameter retryAfter: when to try again, where the carrier knows: its queue is so long, or it is tried again then.
    package static func reply(
        _ reason: NotSentReason, retryAfter: Duration? = nil, language: Language
    ) -> IntakeReply {
        switch reason {
        case .noBind: IntakeReply(.noBind, language: language, retryAfter: RetryAfter.noBind)
        case .busy: IntakeReply(.busy, language: language, retryAfter: RetryAfter.whole(retryAfter))
        case .draining: IntakeReply(.draining, language: language, retryAfter: RetryAfter.draining)
        case .unwritable: IntakeReply(.internal, language: language)
        }
    }

    /// A refusal in the words of the status table.
    private static func refusal(_ status: CommandStatus, statuses: StatusTable, language: Language) -> IntakeReply {
        let row = statuses.row(for: status)
        let isTemporary = row.http == 503
        var reply = IntakeReply(.carrierRefused, language: language)
        reply.retryAfter = isTemporary ? RetryAfter.carrier : nil
        reply.status = row.http
        reply.outcome = isTemporary ? .notSent : .refused
        reply.retry = isTemporary
        reply.reason = row.english.hasSuffix(".") ? String(row.english.dropLast()) : row.english
        reply.message = language == .ru ? row.russian : row.english
        return reply
    }
}

/// Seconds that a client is asked to wait, by why its message was not sent. PlanFix repeats within three hours.
private enum RetryAfter {
    static let noBind = 30
    private static let busy = 5
    private static let longest: Int64 = 3600
    static let draining = 10
    static let carrier = 15

    /// Not less than what a busy carrier expects; in whole seconds.
    static func whole(_ time: Duration?) -> Int {
        guard let time else { return busy }
        let (seconds, rest) = time.components
        return Int(min(longest, max(1, rest > 0 ? seconds + 1 : seconds)))
    }
}
