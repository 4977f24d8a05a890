package import Intake
import Messaging
import SMPP
package import Settings

/// How checked settings become the bridge's values.
extension AccountRules {
    /// - Parameter carriers: the names of all carriers, in the bridge's order.
    package convenience init(_ settings: AccountSettings, carriers: [String]) {
        self.init(
            name: settings.name, senders: Set(settings.senders), defaultSender: settings.defaultSender,
            destinations: settings.destinations,
            numbers: NumberRules(country: settings.country, shortNumbers: settings.shortNumbers),
            carriers: CarrierOrder(settings.carriers, carriers: carriers),
            routes: settings.routes.map {
                PrefixOrder(prefix: $0.prefix, order: CarrierOrder($0.carriers, carriers: carriers))
            })
    }
}

extension Language {
    /// Settings has checked that it is one of ours.
    package init(_ code: String) {
        self = Language(rawValue: code) ?? .ru
    }
}

extension CarrierProfile {
    /// As a carrier's file says it.
    package init(_ settings: CarrierSettings) {
        self.init(addresses: settings.addresses, text: settings.text)
        serviceType = settings.serviceType
        esmClass = settings.esmClass
        protocolID = settings.protocolID
        priority = settings.priority
        validityPeriod = settings.validityPeriod
        registeredDelivery = settings.receiptsRequested ? 1 : 0
        receiptIDs = settings.receiptIDs
        statuses = settings.setup.statuses
    }
}
