import Carriers
package import Intake
import Journal
import Messaging
import NIOCore
import SMPP

/// The whole path of a message: form → plan → (journal) → carrier → (journal) → reply.
///
/// It runs on the event loop of the request's connection, start to end; only a bind on another loop is a hop away.
/// Nothing is queued here: a message is the carrier's, or it is not sent. A value made of one reading of the configuration: a
/// message keeps the path that it came in with. An object, since every message's closures hold it.
package final class MessagePath: Sendable {
    /// By `Account.index`.
    private let rules: [AccountRules]
    /// By the places that a `CarrierOrder` names.
    private let routes: [CarrierRoute]
    /// By `SMSRequest.loopIndex`.
    private let references: LoopReferences
    /// By `SMSRequest.loopIndex`; nil = no journal is kept, and a message takes no detour.
    private let lanes: JournalLanes?
    /// The carrier must have answered this much before the reply is due, so that the reply is there in time.
    private static let replyMargin = TimeAmount.milliseconds(100)
    /// How often a message looks whether the bind that a reload has begun is there.
    private static let rebindLook = TimeAmount.milliseconds(20)

    /// - Parameter references: the same for every path of a process, so that a reload joins no two messages.
    init(rules: [AccountRules], routes: [CarrierRoute], references: LoopReferences, lanes: JournalLanes? = nil) {
        self.rules = rules
        self.routes = routes
        self.references = references
        self.lanes = lanes
    }

    /// Takes one authenticated request to its reply. Call it, and expect the reply, on the request's event loop.
    package func handle(_ request: SMSRequest, reply: @escaping @Sendable (IntakeReply) -> Void) {
        let rules = rules[request.entry.account.index]
        do throws(ReplyCode) {
            let plan = try MessagePlan(from: request.from, to: request.to, text: request.text, rules: rules)
            let carriers = rules.order(for: plan.recipient).places(chance: request.id.rawValue)
            if let lanes {
                begin(plan, of: request, to: carriers, lanes[request.loopIndex], reply: reply)
            } else {
                offer(plan, of: request, to: carriers[...], since: .noBind, reply: reply)
            }
        } catch {
            reply(IntakeReply(error, language: request.entry.account.language))
        }
    }

    /// Makes the message's entry durable, or answers it where it is a repeat.
    private func begin(
        _ plan: MessagePlan, of request: SMSRequest, to carriers: [Int], _ lane: JournalLane,
        reply: @escaping @Sendable (IntakeReply) -> Void
    ) {
        let language = request.entry.account.language
        let intent = MessageIntent(
            id: request.id, account: request.entry.account.name, recipient: plan.recipient.digits,
            sender: plan.sender.text, text: plan.text)
        lane.begin(intent, until: request.deadline - Self.replyMargin) { [self] verdict in
            switch verdict {
            case .new: offer(plan, of: request, to: carriers[...], since: .noBind, reply: reply)
            case .repeats(let answer):
                var replayed = LedgerReply.reply(answer, routes: routes, language: language)
                // Nobody knows more than before.
                if replayed.outcome != .unknown { replayed.onDelivered = lane.onDelivered(of: answer.original) }
                reply(replayed)
            case .unended: reply(LedgerReply.unended(language: language))
            case .refused: reply(IntakeReply(.noJournal, language: language))
            }
        }
    }

    /// Replies, once the journal has it.
    private func finish(
        _ answer: IntakeReply, _ outcomes: [SegmentOutcome], by carrier: String?, of request: SMSRequest,
        reply: @escaping @Sendable (IntakeReply) -> Void
    ) {
        guard let lanes else { return reply(answer) }
        let lane = lanes[request.loopIndex]
        let record = OutcomeRecord(
            id: request.id, at: JournalClock.now(), outcome: answer.outcome.rawValue, httpStatus: answer.status,
            code: answer.code?.rawValue, carrier: carrier, segments: outcomes.map(SegmentRecord.init))
        lane.end(record, until: request.deadline) { isCommitted in
            let language = request.entry.account.language
            var answer = isCommitted ? answer : LedgerReply.unrecorded(answer, language: language)
            // A repeat of a message that may have gone is told so, whatever its client was told.
            if answer.outcome != .unknown { answer.onDelivered = lane.onDelivered }
            reply(answer)
        }
    }

    /// Offers the message to the first ready carrier of the list; to the next one only while no byte of it has left.
    private func offer(
        _ plan: MessagePlan, of request: SMSRequest, to carriers: ArraySlice<Int>, since reason: NotSentReason,
        reply: @escaping @Sendable (IntakeReply) -> Void
    ) {
        let language = request.entry.account.language
        guard let position = carriers.firstIndex(where: { routes[$0].carrier.isReady }) else {
            guard waits(request, for: carriers) else {
                return finish(
                    SubmitOutcome.reply(reason, language: language), [], by: nil, of: request, reply: reply)
            }
            request.eventLoop.scheduleTask(in: Self.rebindLook) { [self] in
                offer(plan, of: request, to: carriers, since: reason, reply: reply)
            }
            return
        }
        let route = routes[carriers[position]]
        // Nearly every message is one segment, and needs none.
        var taken: ReferenceLease?
        let segments: [ShortMessage]
        do throws(TextProblem) {
            segments = try route.profile.shortMessages(for: plan) {
                let lease = references.lease(for: plan.recipient, policy: route.profile.text, loop: request.loopIndex)
                taken = lease
                return lease.reference
            }
        } catch {
            taken?.release()
            return finish(
                IntakeReply(ReplyCode(error), language: language), [], by: nil, of: request, reply: reply)
        }
        let lease = taken
        route.carrier.submit(
            Submission(
                id: request.id, segments: segments, deadline: request.deadline - Self.replyMargin,
                eventLoop: request.eventLoop, account: request.entry.account.index
            ) { [self] result in
                lease?.release()
                switch result {
                case .sent(let outcomes):
                    if route.profile.registeredDelivery != 0 {
                        expectReceipts(outcomes, of: request, to: plan.recipient, over: route)
                    }
                    let answer = SubmitOutcome.reply(
                        outcomes, statuses: route.profile.statuses, language: language)
                    if answer.outcome == .unknown {
                        show(answer, outcomes, of: request, to: plan.recipient, over: route)
                    }
                    finish(answer, outcomes, by: route.carrier.name, of: request, reply: reply)
                case .notSent(let reason):
                    offer(plan, of: request, to: carriers[(position + 1)...], since: reason, reply: reply)
                }
            })
    }

    /// Shows people a message of which nobody knows whether it went.
    private func show(
        _ answer: IntakeReply, _ outcomes: [SegmentOutcome], of request: SMSRequest, to recipient: PhoneNumber,
        over route: CarrierRoute
    ) {
        let unknown = outcomes.indices.filter { index in
            if case .unknown = outcomes[index] { true } else { false }
        }
        route.receipts.doubts.note(
            request.id, account: request.entry.account.name, carrier: route.carrier.name, recipient: recipient,
            reason: answer.code?.rawValue ?? "", segments: Set(unknown), now: request.eventLoop.now)
    }

    /// Receipts name the ids that the carrier gave.
    private func expectReceipts(
        _ outcomes: [SegmentOutcome], of request: SMSRequest, to recipient: PhoneNumber, over route: CarrierRoute
    ) {
        for (segment, outcome) in outcomes.enumerated() {
            guard case .accepted(let id) = outcome else { continue }
            route.receipts.feeds.add(
                AcceptedSegment(
                    tag: request.id.rawValue, segment: segment, carrierID: id, destination: recipient.digits),
                loop: request.loopIndex)
        }
    }

    /// Whether one of the carriers is about to be bound after a reload and there is time to wait for it. How many wait is
    /// bounded by what the intake has open.
    private func waits(_ request: SMSRequest, for carriers: ArraySlice<Int>) -> Bool {
        carriers.contains { routes[$0].isExpected }
            && request.eventLoop.now + Self.rebindLook < request.deadline - Self.replyMargin
    }
}
