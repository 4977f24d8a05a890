package import TLS

/// An account with its limits, shared by all event loops.
package final class AccountEntry: Sendable {
    /// The account as configured.
    package let account: Account
    /// Its rate and in-flight limits.
    package let meter: AccountMeter
    /// Its limits by day, month and recipient.
    package let quota: AccountQuota

    /// An account that goes on with what the one of its name before it was counted by; nil = there was none.
    package init(
        _ account: Account, continuing previous: AccountEntry? = nil,
        recipients: RecentRecipients = RecentRecipients()
    ) {
        self.account = account
        meter = previous?.meter ?? AccountMeter(rate: account.rate, inFlight: account.inFlight)
        quota =
            previous?.quota
            ?? AccountQuota(account.quota, recipients: recipients, time: WallClock.unixMilliseconds())
    }
}

/// Finds accounts by what a form says. Logins and keys are unique: the configuration is checked for that.
package final class AccountDirectory: Sendable {
    /// All accounts in the order of the configuration.
    package let entries: [AccountEntry]
    /// What stands in for the password of a login that does not exist: it costs what the dearest of the accounts' costs.
    package let decoy: ScryptHash
    /// Messages to one number, of all accounts.
    let recipients: RecentRecipients
    private let byLogin: [String: AccountEntry]
    private let byKey: [KeyHash: AccountEntry]
    private let byChatToken: [KeyHash: AccountEntry]

    /// The accounts of a configuration.
    /// - Parameters:
    ///   - previous: the accounts before it: those of the same name go on with what was counted, and get their new limits when
    ///     `applyLimits` is called.
    ///   - recipients: where messages to one number are counted; nil = where the accounts before it do.
    package init(
        _ accounts: [Account], continuing previous: AccountDirectory? = nil, recipients: RecentRecipients? = nil
    ) {
        let recipients = recipients ?? previous?.recipients ?? RecentRecipients()
        self.recipients = recipients
        var earlier: [String: AccountEntry] = [:]
        for entry in previous?.entries ?? [] { earlier[entry.account.name] = entry }
        entries = accounts.map { AccountEntry($0, continuing: earlier[$0.name], recipients: recipients) }
        var byLogin: [String: AccountEntry] = [:]
        var byKey: [KeyHash: AccountEntry] = [:]
        var byChatToken: [KeyHash: AccountEntry] = [:]
        for entry in entries {
            if let login = entry.account.login { byLogin[login] = byLogin[login] ?? entry }
            if let key = entry.account.key { byKey[key] = byKey[key] ?? entry }
            if let token = entry.account.chat?.token { byChatToken[token] = byChatToken[token] ?? entry }
        }
        decoy = ScryptHash.decoy(asDearAs: accounts.compactMap(\.password))
        self.byLogin = byLogin
        self.byKey = byKey
        self.byChatToken = byChatToken
    }

    /// Puts the accounts' own limits into force, also for what came in under the directory before.
    package func applyLimits() {
        let time = WallClock.unixMilliseconds()
        for entry in entries {
            entry.meter.limit(rate: entry.account.rate, inFlight: entry.account.inFlight)
            entry.quota.limit(entry.account.quota, time: time)
        }
    }

    /// The account that succeeds `entry`, where a password that was right for that one is right for it too.
    func successor(of entry: AccountEntry) -> AccountEntry? {
        guard let login = entry.account.login, let password = entry.account.password,
            let heir = byLogin[login], heir.account.name == entry.account.name, heir.account.password == password
        else { return nil }
        return heir
    }

    /// The account with this login.
    package func account(login: String) -> AccountEntry? {
        byLogin[login]
    }

    /// The account with this API key. The look-up goes by the key's SHA-256, of which a sender cannot choose a single bit, and the
    /// match itself takes constant time.
    package func account(key: [UInt8]) -> AccountEntry? {
        guard let entry = byKey[KeyHash(hashing: key)], let hash = entry.account.key, hash.matches(key) else {
            return nil
        }
        return entry
    }

    /// The account whose chat PlanFix writes to with this token, found as by a key.
    func account(chatToken: [UInt8]) -> AccountEntry? {
        guard let entry = byChatToken[KeyHash(hashing: chatToken)], let hash = entry.account.chat?.token,
            hash.matches(chatToken)
        else { return nil }
        return entry
    }
}
