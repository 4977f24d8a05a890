import CPostgreSQL

/// How long PostgreSQL may take. Past a bound the connection is given up, so no call lasts longer.
package struct PostgreSQLBounds: Hashable, Sendable {
    /// For each address of each host of the URL, with TLS and the login; 2 s at least. Looking a name up has the
    /// bounds of the system's resolver.
    package var connect = Duration.seconds(5)
    /// From sending commands to their last answer. The server is told to give up a little earlier.
    package var answer = Duration.seconds(5)
    /// The same while the schema is brought up to date.
    package var migration = Duration.seconds(60)

    package init() {}

    /// When the server gives a command up by itself: its clear words come before the connection is given up.
    var statement: Duration { answer * 4 / 5 }
}

/// One command of a group.
struct PostgreSQLCommand {
    enum Kind {
        /// Once, with parameters.
        case sql(String)
        /// A statement that was prepared under this name.
        case prepared(String)
        /// Makes a statement.
        case prepare(name: String, sql: String)
    }

    var kind: Kind
    var parameters = PostgreSQLParameters()

    static func sql(_ text: String, _ parameters: PostgreSQLParameters = .init()) -> PostgreSQLCommand {
        PostgreSQLCommand(kind: .sql(text), parameters: parameters)
    }
}

/// A connection: groups of commands, each sent at once and answered at once.
///
/// Every pointer of libpq stays in CPostgreSQL. The one handle that is here is this object's own, from `init` to `deinit`;
/// what is handed over is copied before a call returns, and what is read is copied into strings at once.
final class PostgreSQLConnection {
    let bounds: PostgreSQLBounds
    private let handle: OpaquePointer
    /// What else may be asked of it.
    enum State {
        /// Everything.
        case open
        /// Nothing: the connection has ended.
        case ended
        /// Nothing: an answer did not come in time.
        case late
    }

    private(set) var state = State.open
    /// The failure of the last group, by its SQLSTATE; empty = none, or none of a command.
    private(set) var lastFailure = ""

    /// Connects.
    ///
    /// - Throws: `incompatible` for a URL that cannot be meant so, otherwise `unreachable`.
    init(url: String, bounds: PostgreSQLBounds) throws(JournalProblem) {
        if let problem = PostgreSQLProblems.ofURL(cpq_check_url(url)) { throw problem }
        let seconds = Int32(clamping: max(2, bounds.connect.components.seconds))
        guard let handle = cpq_open(url, "smppost", seconds) else {
            throw JournalProblem(.failed, "no memory for a connection to PostgreSQL")
        }
        self.handle = handle
        self.bounds = bounds
        guard cpq_is_open(handle) else {
            let words = String(cString: cpq_words(handle))
            throw PostgreSQLProblems.ofConnecting(
                words, at: place, tellsPassword: cpq_tells_password(handle, words))
        }
    }

    deinit {
        cpq_close(handle)
    }

    /// `db.example.net:5432`, or a socket's folder: where it is connected to, or was tried last.
    var place: String {
        let (host, port) = (String(cString: cpq_host(handle)), String(cString: cpq_port(handle)))
        return host.isEmpty ? "PostgreSQL" : host.hasPrefix("/") ? host : "\(host):\(port)"
    }

    /// Runs commands as one transaction, in one round trip (unless they begin or end transactions themselves).
    ///
    /// - Parameter take: gets the rows of command number n, which are there only during the call.
    /// - Throws: the first failure. None of the commands has had an effect, but for a lost connection: then they may have.
    func run(
        _ commands: [PostgreSQLCommand], within bound: Duration, take: (Int, PostgreSQLRows) -> Void = { _, _ in }
    ) throws(JournalProblem) {
        guard case .open = state else { throw JournalProblem(.unreachable, "the connection to PostgreSQL has ended") }
        lastFailure = ""
        cpq_begin(handle, Int32(clamping: PostgreSQLSchema.milliseconds(bound)))
        for command in commands where !queue(command) { throw lost() }
        guard cpq_sync(handle) else { throw lost() }

        var number = 0
        var failure: JournalProblem?
        while true {
            switch cpq_next(handle) {
            case CPQ_ROWS:
                take(number, PostgreSQLRows(handle: handle, count: cpq_row_count(handle)))
                number += 1
            case CPQ_DONE, CPQ_SKIPPED:
                number += 1
            case CPQ_FAILED:
                if failure == nil {
                    lastFailure = String(cString: cpq_sqlstate(handle))
                    failure = PostgreSQLProblems.of(
                        state: lastFailure, words: String(cString: cpq_words(handle)), at: place)
                }
                number += 1
            case CPQ_SYNCED:
                guard let failure else { return }
                throw failure
            case CPQ_LATE:
                state = .late
                throw JournalProblem(
                    .unreachable, "PostgreSQL at \(place) (journal.url) did not answer within \(bound)")
            default:
                // The server's last words say more than the end of the connection.
                let end = lost()
                throw failure ?? end
            }
        }
    }

    private func queue(_ command: PostgreSQLCommand) -> Bool {
        let parameters = command.parameters
        let count = Int32(clamping: parameters.ends.count)
        return switch command.kind {
        case .sql(let text): cpq_execute(handle, "", text, parameters.bytes, parameters.ends, count)
        case .prepared(let name): cpq_execute(handle, name, "", parameters.bytes, parameters.ends, count)
        case .prepare(let name, let sql): cpq_prepare(handle, name, sql)
        }
    }

    private func lost() -> JournalProblem {
        state = .ended
        return PostgreSQLProblems.ofConnection(String(cString: cpq_words(handle)), at: place)
    }
}

/// The rows of one command, while they are there.
struct PostgreSQLRows {
    fileprivate let handle: OpaquePointer
    let count: Int32

    func isNull(_ row: Int32, _ column: Int32) -> Bool { cpq_is_null(handle, row, column) }

    /// Empty where it is null.
    func text(_ row: Int32, _ column: Int32) -> String { String(cString: cpq_text(handle, row, column)) }

    /// 0 where it is null.
    func integer(_ row: Int32, _ column: Int32) -> Int64 { cpq_integer(handle, row, column) }

    /// False where it is null.
    func flag(_ row: Int32, _ column: Int32) -> Bool { text(row, column) == "t" }
}
