import Foundation
import TestPrograms
import Testing

/// The shipped alert rules, in a real Prometheus that scrapes the real bridge in trouble.
@Suite(.enabled(if: Prometheus.isThere, "prometheus is not installed")) struct AlertTests {
    /// Each rule waits one second instead of its minutes; what it says is untouched.
    static func impatient(_ rules: String) -> String {
        rules.replacing(/(?m)^( +)for: .*$/) { "\($0.output.1)for: 1s" }
    }

    /// One bridge in four kinds of trouble at once: nobody listens, the password is wrong, the carrier throttles, a carrier
    /// keeps silent.
    @Test(.timeLimit(.minutes(2))) func eachTroubleRingsItsOwnAlert() async throws {
        try await withSimulator(["--fault", "0404=status:0x58"]) { simulator in
            var setup = BridgeSetup(replyWithin: "1s")
            setup.carriers = [
                CarrierSetup(name: "dark", port: try Ports.free()),
                CarrierSetup(name: "locked", port: simulator.port, password: "wrong"),
                CarrierSetup(name: "busy", port: simulator.port), CarrierSetup(name: "fine", port: simulator.port),
            ]
            setup.accounts = [
                AccountSetup(name: "acme", carriers: ["busy"]),
                AccountSetup(name: "second", login: "second", carriers: ["fine"]),
                AccountSetup(name: "third", login: "third", carriers: ["dark", "locked"]),
            ]
            setup.lines = ["journal:", "  url: \"sqlite:journal.db\""]
            try await withBridge(setup, awaitingReady: false) { bridge in
                try await eventually("bound") {
                    let ready = try await bridge.carriers().filter(\.ready).map(\.name)
                    return ready.contains("busy") && ready.contains("fine")
                }
                let prometheus = try await Prometheus.start(scraping: bridge, rules: Self.impatient)
                defer { prometheus.discard() }
                let silent = try await bridge.post(.message(to: "79161670001", login: "second"))
                #expect(silent.status == 504)
                let wanted: [String: Set<String>] = [
                    "SmppostCarrierDown": ["dark", "locked"], "SmppostCredentialsRefused": ["locked"],
                    "SmppostThrottled": ["busy"], "SmppostMessagesInDoubt": [""], "SmppostHTTPErrors": [""],
                ]
                var firing: [Prometheus.Alert] = []
                try await eventually("firing: \(wanted.keys.sorted())", atMost: .seconds(30)) {
                    _ = try await bridge.post(.message(to: "79160000404"))
                    firing = try await prometheus.firing()
                    return wanted.allSatisfy { name, carriers in
                        carriers.isSubset(of: Self.carriers(of: name, in: firing))
                    }
                }
                for (name, carriers) in wanted { #expect(Self.carriers(of: name, in: firing) == carriers, "\(name)") }
                // Nothing rings for what is in order.
                #expect(!firing.contains { $0.labels["carrier"] == "fine" }, "\(firing)")
                for name in ["SmppostDown", "SmppostJournalDown", "SmppostCertificateEndsNow", "SmppostRestarts"] {
                    #expect(!firing.contains { $0.name == name }, "\(name)")
                }
                for alert in firing {
                    let summary = alert.annotations["summary", default: ""]
                    #expect(!summary.isEmpty && !summary.contains("error expanding") && !summary.contains("no value"))
                    #expect(alert.annotations["description", default: ""].count > 80)
                    #expect(["page", "ticket"].contains(alert.labels["severity"]))
                }
            }
        }
    }

    private static func carriers(of name: String, in alerts: [Prometheus.Alert]) -> Set<String> {
        Set(alerts.filter { $0.name == name }.map { $0.labels["carrier", default: ""] })
    }
}
