import HTTPService
import Messaging
import SMPP
import Settings
import Testing

@testable import Service

@Suite struct ReloadPlanTests {
    private func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
        var settings = Settings()
        settings.carriers = ["backup", "main"].map { name in
            var carrier = CarrierSettings(name: name)
            carrier.setup.hosts = [HostPort(host: "127.0.0.1", port: 2775)]
            carrier.setup.request = BindRequest(systemID: "acme", password: "secret")
            return carrier
        }
        change(&settings)
        return settings
    }

    private func plan(_ change: (inout Settings) -> Void) -> ReloadPlan {
        ReloadPlan(from: settings(), to: settings(change))
    }

    @Test func nothingChanged() {
        let plan = plan { _ in }
        #expect(plan.names(.keep) == ["backup", "main"])
        #expect(plan.removed == [] && plan.needsRestart == [])
    }

    @Test func aCarrierChangesByItself() {
        let changes: [(inout CarrierSettings) -> Void] = [
            { $0.setup.hosts[0].port = 2776 }, { $0.setup.request.password = "other" }, { $0.setup.limits.window = 11 },
            { $0.setup.rate = 5 },
            { $0.setup.binds[0].count = 2 }, { $0.setup.binds[0].window = 3 }, { $0.setup.binds[0].rate = 1 },
            { $0.setup.timings.reconnectRefused = .seconds(2) }, { $0.tls.enabled = true }, { $0.receipts.ids = .hex },
            { $0.setup.timings.response = .seconds(9) }, { $0.setup.required = false },
            { $0.setup.statuses = StatusTable(overrides: [CommandStatus(rawValue: 0x400): StatusOverride(http: 503)]) },
        ]
        for change in changes {
            let plan = plan { change(&$0.carriers[1]) }
            #expect(plan.names(.replace) == ["main"])
            #expect(plan.names(.keep) == ["backup"])
        }
    }

    @Test func theLookOfMessagesNeedsNoNewBinds() {
        let changes: [(inout CarrierSettings) -> Void] = [
            { $0.addresses.keepPlus = true }, { $0.text.maxParts = 3 }, { $0.receiptsRequested = false },
            { $0.esmClass = 3 }, { $0.validity = 86_400 }, { $0.priority = 1 },
            { $0.serviceType = "CMT" }, { $0.protocolID = 65 },
        ]
        for change in changes {
            let plan = plan { change(&$0.carriers[0]) }
            #expect(plan.names(.restyle) == ["backup"])
            #expect(plan.names(.keep) == ["main"])
        }
    }

    @Test func carriersComeAndGo() {
        let plan = plan { $0.carriers[0].setup.name = "other" }
        #expect(plan.names(.add) == ["other"])
        #expect(plan.removed == ["backup"])
        #expect(plan.step(of: "main") == .keep)
    }

    @Test func whatNeedsARestartIsNamedByItsKey() {
        let plan = plan {
            $0.intake.listen = [HostPort(host: "127.0.0.1", port: 1)]
            $0.intake.replyWithin = .seconds(20)
            $0.intake.certificateFile = "other.crt"
            $0.intake.lockoutPer = .seconds(1)
            $0.monitor.token = "0123456789abcdef"
            $0.monitor.certificateFile = "monitor.crt"
            $0.journal = JournalSettings(store: .sqlite(path: "x"))
            $0.cluster = HTTPURL("https://a:8443").map {
                ClusterSettings(name: "a", address: $0, caFile: "ca", certificateFile: "a.crt", keyFile: "a.key")
            }
            $0.log.format = .json
            $0.log.level = "debug"
        }
        #expect(
            plan.needsRestart == [
                "intake.listen", "intake.tls", "intake.reply_within", "monitor.token",
                "monitor.tls", "journal", "cluster", "log.format",
            ])
    }

    /// What was not applied is told again at the next reload.
    @Test func whatNeedsARestartStaysAsItWas() {
        let old = settings()
        let new = settings {
            $0.intake.path = "/other"
            $0.log.level = "debug"
            $0.log.format = .json
        }
        let inForce = old.reloaded(new)
        #expect(inForce.intake.path == "/sms")
        #expect(inForce.log.level == "debug")
        #expect(ReloadPlan(from: inForce, to: new).needsRestart == ["intake.path", "log.format"])
    }
}
