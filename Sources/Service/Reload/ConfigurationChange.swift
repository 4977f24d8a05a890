import Carriers
import Intake
import Settings

/// A new configuration beside the one in force, with everything made that could still fail: what is here can be applied.
struct ConfigurationChange: Sendable {
    let plan: ReloadPlan
    let accounts: [Account]
    let lockOut: LockOut.Rules
    /// Of the carriers that are added or replaced, by name.
    let configurations: [String: CarrierConfiguration]

    /// - Throws: what a part does not take although the settings were checked, such as a key that OpenSSL refuses.
    init(from old: Settings, to new: Settings) throws(ConfigurationProblem) {
        plan = ReloadPlan(from: old, to: new)
        do throws(AssemblyProblem) {
            accounts = try Account.list(new.accounts)
            lockOut = try LockOut.Rules(new.intake)
        } catch {
            throw ConfigurationProblem(file: "accounts.yaml", line: 1, column: 1, message: error.description)
        }
        var configurations: [String: CarrierConfiguration] = [:]
        for carrier in new.carriers {
            switch plan.step(of: carrier.name) {
            case .keep, .restyle: break
            case .replace, .add:
                do {
                    configurations[carrier.name] = try CarrierConfiguration(carrier)
                } catch {
                    throw ConfigurationProblem(
                        file: "\(carrier.name).yaml", line: 1, column: 1, message: "tls: \(error)")
                }
            }
        }
        self.configurations = configurations
    }
}

extension Settings {
    /// These with all of `next` that a running bridge takes.
    func reloaded(_ next: Settings) -> Settings {
        var settings = next
        settings.intake = intake
        settings.intake.lockoutAttempts = next.intake.lockoutAttempts
        settings.intake.lockoutPer = next.intake.lockoutPer
        settings.intake.lockoutTrusted = next.intake.lockoutTrusted
        settings.monitor = monitor
        settings.journal = journal
        settings.cluster = cluster
        settings.log.format = log.format
        return settings
    }
}
