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
/// message keeps the path that it came in with. An object, since every message holds it.
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
    package func handle(_ request: consuming SMSRequest, reply: @escaping @Sendable (IntakeReply) -> Void) {
        let rules = rules[request.entry.account.index]
        do throws(ReplyCode) {
            let plan = try MessagePlan(from: request.from, to: request.to, text: request.text, rules: rules)
            let carriers = rules.places(for: plan.recipient, chance: request.id.rawValue)
            let errand = Errand(on: self, request: request, plan: plan, carriers: carriers, reply: reply)
            if let lanes { begin(errand, lanes[errand.request.loopIndex]) } else { offer(errand, since: .noBind) }
        } catch {
            reply(IntakeReply(error, language: request.entry.account.language))
        }
    }

    /// Makes the message's entry durable, or answers it where it is a repeat.
    private func begin(_ errand: Errand, _ lane: JournalLane) {
        let request = errand.request
        let intent = MessageIntent(
            id: request.id, account: request.entry.account.name, recipient: errand.plan.recipient.digits,
            sender: errand.plan.sender.text, text: errand.plan.text)
        lane.begin(intent, until: request.deadline - Self.replyMargin) { [self] verdict in
            switch verdict {
            case .new: offer(errand, since: .noBind)
            case .repeats(let answer):
                var replayed = LedgerReply.reply(answer, routes: routes, language: errand.language)
                // Nobody knows more than before.
                if replayed.outcome != .unknown { replayed.onDelivered = lane.onDelivered(of: answer.original) }
                errand.reply(replayed)
            case .unended: errand.reply(LedgerReply.unended(language: errand.language))
            case .refused: errand.reply(IntakeReply(.noJournal, language: errand.language))
            }
        }
    }

    /// Replies, once the journal has it.
    private func finish(
        _ errand: Errand, _ answer: IntakeReply, _ outcomes: [SegmentOutcome] = [], by route: CarrierRoute?
    ) {
        guard let lanes else { return errand.reply(answer) }
        let lane = lanes[errand.request.loopIndex]
        let record = OutcomeRecord(
            id: errand.request.id, at: JournalClock.now(), outcome: answer.outcome.rawValue,
            httpStatus: answer.status, code: answer.code?.rawValue, carrier: route?.name,
            segments: outcomes.map(SegmentRecord.init))
        lane.end(record, until: errand.request.deadline) { isCommitted in
            var answer = isCommitted ? answer : LedgerReply.unrecorded(answer, language: errand.language)
            // A repeat of a message that may have gone is told so, whatever its client was told.
            if answer.outcome != .unknown { answer.onDelivered = lane.onDelivered }
            errand.reply(answer)
        }
    }

    /// Offers the message to the first ready carrier of its list; to the next one only while no byte of it has left.
    private func offer(_ errand: Errand, since reason: NotSentReason) {
        var place = errand.next
        while place < errand.carriers.count, !routes[errand.carriers[place]].isReady { place += 1 }
        guard place < errand.carriers.count else {
            guard waits(errand) else {
                return finish(errand, SubmitOutcome.reply(reason, language: errand.language), by: nil)
            }
            errand.request.eventLoop.assumeIsolated().scheduleTask(in: Self.rebindLook) { [self] in
                offer(errand, since: reason)
            }
            return
        }
        let route = routes[errand.carriers[place]]
        errand.next = place + 1
        errand.route = route
        let segments: [ShortMessage]
        do throws(TextProblem) {
            segments = try route.profile.shortMessages(for: errand.plan) {
                errand.takeReference(references, policy: route.profile.text)
            }
        } catch {
            errand.releaseReference()
            return finish(errand, IntakeReply(ReplyCode(error), language: errand.language), by: nil)
        }
        route.submit(
            Submission(
                id: errand.request.id, segments: segments, deadline: errand.request.deadline - Self.replyMargin,
                eventLoop: errand.request.eventLoop, account: errand.request.entry.account.index
            ) { errand.ended($0) })
    }

    /// The carrier is through with the message.
    fileprivate func ended(_ errand: Errand, _ result: SubmissionResult, over route: CarrierRoute) {
        errand.releaseReference()
        switch result {
        case .sent(let outcomes): sent(errand, outcomes, over: route)
        case .notSent(let reason): offer(errand, since: reason)
        }
    }

    /// The carrier has answered, or did not in time.
    private func sent(_ errand: Errand, _ outcomes: [SegmentOutcome], over route: CarrierRoute) {
        if route.profile.registeredDelivery != 0 { expectReceipts(outcomes, of: errand, over: route) }
        let answer = SubmitOutcome.reply(outcomes, statuses: route.profile.statuses, language: errand.language)
        if answer.outcome == .unknown { show(answer, outcomes, of: errand, over: route) }
        finish(errand, answer, outcomes, by: route)
    }

    /// Shows people a message of which nobody knows whether it went.
    private func show(
        _ answer: IntakeReply, _ outcomes: [SegmentOutcome], of errand: Errand, over route: CarrierRoute
    ) {
        let unknown = outcomes.indices.filter { index in
            if case .unknown = outcomes[index] { true } else { false }
        }
        let request = errand.request
        route.receipts.doubts.note(
            request.id, account: request.entry.account.name, carrier: route.name,
            recipient: errand.plan.recipient, reason: answer.code?.rawValue ?? "", segments: Set(unknown),
            now: request.eventLoop.now)
    }

    /// Receipts name the ids that the carrier gave.
    private func expectReceipts(_ outcomes: [SegmentOutcome], of errand: Errand, over route: CarrierRoute) {
        for segment in outcomes.indices {
            guard case .accepted(let id) = outcomes[segment] else { continue }
            route.receipts.feeds.add(
                AcceptedSegment(
                    tag: errand.request.id.rawValue, segment: segment, carrierID: id,
                    destination: errand.plan.recipient.digits),
                loop: errand.request.loopIndex)
        }
    }

    /// Whether one of the carriers is about to be bound after a reload and there is time to wait for it. How many wait is
    /// bounded by what the intake has open.
    private func waits(_ errand: Errand) -> Bool {
        errand.carriers[errand.next...].contains { routes[$0].isExpected }
            && errand.request.eventLoop.now + Self.rebindLook < errand.request.deadline - Self.replyMargin
    }
}

/// A message on this path: one reference for all who call back, each of whom would need a copy of most of it. Confined to the
/// request's event loop.
private final class Errand {
    private let path: MessagePath
    let request: SMSRequest
    let plan: MessagePlan
    /// In the order in which they are tried.
    let carriers: [Int]
    /// The place in `carriers` that is tried next.
    var next = 0
    /// The one that has it.
    var route: CarrierRoute?
    let reply: @Sendable (IntakeReply) -> Void
    /// Nearly every message is one segment, and needs none.
    private var lease: ReferenceLease?

    init(
        on path: MessagePath, request: consuming SMSRequest, plan: consuming MessagePlan, carriers: [Int],
        reply: @escaping @Sendable (IntakeReply) -> Void
    ) {
        self.path = path
        self.request = request
        self.plan = plan
        self.carriers = carriers
        self.reply = reply
    }

    /// What waits for the carrier holds this object and nothing else: such a closure is not allocated.
    func ended(_ result: SubmissionResult) {
        if let route { path.ended(self, result, over: route) }
    }

    var language: Language { request.entry.account.language }

    func takeReference(_ references: LoopReferences, policy: TextPolicy) -> UInt16 {
        let lease = references.lease(for: plan.recipient, policy: policy, loop: request.loopIndex)
        self.lease = lease
        return lease.reference
    }

    func releaseReference() {
        lease?.release()
        lease = nil
    }
}
