import Intake
package import Messaging
package import Settings

/// What an account may send and where it goes: the part of an account that concerns messages, not requests.
///
/// An object: every message takes hold of its account's rules, on all event loops.
package final class AccountRules: Sendable {
    /// The account's name, as the configuration gives it.
    package let name: String
    /// Sender names that the account may use, compared letter by letter; empty allows every valid one.
    package let senders: Set<String>
    /// The sender of a form whose `from` is empty; nil where the account must name one.
    package let defaultSender: String?
    /// Whether a form may name no sender where there is no default: its messages then have none.
    let mayOmitSender: Bool
    /// What its messages are beside their text.
    let options: MessageOptions
    /// Where it may send to.
    package let destinations: DestinationRules
    /// Numbers that nothing is sent to.
    package let blocked: [NumberList]
    /// How the recipient's number is read.
    package let numbers: NumberRules
    /// The carriers to try.
    package let carriers: CarrierOrder
    /// Others for some numbers, longest prefix first.
    package let routes: [PrefixOrder]
    /// Of the messages of its chat at PlanFix; nil = it has none.
    package let chat: AccountRules?
    /// Whether it is told of what was not accepted (`planfix_webhook`).
    let wantsRefusals: Bool

    package init(
        name: String, senders: Set<String>, defaultSender: String?, mayOmitSender: Bool = false,
        options: MessageOptions = MessageOptions(), destinations: [String], blocked: [NumberList] = [],
        numbers: NumberRules, carriers: CarrierOrder, routes: [PrefixOrder] = [],
        chat: AccountRules? = nil, wantsRefusals: Bool = false
    ) {
        self.name = name
        self.senders = senders
        self.defaultSender = defaultSender
        self.mayOmitSender = mayOmitSender
        self.options = options
        self.destinations = DestinationRules(destinations)
        self.blocked = blocked
        self.numbers = numbers
        self.carriers = carriers
        self.routes = routes.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        self.chat = chat
        self.wantsRefusals = wantsRefusals
    }

    /// Whether what became of a message is told after its reply, too.
    func tells(_ outcome: Outcome, isChat: Bool) -> Bool { isChat || wantsRefusals && outcome != .accepted }

    /// The route with the longest prefix that the number has; nil = the account's carriers are for it.
    func route(for recipient: PhoneNumber) -> PrefixOrder? {
        routes.first { recipient.digits.hasPrefix($0.prefix) }
    }

    /// The indices of the carriers to try for this number, for one message.
    func indices(for recipient: PhoneNumber, chance: UInt64) -> [Int] {
        routes.isEmpty ? carriers.indices(chance: chance) : order(for: recipient).indices(chance: chance)
    }

    /// The carriers to try for this number.
    func order(for recipient: PhoneNumber) -> CarrierOrder {
        route(for: recipient)?.order ?? carriers
    }

    /// Whether the account may send to this number.
    func allows(_ recipient: PhoneNumber) -> Bool { destinations.allow(recipient) }

    /// Whether the number is on one of the lists of those that nothing is sent to.
    func blocks(_ recipient: PhoneNumber) -> Bool { blocked.contains { $0.contains(recipient) } }

    /// Whether the account may send under this name.
    func allowsSender(_ name: String) -> Bool {
        senders.isEmpty || senders.contains(name)
    }
}

extension AccountRules {
    /// - Parameters:
    ///   - carriers: the names of all carriers, in the bridge's order.
    ///   - senderless: those that are given no sender, whatever a message has.
    package convenience init(_ settings: AccountSettings, carriers: [String], senderless: Set<String> = []) {
        self.init(
            name: settings.name, senders: Set(settings.senders), defaultSender: settings.defaultSender,
            mayOmitSender: settings.sendsNoSender || settings.carrierNames.allSatisfy(senderless.contains),
            options: MessageOptions(
                messageClass: settings.messageClass, validity: settings.validity, formFields: settings.formFields),
            destinations: settings.destinations, blocked: settings.blocked.map(\.numbers),
            numbers: NumberRules(country: settings.country, shortNumbers: settings.shortNumbers),
            carriers: CarrierOrder(settings.carriers, carriers: carriers),
            routes: settings.routes.map {
                PrefixOrder(prefix: $0.prefix, order: CarrierOrder($0.carriers, carriers: carriers))
            },
            chat: settings.ofChat.map { AccountRules($0, carriers: carriers, senderless: senderless) },
            wantsRefusals: settings.planFixWebhook != nil)
    }
}

extension AccountSettings {
    /// As they are for the messages of its chat; nil = it has none.
    fileprivate var ofChat: AccountSettings? {
        guard let chat = planFixChat else { return nil }
        var settings = self
        (settings.planFixChat, settings.planFixWebhook) = (nil, nil)
        if let sender = chat.sender { (settings.defaultSender, settings.sendsNoSender) = (sender, false) }
        if !chat.carriers.isEmpty { (settings.carriers, settings.routes) = (chat.carriers, []) }
        return settings
    }
}
