import Carriers
package import Intake
import Messaging
import NIOCore
import SMPP

/// The whole path of a message: form → plan → carrier → reply.
///
/// It runs on the event loop of the request's connection, start to end; only a bind on another loop is a hop away.
/// Nothing is queued here: a message is the carrier's, or it is not sent. A value made of one reading of the configuration: a
/// message keeps the path that it came in with.
package struct MessagePath: Sendable {
    /// By `Account.index`.
    private let rules: [AccountRules]
    /// By the places that a `CarrierOrder` names.
    private let routes: [CarrierRoute]
    /// By `SMSRequest.loopIndex`.
    private let references: LoopReferences
    /// The carrier must have answered this much before the reply is due, so that the reply is there in time.
    private static let replyMargin = TimeAmount.milliseconds(100)
    /// How often a message looks whether the bind that a reload has begun is there.
    private static let rebindLook = TimeAmount.milliseconds(20)

    /// - Parameter references: the same for every path of a process, so that a reload joins no two messages.
    init(rules: [AccountRules], routes: [CarrierRoute], references: LoopReferences) {
        self.rules = rules
        self.routes = routes
        self.references = references
    }

    /// Takes one authenticated request to its reply. Call it, and expect the reply, on the request's event loop.
    package func handle(_ request: SMSRequest, reply: @escaping @Sendable (IntakeReply) -> Void) {
        let rules = rules[request.account.index]
        do throws(ReplyCode) {
            let plan = try MessagePlan(from: request.from, to: request.to, text: request.text, rules: rules)
            let carriers = rules.order(for: plan.recipient).places(chance: request.id.rawValue)
            offer(plan, of: request, to: carriers[...], since: .noBind, reply: reply)
        } catch {
            reply(IntakeReply(error, language: request.account.language))
        }
    }

    /// Offers the message to the first ready carrier of the list; to the next one only while no byte of it has left.
    private func offer(
        _ plan: MessagePlan, of request: SMSRequest, to carriers: ArraySlice<Int>, since reason: NotSentReason,
        reply: @escaping @Sendable (IntakeReply) -> Void
    ) {
        let language = request.account.language
        guard let position = carriers.firstIndex(where: { routes[$0].carrier.isReady }) else {
            guard waits(request, for: carriers) else { return reply(SubmitOutcome.reply(reason, language: language)) }
            request.eventLoop.scheduleTask(in: Self.rebindLook) {
                offer(plan, of: request, to: carriers, since: reason, reply: reply)
            }
            return
        }
        let route = routes[carriers[position]]
        let lease = references.lease(for: plan.recipient, policy: route.profile.text, loop: request.loopIndex)
        let segments: [ShortMessage]
        do throws(TextProblem) {
            segments = try route.profile.shortMessages(for: plan, reference: lease.take)
        } catch {
            lease.release()
            return reply(IntakeReply(ReplyCode(error), language: language))
        }
        route.carrier.submit(
            Submission(
                id: request.id, segments: segments, deadline: request.deadline - Self.replyMargin,
                eventLoop: request.eventLoop, account: request.account.index
            ) { result in
                lease.release()
                switch result {
                case .sent(let outcomes):
                    if route.profile.registeredDelivery != 0 {
                        expectReceipts(outcomes, of: request, to: plan.recipient, over: route)
                    }
                    reply(SubmitOutcome.reply(outcomes, statuses: route.profile.statuses, language: language))
                case .notSent(let reason):
                    offer(plan, of: request, to: carriers[(position + 1)...], since: reason, reply: reply)
                }
            })
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
