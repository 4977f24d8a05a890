import Intake
import Journal
import Messaging
import NIOCore
import SMPP
import SMPPWire
package import Settings

/// What would happen to a form, in words: the same rules as a message's path, and nothing is sent.
package struct Explanation: Sendable {
    /// One finding a line.
    package private(set) var lines: [String] = []
    /// Whether the form would be offered to a carrier.
    package private(set) var isOffered = false

    /// - Returns: nil where the configuration has no such account.
    package init?(settings: Settings, account name: String, from: String, to: String, text: String) {
        guard let account = settings.accounts.first(where: { $0.name == name }) else { return nil }
        let language = Language(account.language)
        let rules = AccountRules(
            account, carriers: settings.carriers.map(\.name), senderless: settings.senderlessCarriers)
        lines.append("account    \(account.name)")
        do throws(ReplyCode) {
            let plan = try MessagePlan(from: from, to: to, text: text, rules: rules)
            lines.append("number     \(plan.recipient.digits)")
            let sender = plan.sender == .absent ? "none" : "\(plan.sender.text) (\(plan.sender.kind))"
            lines.append("sender     \(sender)")
            var firstRefusal: ReplyCode?
            let route = rules.route(for: plan.recipient)
            if !rules.routes.isEmpty {
                lines.append("route      " + (route.map { "prefix \($0.prefix)" } ?? "the account's carriers"))
            }
            let carriers = rules.order(for: plan.recipient)
            for (order, index) in carriers.indices.enumerated() {
                let carrier = settings.carriers[index]
                let share = carriers.share(at: order)
                lines.append("carrier    \(order + 1). \(carrier.name)" + (share.map { ", \($0)" } ?? ""))
                do throws(ReplyCode) {
                    try explain(plan, for: CarrierProfile(carrier))
                } catch {
                    firstRefusal = firstRefusal ?? error
                    lines.append("  refused  \(error.rawValue)")
                }
            }
            isOffered = firstRefusal == nil
            if let firstRefusal { tell(IntakeReply(firstRefusal, language: language)) }
        } catch {
            tell(MessagePlan.refusal(error, from: from, to: to, rules: rules, language: language))
        }
    }

    private mutating func tell(_ reply: IntakeReply) {
        lines.append("reply      \(reply.status) \(reply.code?.rawValue ?? ""): \(reply.message)")
    }

    private mutating func explain(_ plan: MessagePlan, for profile: CarrierProfile) throws(ReplyCode) {
        let segmented: SegmentedText
        do throws(TextProblem) {
            segmented = try Segmenter.segment(plan.text, policy: profile.policy(for: plan)) { 1 }
        } catch {
            throw ReplyCode(error)
        }
        if profile.sendsNoSender, plan.sender != .absent { lines.append("  sender   none") }
        lines.append("  text     \(segmented.alphabet), data_coding \(segmented.dataCoding)")
        lines.append("  segments \(segmented.segments.count)")
        for (index, message) in profile.shortMessages(for: plan, now: JournalClock.seconds, segmented).enumerated() {
            var frame = ByteBuffer()
            do throws(PDUEncodingError) {
                try PDUEncoder.encode(PDU(sequence: UInt32(index + 1), .submit(message)), into: &frame)
            } catch {
                lines.append("  refused  \(error)")
                throw ReplyCode.internal
            }
            lines.append("  PDU \(index + 1)    \(frame.readableBytesView.hexadecimal)")
        }
    }
}

extension SenderName {
    /// What kind of address it is, in a word.
    fileprivate var kind: String {
        switch self {
        case .alphanumeric: "alphanumeric"
        case .short: "short number"
        case .international: "international number"
        case .absent: "none"
        }
    }
}
