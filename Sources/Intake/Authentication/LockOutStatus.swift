package import NIOCore

/// Something that is locked out.
package struct Lock: Sendable, Hashable, CustomStringConvertible {
    /// What is locked; the raw values are stable names.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// All that needs proof from an address.
        case address
        /// A login of the configuration at one address.
        case login
        /// The same of a login that does not exist; it is never named.
        case unknownLogin = "unknown_login"
    }

    package var kind: Kind
    /// Of `login` alone.
    package var login: String?
    /// `192.0.2.1`, `2001:db8::/64`.
    package var address: String
    /// Uptime in nanoseconds.
    package var until: UInt64

    init(address: SourceAddress, until: UInt64) {
        (kind, login, self.address, self.until) = (.address, nil, address.networkText, until)
    }

    init(_ login: String, isKnown: Bool, _ network: SourceAddress, _ until: UInt64) {
        kind = isKnown ? .login : .unknownLogin
        self.login = isKnown ? login : nil
        (address, self.until) = (network.networkText, until)
    }

    /// For how long yet, in seconds; never below 0.
    package func left(now: NIODeadline) -> Double {
        Double(until - min(until, now.uptimeNanoseconds)) / 1e9
    }

    /// For the log.
    package var description: String {
        switch kind {
        case .address: "address \(address), for all that needs proof"
        case .login: "login \(login ?? "") at address \(address)"
        case .unknownLogin: "a login that does not exist, at address \(address)"
        }
    }
}

/// All that is locked out at one moment.
package struct LockOutStatus: Sendable, Hashable {
    /// So many locks are shown one by one.
    package static let shown = 20

    /// How many there are; every kind is there.
    package var counts: [Lock.Kind: Int]
    /// Those that last longest, known logins first; at most `shown`.
    package var locks: [Lock]

    package init(_ locks: [Lock] = []) {
        counts = Dictionary(
            uniqueKeysWithValues: Lock.Kind.allCases.map { kind in (kind, locks.count { $0.kind == kind }) })
        let sorted = locks.sorted { left, right in
            let (first, second) = (left.kind == .login, right.kind == .login)
            if first != second { return first }
            return (left.until, left.address) > (right.until, right.address)
        }
        self.locks = Array(sorted.prefix(Self.shown))
    }
}
