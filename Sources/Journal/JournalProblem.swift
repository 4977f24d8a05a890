/// Why the journal could not do something. Its words name no secret, text or number.
package struct JournalProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Kind: String, Hashable, Sendable {
        /// No room on the disk.
        case full
        /// The file or database may not be written.
        case readOnly = "read_only"
        /// The file is no database of ours, or is damaged.
        case corrupt
        /// The database cannot be reached, or has ended the connection.
        case unreachable
        /// A newer version's schema, or something else that waiting does not mend.
        case incompatible
        /// Everything else.
        case failed
    }

    package var kind: Kind
    /// For an operator: what happened, and where.
    package var words: String

    /// Of PostgreSQL: why, where people can be told what to do.
    package var cause: PostgreSQLCause?

    package init(_ kind: Kind, _ words: String, _ cause: PostgreSQLCause? = nil) {
        self.kind = kind
        self.words = words
        self.cause = cause
    }

    /// Whether the store must be opened again before it can be used.
    package var isLost: Bool { kind == .unreachable || kind == .corrupt }

    package var description: String { words }
}
