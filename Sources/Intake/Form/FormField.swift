/// The fields of the PlanFix form that the intake knows; all others are ignored.
package enum FormField: String, Sendable, Hashable, CaseIterable {
    /// The login; the same field may be called `username`.
    case login
    case password
    case key
    case from
    case to
    case text
    /// The message's class, where the account allows it.
    case messageClass = "class"
    /// How long it is worth delivering, likewise.
    case validity

    /// The most bytes of UTF-8 that the decoded value may have.
    var maxBytes: Int {
        switch self {
        case .login: 128
        case .password, .key, .to: 256
        case .from: 64
        case .messageClass, .validity: 16
        case .text: 65_536
        }
    }

    /// The index in tables by field.
    var index: Int {
        switch self {
        case .login: 0
        case .password: 1
        case .key: 2
        case .from: 3
        case .to: 4
        case .text: 5
        case .messageClass: 6
        case .validity: 7
        }
    }

    /// The field of a name of `count` bytes, packed big-endian into 64 bits; nil for a name that is not ours. The case
    /// of letters counts, as in HTML forms.
    init?(packedName: UInt64, count: Int) {
        switch (count, packedName) {
        case (5, 0x6C_6F67_696E): self = .login
        case (8, 0x7573_6572_6E61_6D65): self = .login  // "username"
        case (8, 0x7061_7373_776F_7264): self = .password
        case (3, 0x6B_6579): self = .key
        case (4, 0x6672_6F6D): self = .from
        case (2, 0x746F): self = .to
        case (4, 0x7465_7874): self = .text
        case (5, 0x63_6C61_7373): self = .messageClass
        case (8, 0x7661_6C69_6469_7479): self = .validity
        default: return nil  // any other name
        }
    }
}
