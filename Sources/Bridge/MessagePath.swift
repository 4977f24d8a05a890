import Carriers
package import Intake
import Journal
package import Messaging
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
    /// By the indices that a `CarrierOrder` names.
    private let routes: [CarrierRoute]
    /// By `SMSRequest.loopIndex`.
    private let references: LoopReferences
    /// By `SMSRequest.loopIndex`; nil = no journal is kept, and a message takes no detour.
    private let journals: LoopJournals?
    private let conversation: Conversation?
    /// UTF-16 units that are one segment at every carrier.
    private let surelyOne: Int
    private let original: Original?
    /// The carrier must have answered this much before the reply is due, so that the reply is there in time.
    private static let replyMargin = TimeAmount.milliseconds(100)
    /// How often a message looks whether the bind that a reload has begun is there.
    private static let rebindLook = TimeAmount.milliseconds(20)

    /// An account that has a chat has written to a number. On any event loop; must not block.
    package typealias Conversation = @Sendable (_ account: String, _ recipient: PhoneNumber) -> Void

    /// Asks to which number a message went, as the journal has it: masked where the configuration says so. `then` is called once, from any
    /// thread, with nil where that is not known.
    package typealias Original = @Sendable (_ message: MessageID, _ then: @escaping @Sendable (String?) -> Void) -> Void

    /// - Parameter references: the same for every path of a process, so that a reload joins no two messages.
    package init(
        rules: [AccountRules], routes: [CarrierRoute], references: LoopReferences, journals: LoopJournals? = nil,
        conversation: Conversation? = nil, original: Original? = nil
    ) {
        self.rules = rules
        self.routes = routes
        self.references = references
        self.journals = journals
        self.conversation = conversation
        surelyOne = routes.allSatisfy { $0.profile.text.limits == .standard } ? 70 : SegmentLimits.least
        self.original = original
    }

    /// Whether a text is one segment, whichever carrier and alphabet it goes with.
    private func isSurelyOne(_ text: String) -> Bool {
        text.utf8.count <= surelyOne || (text.utf8.count <= 2 * surelyOne && text.utf16.count <= surelyOne)
    }

    /// An account's, or its chat's.
    private func rules(of account: Account, isChat: Bool) -> AccountRules {
        let rules = rules[account.index]
        return isChat ? rules.chat ?? rules : rules
    }

    /// The carriers that a message would be offered to, by name, where none of them takes messages here: another node may have them. Nil where
    /// one does, or the recipient is no number.
    package func unbound(_ account: Account, isChat: Bool, to: String) -> [String]? {
        let rules = rules(of: account, isChat: isChat)
        // Most have no routes, and nothing needs to be read.
        if rules.routes.isEmpty, hasReady(rules.carriers) { return nil }
        guard let recipient = try? PhoneNumber(to, rules: rules.numbers) else { return nil }
        let order = rules.order(for: recipient)
        return hasReady(order) ? nil : order.indices.map { routes[$0].name }
    }

    private func hasReady(_ order: CarrierOrder) -> Bool { order.indices.contains { routes[$0].isReady } }

    /// Takes one authenticated request to its reply. Call it, and expect the reply, on the request's event loop.
    package func handle(_ request: consuming SMSRequest, reply: @escaping @Sendable (IntakeReply) -> Void) {
        let rules = rules(of: request.entry.account, isChat: request.chat != nil)
        do throws(ReplyCode) {
            if let refusal = request.refusal { throw refusal }
            let plan = try MessagePlan(
                from: request.from, to: request.to, text: request.text, options: request.options,
                rules: rules)
            let carriers = rules.indices(for: plan.recipient, chance: request.id.rawValue)
            let message = Message(on: self, request: request, plan: plan, carriers: carriers, reply: reply)
            if let journals {
                begin(message, journals[message.request.loopIndex])
            } else {
                admit(message)
            }
        } catch {
            let answer = MessagePlan.refusal(
                error, from: request.from, to: request.to, rules: rules, language: request.entry.account.language)
            if let journal = journals?[request.loopIndex] {
                journal.note(refused: request, answer)
                if rules.tells(answer.outcome, isChat: request.chat != nil) {
                    journal.tell(answer.outcome, of: request.id, as: request.id, words: answer.message)
                }
            }
            reply(answer)
        }
    }

    /// Makes the message's entry durable, or answers it where it is a repeat.
    private func begin(_ message: Message, _ journal: LoopJournal) {
        let request = message.request
        let intent = MessageIntent(
            id: request.id, account: request.entry.account.name, recipient: message.plan.recipient.digits,
            sender: message.plan.sender.text, text: message.plan.text,
            segments: segmentCount(of: message), reference: request.chat?.messageID ?? "")
        journal.begin(intent, until: request.deadline - Self.replyMargin) { [self] verdict in
            switch verdict {
            case .new: admit(message)
            case .repeats(let answer):
                var replayed = LedgerReply.reply(answer, routes: routes, language: message.language)
                guard request.chat == nil else {
                    return answerChat(message, replayed, of: answer.original, by: answer.outcome.carrier, journal)
                }
                // Nobody knows more than before.
                if replayed.outcome != .unknown { replayed.onDelivered = journal.onDelivered(of: answer.original) }
                message.answer(replayed, by: answer.outcome.carrier)
            case .unended(let original):
                let answer = LedgerReply.unended(language: message.language)
                guard request.chat == nil else { return answerChat(message, answer, of: original, by: nil) }
                message.answer(answer)
            case .refused: message.answer(IntakeReply(.noJournal, language: message.language))
            }
        }
    }

    /// How many segments a message is; 0 = nobody needs to know yet. Who is told of a delivery needs it: receipts come before the outcome, too.
    private func segmentCount(of message: Message) -> Int {
        if isSurelyOne(message.plan.text) { return 1 }
        let isTold = rules[message.request.entry.account.index].tells(.refused, isChat: message.request.chat != nil)
        guard isTold, let first = message.carriers.first else { return 0 }
        return routes[first].profile.segmentCount(of: message.plan)
    }

    /// Answers a repeat in a chat, which is known by its name: where the first went to another number, that one's answer is not its.
    ///
    /// - Parameter journal: where a process of which nobody knows more may have ended before it could tell.
    private func answerChat(
        _ message: Message, _ answer: IntakeReply, of first: MessageID, by carrier: String?,
        _ journal: LoopJournal? = nil
    ) {
        let tell = { (number: String?) in
            if let number, number != message.plan.recipient.digits, number != message.plan.recipient.masked {
                return message.answer(IntakeReply(.messageIDTaken, language: message.language))
            }
            if answer.outcome == .unknown {
                journal?.tell(.unknown, of: first, as: message.request.id, words: answer.message)
            }
            message.answer(answer, by: carrier)
        }
        guard let original else { return tell(nil) }
        let (loop, bound) = (message.request.eventLoop, NIOLoopBound(tell, eventLoop: message.request.eventLoop))
        original(first) { number in loop.execute { bound.value(number) } }
    }

    /// Offers the message, where its account's quota has room for it. A repeat never comes here.
    private func admit(_ message: Message) {
        let entry = message.request.entry
        switch entry.quota.take(
            message.plan.recipient.digits, time: WallClock.unixMilliseconds(), now: message.request.eventLoop.now)
        {
        case nil: break
        case .success(let taken): message.taken = taken
        case .failure(let refusal): return finish(message, IntakeReply(refusal, language: message.language), by: nil)
        }
        offer(message, since: .noBind)
    }

    /// Replies, once the journal has it.
    private func finish(
        _ message: Message, _ answer: IntakeReply, _ outcomes: [SegmentOutcome] = [], by route: CarrierRoute?
    ) {
        message.settleQuota(answer.outcome)
        let rules = rules[message.request.entry.account.index]
        if rules.chat != nil, let conversation {
            switch answer.outcome {
            case .accepted, .partial, .unknown: conversation(rules.name, message.plan.recipient)
            case .refused, .notSent: break
            }
        }
        guard let journals else { return message.answer(answer, by: route?.name) }
        let journal = journals[message.request.loopIndex]
        let record = OutcomeRecord(
            id: message.request.id, at: JournalClock.now(), outcome: answer.outcome.rawValue,
            httpStatus: answer.status, code: answer.code?.rawValue, carrier: route?.name,
            segments: outcomes.map(SegmentRecord.init))
        journal.end(record, until: message.request.deadline) { isCommitted in
            var answer = isCommitted ? answer : LedgerReply.unrecorded(answer, language: message.language)
            // A repeat of a message that may have gone is told so, whatever its client was told. One that has a name is never
            // sent again.
            if answer.outcome != .unknown, message.request.chat == nil { answer.onDelivered = journal.onDelivered }
            message.answer(answer, by: route?.name)
        }
        if rules.tells(answer.outcome, isChat: message.request.chat != nil) {
            journal.tell(answer.outcome, of: record.id, as: record.id, words: answer.message)
        }
    }

    /// Offers the message to its carriers in order, to the next one only while no byte of it has left. The last refusal decides
    /// the reply.
    ///
    /// - Parameters:
    ///   - reason: why it is not sent as things are.
    ///   - retryAfter: when to try again, where a carrier knows.
    private func offer(_ message: Message, since reason: NotSentReason, retryAfter: Duration? = nil) {
        while let index = message.carriers[message.next...].firstIndex(where: { routes[$0].isReady }) {
            let route = routes[message.carriers[index]]
            message.next = index + 1
            guard let segments = segments(of: message, for: message.carriers[index]) else { continue }
            message.route = route
            return route.submit(
                Submission(
                    id: message.request.id, segments: segments, deadline: message.request.deadline - Self.replyMargin,
                    eventLoop: message.request.eventLoop, account: message.request.entry.account.index,
                    hasNext: hasNext(message)
                ) { message.ended($0) })
        }
        if message.route == nil, let problem = problemForAll(message) {
            return finish(message, IntakeReply(ReplyCode(problem), language: message.language), by: nil)
        }
        guard waits(message) else {
            let answer = SubmitOutcome.reply(reason, retryAfter: retryAfter, language: message.language)
            return finish(message, answer, by: nil)
        }
        message.request.eventLoop.assumeIsolated().scheduleTask(in: Self.rebindLook) { [self] in
            offer(message, since: reason, retryAfter: retryAfter)
        }
    }

    /// The message as this carrier wants it; nil where its text is too long for it.
    private func segments(of message: Message, for index: Int) -> [ShortMessage]? {
        guard message.problems[index] == nil else { return nil }
        let route = routes[index]
        do throws(TextProblem) {
            var bodies = try route.profile.shortMessages(for: message.plan, now: JournalClock.seconds) {
                message.takeReference(references, policy: route.profile.text)
            }
            if route.profile.sendsReference { route.profile.refer(&bodies, tag: message.request.id.rawValue) }
            return bodies
        } catch {
            message.problems[index] = error
            message.releaseReference()
            return nil
        }
    }

    /// Whether another carrier could take the message if this one does not.
    private func hasNext(_ message: Message) -> Bool {
        message.carriers[message.next...].contains { index in
            routes[index].isReady && problem(with: message, for: index) == nil
        }
    }

    /// Why no carrier of the account could ever take the message; nil where one could.
    private func problemForAll(_ message: Message) -> TextProblem? {
        var first: TextProblem?
        for index in message.carriers {
            guard let problem = problem(with: message, for: index, isExact: true) else { return nil }
            first = first ?? problem
        }
        return first
    }

    /// Why this carrier could not take the message's text, as `CarrierProfile.problem` says; a text is cut once to know it.
    private func problem(with message: Message, for index: Int, isExact: Bool = false) -> TextProblem? {
        if let problem = message.problems[index] { return problem }
        let problem = routes[index].profile.problem(with: message.plan, isExact: isExact)
        message.problems[index] = problem
        return problem
    }

    /// The carrier is through with the message.
    fileprivate func ended(_ message: Message, _ result: SubmissionResult, over route: CarrierRoute) {
        message.releaseReference()
        switch result {
        case .sent(let outcomes): sent(message, outcomes, over: route)
        case .notSent(let reason, let retryAfter): offer(message, since: reason, retryAfter: retryAfter)
        }
    }

    /// The carrier has answered, or did not in time.
    private func sent(_ message: Message, _ outcomes: [SegmentOutcome], over route: CarrierRoute) {
        let answer = SubmitOutcome.reply(outcomes, statuses: route.profile.statuses, language: message.language)
        if answer.outcome == .unknown { show(answer, outcomes, of: message, over: route) }
        if answer.code == .partial, route.profile.cancelsPartial {
            route.cancel(route.profile.cancellations(of: outcomes.compactMap(\.acceptedID), message.plan))
        }
        finish(message, answer, outcomes, by: route)
    }

    /// Shows people a message of which nobody knows whether it went.
    private func show(
        _ answer: IntakeReply, _ outcomes: [SegmentOutcome], of message: Message, over route: CarrierRoute
    ) {
        let unknown = outcomes.indices.filter { index in
            if case .unknown = outcomes[index] { true } else { false }
        }
        let request = message.request
        route.doubtful(
            DoubtfulMessage(
                id: request.id, account: request.entry.account.name, carrier: route.name,
                recipient: message.plan.recipient,
                sender: route.profile.sendsNoSender ? "" : message.plan.sender.text,
                reason: answer.code?.rawValue ?? "", segments: Set(unknown)))
    }

    /// Whether one of the carriers is about to be bound after a reload and there is time to wait for it. How many wait is
    /// bounded by what the intake has open.
    private func waits(_ message: Message) -> Bool {
        message.carriers[message.next...].contains { routes[$0].isExpected }
            && message.request.eventLoop.now + Self.rebindLook < message.request.deadline - Self.replyMargin
    }
}

