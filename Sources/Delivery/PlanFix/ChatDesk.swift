import HTTPService
package import Journal
package import Messaging
import Settings
import Synchronization

/// Knows which accounts have a chat at PlanFix, and whose chat gets what a subscriber writes. From any thread.
///
///     to a number or name that the carrier's `inbound.chats` names ──▶ that account
///     else, from a number that accounts with a chat wrote to       ──▶ the last of them, within its `conversation_ttl`
///     else                                                         ──▶ nobody's chat
package final class ChatDesk: Sendable {
    private struct State {
        var accounts: [String: PlanFixAccount] = [:]
        /// Accounts by carrier, and by what is written to.
        var routes: [String: [String: String]] = [:]
        var conversations: Conversations
    }

    private let state: Mutex<State>

    init(conversations capacity: Int) {
        state = Mutex(State(conversations: Conversations(capacity: capacity)))
    }

    /// The accounts and carriers as they are configured now.
    func know(_ settings: Settings) {
        var accounts: [String: PlanFixAccount] = [:]
        for account in settings.accounts { accounts[account.name] = PlanFixAccount(account) }
        var routes: [String: [String: String]] = [:]
        for carrier in settings.carriers {
            for (address, account) in carrier.inboundChats {
                routes[carrier.name, default: [:]][Self.plain(address)] = account
            }
        }
        let (nextAccounts, nextRoutes) = (accounts, routes)
        state.withLock { ($0.accounts, $0.routes) = (nextAccounts, nextRoutes) }
    }

    /// Nil for one that PlanFix is not told of.
    func account(_ name: String) -> PlanFixAccount? { state.withLock { $0.accounts[name] } }

    var tellsAnybody: Bool { state.withLock { !$0.accounts.isEmpty } }

    /// An account that has a chat has written to a number.
    package func wrote(_ account: String, to recipient: PhoneNumber) {
        let now = JournalClock.now()
        state.withLock { $0.conversations.wrote(account, to: recipient.digits, at: now) }
    }

    /// The longest time that a conversation lasts, in milliseconds; nil where no account has a chat.
    package var longestConversation: UInt64? {
        state.withLock { $0.accounts.values.compactMap(\.chat?.ttl).max() }
    }

    /// What was sent before this process began, newest first.
    package func restore(_ messages: [SentMessage]) {
        state.withLock { state in
            for message in messages.reversed() where state.accounts[message.account]?.chat != nil {
                state.conversations.wrote(
                    message.account, to: message.recipient, at: message.id.unixMilliseconds)
            }
        }
    }

    /// What PlanFix is posted of a subscriber's message; nil where it is for nobody's chat.
    ///
    /// - Parameters:
    ///   - id: of what is posted.
    ///   - now: milliseconds since 1970.
    func posting(of message: AssembledMessage, carrier: String, id: MessageID, at now: UInt64) -> PostingRecord? {
        guard let account = account(for: message, carrier: carrier, at: now), let chat = account.chat else {
            return nil
        }
        let number = Self.number(message.from, account.numbers)
        let contact = chat.ids.id(of: number ?? message.from)
        // A name in place of a number is nobody's phone.
        let phone = number.map { [("contactPhone", $0.utf8.count > 6 ? "+" + $0 : $0)] } ?? []
        let form = FormCoding.encode(
            [
                ("cmd", "newMessage"), ("channel", chat.channel ?? message.to), ("chatId", contact),
                ("contactId", contact), ("contactName", phone.first?.1 ?? message.from),
                ("message", chat.words.text(of: message)), ("data_smppost_id", message.id.description),
            ] + phone)
        return PostingRecord(
            id: id, at: now, target: PostingTarget.chat(account: account.name, contact: contact).stored, form: form)
    }

    private func account(for message: AssembledMessage, carrier: String, at now: UInt64) -> PlanFixAccount? {
        state.withLock { state in
            if let name = state.routes[carrier]?[Self.plain(message.to)] { return state.accounts[name] }
            let rules = Set(state.accounts.values.filter { $0.chat != nil }.map(\.numbers))
            let numbers = Set(rules.compactMap { Self.number(message.from, $0) })
            let last = numbers.compactMap { state.conversations.last(to: $0) }.max { $0.at < $1.at }
            guard let last, let account = state.accounts[last.account], let chat = account.chat,
                last.at &+ chat.ttl >= now
            else { return nil }
            return account
        }
    }

    /// Digits as a message to it has them; nil where it is no number.
    private static func number(_ address: String, _ rules: NumberRules) -> String? {
        (try? PhoneNumber(address, rules: rules))?.digits
    }

    private static func plain(_ address: String) -> String {
        address.hasPrefix("+") ? String(address.dropFirst()) : address
    }
}
