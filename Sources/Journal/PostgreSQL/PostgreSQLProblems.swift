import CPostgreSQL
import SMPP

/// Failures of PostgreSQL and of libpq as the journal's problems.
enum PostgreSQLProblems {
    /// The SQLSTATE of a command that took longer than `statement_timeout`.
    static let queryCanceled = "57014"
    /// The SQLSTATE of a lock that was not got within `lock_timeout`.
    static let lockNotAvailable = "55P03"

    /// What a URL's fault means; nil = it has none. No part of the URL is repeated.
    static func ofURL(_ fault: cpq_url_fault) -> JournalProblem? {
        let encoded = "; in a password every character but letters and digits is written as %XX"
        return switch fault {
        case CPQ_URL_FINE: nil
        case CPQ_URL_NO_HOST: JournalProblem(.incompatible, "the journal's URL has no host that can be one" + encoded)
        case CPQ_URL_NO_PORT: JournalProblem(.incompatible, "the journal's URL has no port that can be one" + encoded)
        case CPQ_URL_NO_DATABASE:
            JournalProblem(.incompatible, "the journal's URL has no database name that can be one" + encoded)
        default: JournalProblem(.incompatible, "the journal's URL is not one that libpq understands" + encoded)
        }
    }

    /// Why no connection came about: in our words where they are known, then in libpq's.
    ///
    /// - Parameters:
    ///   - words: libpq's: a line for each address that was tried, some with advice below.
    ///   - place: where it was tried last.
    static func ofConnecting(_ words: String, at place: String, tellsPassword: Bool) -> JournalProblem {
        let raw = tellsPassword ? "the reason repeats the password" : oneLine(words)
        return problem(
            .unreachable, PostgreSQLCause(words: words), at: place, or: "no connection to PostgreSQL at %", raw)
    }

    /// How a connection ended.
    static func ofConnection(_ words: String, at place: String) -> JournalProblem {
        problem(
            .unreachable, PostgreSQLCause(words: words), at: place, or: "the connection to PostgreSQL at % has ended",
            oneLine(words))
    }

    /// What is wrong, where it is, what to do, and in brackets the words of whoever refused.
    static func problem(
        _ kind: JournalProblem.Kind, _ cause: PostgreSQLCause?, at place: String, or words: Phrase, _ raw: String
    ) -> JournalProblem {
        let told = (cause?.phrase ?? words + " (journal.url)").filled(Phrase(place)).en
        return JournalProblem(kind, told + (raw.isEmpty ? "" : " [\(raw)]"), cause)
    }

    /// A command's failure.
    ///
    /// - Parameters:
    ///   - state: the SQLSTATE (PostgreSQL, Appendix A); empty = libpq's own failure.
    ///   - words: the server's primary message.
    ///   - place: where the server is.
    static func of(state: String, words: String, at place: String) -> JournalProblem {
        guard !state.isEmpty else { return ofConnection(words, at: place) }
        return problem(
            kind(of: state), PostgreSQLCause(state: state), at: place, or: "PostgreSQL at % refuses a command",
            "\(oneLine(words)), \(state)")
    }

    /// `failed` is left for what the records themselves may be the reason of: the writer then gives single ones up. What
    /// another attempt may mend is `unreachable`, although the server answered.
    private static func kind(of state: String) -> JournalProblem.Kind {
        switch state {
        // disk_full
        case "53100": return .full
        // read_only_sql_transaction, insufficient_privilege
        case "25006", "42501": return .readOnly
        // undefined table, schema or column: somebody took them away; opening again brings the schema up to date
        case "42P01", "3F000", "42703": return .corrupt
        // invalid_sql_statement_name: the statements are of a session that is no longer ours (after a pooler's switch)
        case "26000": return .unreachable
        // data_corrupted, index_corrupted
        case "XX001", "XX002": return .corrupt
        default: break
        }
        switch state.prefix(2) {
        // connection_exception; invalid_transaction_state; transaction_rollback (deadlock, serialization);
        // insufficient_resources; object_not_in_prerequisite_state (a lock was not got); operator_intervention (stopped,
        // starting, a timeout); system_error (input and output)
        case "08", "25", "40", "53", "55", "57", "58": return .unreachable
        // feature_not_supported, syntax_error_or_access_rule_violation: other tables or another server than ours
        case "0A", "42": return .incompatible
        default: return .failed
        }
    }

    /// Lines that say something, without advice and severity, at most 300 characters.
    private static func oneLine(_ words: String) -> String {
        let lines = words.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("\t") }
        let text = lines.map { $0.replacing("FATAL:  ", with: "").replacing("ERROR:  ", with: "") }
            .joined(separator: "; ")
        return text.isEmpty ? "no reason was given" : String(text.prefix(300))
    }
}