/// A message on this path: one reference for all who call back, each of whom would need a copy of most of it. Confined to the
/// request's event loop.
private final class Message {
    private let path: MessagePath
    let request: SMSRequest
    let plan: MessagePlan
    /// In the order in which they are tried.
    let carriers: [Int]
    /// The index in `carriers` of the one that is tried next.
    var next = 0
    /// The one that has it, or had it last.
    var route: CarrierRoute?
    /// What it counts for in its account's quota.
    var taken: AccountQuota.Taken?
    /// Why carriers could not take its text, by their indices.
    var problems: [Int: TextProblem] = [:]
    private let reply: @Sendable (IntakeReply) -> Void
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

    /// - Parameter carrier: the one that had it; nil = none.
    func answer(_ answer: consuming IntakeReply, by carrier: String? = nil) {
        answer.carrier = carrier
        answer.recipient = plan.recipient.digits
        // Its chat's message is another one.
        if answer.code != .messageIDTaken, request.chat != nil, let ids = request.entry.account.chat?.ids {
            answer.contactID = ids.id(of: plan.recipient.digits)
        }
        reply(answer)
    }

    var language: Language { request.entry.account.language }

    /// What did not go does not count.
    func settleQuota(_ outcome: Outcome) {
        guard let taken else { return }
        switch outcome {
        case .accepted, .partial, .unknown: break
        case .refused, .notSent: request.entry.quota.giveBack(taken)
        }
    }

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

extension SegmentOutcome {
    fileprivate var acceptedID: String? {
        switch self {
        case .accepted(let id): id
        case .refused, .unknown, .notSent: nil
        }
    }
}
