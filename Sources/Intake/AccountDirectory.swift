import TLS

/// An account with its limits, shared by all event loops.
package final class AccountEntry: Sendable {
    /// The account as configured.
    package let account: Account
    /// Its rate and in-flight limits.
    package let meter: AccountMeter

    /// An account nobody has used yet.
    package init(_ account: Account) {
        self.account = account
        self.meter = AccountMeter(rate: account.rate, inFlight: account.inFlight)
    }
}

/// Finds accounts by what a form says. Logins and keys are unique: the configuration is checked for that.
package final class AccountDirectory: Sendable {
    /// All accounts in the order of the configuration.
    package let entries: [AccountEntry]
    private let byLogin: [String: AccountEntry]
    private let byKey: [KeyHash: AccountEntry]

    /// The accounts of a configuration.
    package init(_ accounts: [Account]) {
        entries = accounts.map(AccountEntry.init)
        var byLogin: [String: AccountEntry] = [:]
        var byKey: [KeyHash: AccountEntry] = [:]
        for entry in entries {
            if let login = entry.account.login { byLogin[login] = byLogin[login] ?? entry }
            if let key = entry.account.key { byKey[key] = byKey[key] ?? entry }
        }
        self.byLogin = byLogin
        self.byKey = byKey
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
}
