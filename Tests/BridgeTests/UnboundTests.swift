import Carriers
import Intake
import Logging
import Messaging
import NIOPosix
import SMPP
import Settings
import Testing

@testable import Bridge

/// Which messages another node may be asked for.
@Suite struct UnboundTests {
    private static func rules(_ carriers: [String], routes: [PrefixOrder] = [], chat: AccountRules? = nil)
        -> AccountRules
    {
        AccountRules(
            name: "acme", senders: [], defaultSender: "ACME", destinations: [],
            numbers: NumberRules(country: .ru, shortNumbers: false), carriers: order(carriers), routes: routes,
            chat: chat)
    }

    private static func order(_ names: [String]) -> CarrierOrder {
        CarrierOrder(names.map { CarrierChoice($0) }, carriers: ["main", "backup", "other"])
    }

    /// Of carriers that have no bind.
    private func path(_ rules: AccountRules) -> MessagePath {
        let group = MultiThreadedEventLoopGroup.singleton
        let routes = ["main", "backup", "other"].map { name in
            let setup = CarrierSetup(name: name, hosts: [HostPort(host: "127.0.0.1", port: 1)])
            let carrier = Carrier(CarrierConfiguration(setup), group: group, logger: Logger(label: "test"))
            return CarrierRoute(carrier: carrier, profile: CarrierProfile(CarrierSettings(name: name))) { _ in }
        }
        return MessagePath(rules: [rules], routes: routes, references: LoopReferences(group: group))
    }

    @Test func theCarriersInTheirOrder() {
        let routes = [PrefixOrder(prefix: "375", order: Self.order(["other"]))]
        let path = path(Self.rules(["backup", "main"], routes: routes, chat: Self.rules(["other", "main"])))
        let account = Account(index: 0, name: "acme")
        #expect(path.unbound(account, isChat: false, to: "+7 916 123-45-67") == ["backup", "main"])
        #expect(path.unbound(account, isChat: false, to: "+375 29 1234567") == ["other"])
        #expect(path.unbound(account, isChat: true, to: "+375 29 1234567") == ["other", "main"])
        // It is refused here, whoever has a bind.
        #expect(path.unbound(account, isChat: false, to: "nobody") == nil)
    }
}
