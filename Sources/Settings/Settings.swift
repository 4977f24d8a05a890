import Foundation
import SMPP

/// The whole configuration, checked: what stands here can be started.
package struct Settings: Hashable, Sendable {
    package var intake = IntakeSettings()
    package var monitor = MonitorSettings()
    /// Nil where no journal is configured: then nothing is recorded, and repeats are sent again.
    package var journal: JournalSettings?
    /// Nil where this is the only node.
    package var cluster: ClusterSettings?
    package var log = LogSettings()
    /// At least one, in the file's order.
    package var accounts: [AccountSettings] = []
    /// At least one, by name.
    package var carriers: [CarrierSettings] = []
    /// What is doubtful but no reason not to start, sorted.
    package var warnings: [ConfigurationProblem] = []

    /// Binds of all carriers.
    package var bindCount: Int { carriers.flatMap(\.setup.binds).reduce(0) { $0 + $1.count } }

    /// Settings to be filled by hand, as tests do.
    package init() {}

    /// Reads `smppost.yaml` and `accounts.yaml` of one directory and every `NAME.yaml` of the other, with the secrets
    /// and certificates that they name. Blocks on the disk: never on an event loop.
    ///
    /// - Throws: every problem of all the files, together.
    package static func load(
        configDirectory: String, carriersDirectory: String, environment: [String: String]
    ) throws(ConfigurationProblems) -> Settings {
        try load(
            configDirectory: configDirectory, carriersDirectory: carriersDirectory, context: context(environment))
    }

    /// Reads `smppost.yaml` alone: where a running bridge's monitor and journal are does not depend on accounts and carriers, and is asked
    /// for when these are in trouble.
    ///
    /// - Throws: every problem of that file, together.
    package static func service(
        configDirectory: String, environment: [String: String]
    ) throws(ConfigurationProblems) -> Settings {
        var context = context(environment)
        context.looksIntoCertificates = false
        var settings = Settings()
        if isDirectory(configDirectory, log: context.log) {
            settings.readService(FileProbe.join(configDirectory, "smppost.yaml"), context: context)
        }
        return try settings.told(by: context.log)
    }

    private static func context(_ environment: [String: String]) -> LoadContext {
        LoadContext(environment: environment, now: Int64(Date().timeIntervalSince1970), log: ProblemLog())
    }

    private func told(by log: ProblemLog) throws(ConfigurationProblems) -> Settings {
        var settings = self
        settings.warnings = log.sortedWarnings
        guard log.sortedProblems.isEmpty else {
            throw ConfigurationProblems(problems: log.sortedProblems, warnings: log.sortedWarnings)
        }
        return settings
    }

    /// The same with the time and the log from outside.
    static func load(
        configDirectory: String, carriersDirectory: String, context: LoadContext
    ) throws(ConfigurationProblems) -> Settings {
        let log = context.log
        var settings = Settings()
        var accounts: AccountsFile?
        if isDirectory(configDirectory, log: log) {
            settings.readService(FileProbe.join(configDirectory, "smppost.yaml"), context: context)
            accounts = AccountsFile(path: FileProbe.join(configDirectory, "accounts.yaml"), context: context)
            settings.accounts = accounts?.accounts ?? []
        }
        if isDirectory(carriersDirectory, log: log) {
            let carriers = CarrierFiles(directory: carriersDirectory, context: context)
            settings.carriers = carriers.carriers
            accounts?.check(against: carriers, log: log)
            settings.checkTimes(carriers, log: log)
            settings.checkPostings(configDirectory, carriersDirectory, log: log)
            settings.checkChats(configDirectory, carriersDirectory, log: log)
            settings.checkQuotas(configDirectory, log: log)
        }
        return try settings.told(by: log)
    }

    private static func isDirectory(_ path: String, log: ProblemLog) -> Bool {
        do throws(FileProblem) {
            switch try FileProbe(path: path).kind {
            case .directory: return true
            case .file, .other: throw FileProblem(reason: "is not a directory")
            }
        } catch {
            log.problem("this directory \(error.reason)", at: Place(file: path))
            return false
        }
    }

    private mutating func readService(_ path: String, context: LoadContext) {
        guard let root = YAMLFile.read(path: path, log: context.log) else { return }
        let reader = MappingReader(
            root, path: "smppost", place: root.place, log: context.log, called: "this file")
        if reader.has("intake") {
            intake = IntakeSettings(reading: reader.section("intake"), context: context)
        } else {
            reader.missing("intake")
        }
        monitor = MonitorSettings(reading: reader.section("monitor"), context: context)
        if reader.has("journal") { journal = JournalSettings(reading: reader.section("journal"), context: context) }
        if reader.has("cluster") {
            cluster = ClusterSettings(reading: reader.section("cluster"), journal: journal, context: context)
        }
        log = LogSettings(reading: reader.section("log"))
        reader.finish()
        for address in intake.listen where address == monitor.listen && address.port != 0 {
            context.log.problem("\"intake\" and \"monitor\" both listen on \(address)", at: reader.place(of: "monitor"))
        }
    }

    /// What is posted waits in the journal.
    private func checkPostings(_ configDirectory: String, _ carriersDirectory: String, log: ProblemLog) {
        guard journal == nil, log.sortedProblems.isEmpty else { return }
        for account in accounts {
            let planFix =
                account.planFixChat != nil ? "planfix_chat" : account.planFixWebhook != nil ? "planfix_webhook" : nil
            for key in [account.receipts.map { _ in "receipts" }, planFix].compactMap(\.self) {
                log.problem(
                    "\"\(key)\" of account \(account.name) needs \"journal\" in smppost.yaml",
                    at: Place(file: FileProbe.join(configDirectory, "accounts.yaml")))
            }
        }
        for carrier in carriers where carrier.inbound != nil {
            log.problem(
                "\"inbound\" needs \"journal\" in smppost.yaml",
                at: Place(file: FileProbe.join(carriersDirectory, carrier.name + ".yaml")))
        }
    }

    /// Over a restart quotas are counted from the journal.
    private func checkQuotas(_ configDirectory: String, log: ProblemLog) {
        let place = Place(file: FileProbe.join(configDirectory, "accounts.yaml"))
        for account in accounts {
            let hasQuota = account.quotaOfDay != nil || account.quotaOfMonth != nil
            guard hasQuota || account.perRecipient != nil else { continue }
            guard let journal else {
                log.warning(
                    "account \(account.name): without \"journal\" in smppost.yaml its quota begins anew at each start",
                    at: place)
                continue
            }
            if account.quotaOfMonth != nil, journal.retention < .seconds(31 * 86_400) {
                log.warning(
                    "account \(account.name): \"retention\" of the journal (\(DurationText.text(journal.retention))) is shorter "
                        + "than a month: after a start \"quota.month\" counts what the journal still has; 31d is enough",
                    at: place)
            }
            if account.perRecipient != nil, journal.maskNumbers {
                log.warning(
                    "account \(account.name): with \"mask_numbers\" of the journal \"per_recipient\" begins anew at each start",
                    at: place)
            }
        }
    }

    private func checkTimes(_ files: CarrierFiles, log: ProblemLog) {
        for carrier in carriers where carrier.setup.timings.response > intake.replyWithin {
            guard let place = files.responsePlaces[carrier.name] else { continue }
            log.warning(
                "\"response\" (\(DurationText.text(carrier.setup.timings.response))) is longer than the intake's "
                    + "\"reply_within\" (\(DurationText.text(intake.replyWithin))), which ends the wait", at: place)
        }
    }

    /// The carriers that are given no sender, whatever a message has.
    package var senderlessCarriers: Set<String> { Set(carriers.filter(\.sendsNoSender).map(\.name)) }
}
