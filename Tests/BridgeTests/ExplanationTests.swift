import SMPP
import Settings
import Testing

@testable import Bridge

@Suite struct ExplanationTests {
    private let settings: Settings

    init() {
        var settings = Settings()
        settings.carriers = ["cheap", "main", "spare"].map { CarrierSettings(name: $0) }
        var account = AccountSettings()
        account.name = "acme"
        account.defaultSender = "ACME"
        account.carriers = [
            CarrierChoice("main", weight: 3), CarrierChoice("cheap", weight: 1), CarrierChoice("spare"),
        ]
        account.routes = [
            PrefixRoute(prefix: "375", carriers: [CarrierChoice("spare")]),
            PrefixRoute(prefix: "37529", carriers: [CarrierChoice("cheap"), CarrierChoice("main")]),
        ]
        settings.accounts = [account]
        self.settings = settings
    }

    private func routeLines(_ number: String) throws -> [String] {
        let explanation = try #require(
            Explanation(settings: settings, account: "acme", from: "", to: number, text: "Hi"))
        #expect(explanation.isOffered)
        return explanation.lines.filter { $0.hasPrefix("route") || $0.hasPrefix("carrier") }
    }

    @Test func tellsTheSharesOfTheAccountsCarriers() throws {
        #expect(
            try routeLines("79161234567") == [
                "route      the account's carriers", "carrier    1. main, weight 3 of 4",
                "carrier    2. cheap, weight 1 of 4", "carrier    3. spare",
            ])
    }

    @Test func tellsTheRouteOfTheLongestPrefix() throws {
        #expect(
            try routeLines("375291234567") == ["route      prefix 37529", "carrier    1. cheap", "carrier    2. main"])
        #expect(try routeLines("375331234567") == ["route      prefix 375", "carrier    1. spare"])
    }

    /// A carrier that is given no sender is told as it is.
    @Test func tellsACarrierWithoutSender() throws {
        var settings = settings
        settings.carriers[1].sendsNoSender = true
        let explanation = try #require(
            Explanation(settings: settings, account: "acme", from: "", to: "79161234567", text: "Hi"))
        let lines = explanation.lines.filter { $0.contains("sender") || $0.hasPrefix("carrier") }
        #expect(
            lines.prefix(3) == [
                "sender     ACME (alphanumeric)", "carrier    1. main, weight 3 of 4", "  sender   none",
            ])
        #expect(lines.count { $0.contains("sender") } == 2)
    }
}
