package import Carriers
package import Intake
import Messaging
package import NIOCore
import SMPP

/// The whole path of a message: form → plan → carrier → reply.
///
/// It runs on the event loop of the request's connection, start to end; only a bind on another loop is a hop away.
/// Nothing is queued here: a message is the carrier's, or it is not sent.
package struct MessagePath: Sendable {
    /// A carrier and how it wants its messages.
    package struct Route: Sendable {
        package var carrier: Carrier
        package var profile: CarrierProfile

        package init(carrier: Carrier, profile: CarrierProfile) {
            self.carrier = carrier
            self.profile = profile
        }
    }

    /// By `Account.index`.
    private let rules: [AccountRules]
    /// By the places that `AccountRules.carriers` names.
    private let routes: [Route]
    /// By `SMSRequest.loopIndex`.
    private let references: LoopReferences
    /// The carrier must have answered this much before the reply is due, so that the reply is there in time.
    private static let replyMargin = TimeAmount.milliseconds(100)

    package init(rules: [AccountRules], routes: [Route], group: any EventLoopGroup) {
        self.rules = rules
        self.routes = routes
        self.references = LoopReferences(group: group)
    }

    /// Takes one authenticated request to its reply. Call it, and expect the reply, on the request's event loop.
    package func handle(_ request: SMSRequest, reply: @escaping @Sendable (IntakeReply) -> Void) {
        let rules = rules[request.account.index]
        do throws(ReplyCode) {
            let plan = try MessagePlan(from: request.from, to: request.to, text: request.text, rules: rules)
            offer(plan, of: request, to: rules.carriers[...], since: .noBind, reply: reply)
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
            return reply(SubmitOutcome.reply(reason, language: language))
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
                eventLoop: request.eventLoop
            ) { result in
                lease.release()
                switch result {
                case .sent(let outcomes):
                    reply(SubmitOutcome.reply(outcomes, statuses: route.profile.statuses, language: language))
                case .notSent(let reason):
                    offer(plan, of: request, to: carriers[(position + 1)...], since: reason, reply: reply)
                }
            })
    }
}
