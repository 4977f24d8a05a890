import Carriers
import Intake
import Journal
import SMPP

/// Replies that the ledger has a part in.
enum LedgerReply {
    /// The reply to a repeat: what its message was answered with, or would be now.
    static func reply(_ answer: LedgerAnswer, routes: [CarrierRoute], language: Language) -> IntakeReply {
        let statuses = routes.first { $0.name == answer.outcome.carrier }?.profile.statuses
        return reply(answer.outcome, statuses: statuses ?? StatusTable(), language: language)
    }

    /// The same with the status table of the carrier that had the message.
    static func reply(_ record: OutcomeRecord, statuses: StatusTable, language: Language) -> IntakeReply {
        let outcomes = record.segments.map(SegmentOutcome.init)
        var reply: IntakeReply
        if record.outcome == Outcome.accepted.rawValue {
            // Told as accepted where nobody knows, some segments have no id.
            let ids = outcomes.map { outcome in
                if case .accepted(let id) = outcome, !id.isEmpty { id } else { "-" }
            }
            reply = .accepted(segments: outcomes.count, carrierIDs: ids, language: language)
        } else if outcomes.isEmpty {
            reply = IntakeReply(record.code.flatMap(ReplyCode.init) ?? .connectionLost, language: language)
        } else {
            reply = SubmitOutcome.reply(outcomes, statuses: statuses, language: language)
        }
        reply.replayed = true
        return reply
    }

    /// To a repeat whose message is still under way when its time is over.
    static func unended(language: Language) -> IntakeReply {
        var reply = IntakeReply(.carrierTimeout, language: language)
        reply.replayed = true
        return reply
    }

    /// What is told when the outcome could not be recorded in time: an acceptance that nobody would know of after a crash is
    /// not told. The rest promises nothing.
    static func unrecorded(_ reply: IntakeReply, language: Language) -> IntakeReply {
        switch reply.outcome {
        case .accepted, .partial: IntakeReply(.notRecorded, language: language)
        case .refused, .unknown, .notSent: reply
        }
    }
}

extension SegmentRecord {
    /// As the journal keeps it.
    init(_ outcome: SegmentOutcome) {
        switch outcome {
        case .accepted(let id): self = .accepted(id: id)
        case .refused(let status): self = .refused(status: status.rawValue)
        case .unknown(let reason): self = .unknown(reason: reason.rawValue)
        case .notSent: self = .notSent
        }
    }
}

extension SegmentOutcome {
    /// As the journal kept it; a reason that is none of ours counts as a lost connection.
    init(_ record: SegmentRecord) {
        switch record {
        case .accepted(let id): self = .accepted(messageID: id)
        case .refused(let status): self = .refused(CommandStatus(rawValue: status))
        case .unknown(let reason): self = .unknown(UnknownReason(rawValue: reason) ?? .connectionLost)
        case .notSent: self = .notSent
        }
    }
}
