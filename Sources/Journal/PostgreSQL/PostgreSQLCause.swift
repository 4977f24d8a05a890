package import SMPP

/// Why PostgreSQL cannot be used, where it is known what to do about it.
package enum PostgreSQLCause: Hashable, Sendable, CaseIterable {
    /// Nobody listens there.
    case refused
    case noSuchHost
    /// Nothing came back.
    case noAnswer
    case noDatabase
    /// The user, or its password.
    case login
    /// `pg_hba.conf` has no line for us.
    case notAllowed
    case tooManyConnections
    /// The user may not do what we need.
    case rights
    /// It takes no writes.
    case standby
    /// No connection that is safe enough.
    case tls
    /// It starts or stops.
    case starting

    /// What is wrong and what to do; `%` stands for where the server is.
    package var phrase: Phrase {
        switch self {
        case .refused:
            Phrase(
                en: "nobody listens at %: look whether PostgreSQL runs, and at host and port in journal.url",
                ru:
                    "на % никто не принимает соединений: проверьте, работает ли PostgreSQL, и адрес с портом в journal.url"
            )
        case .noSuchHost:
            Phrase(
                en: "there is no host of %: look at its name in journal.url, and at DNS",
                ru: "узла из % не существует: проверьте его имя в journal.url и DNS")
        case .noAnswer:
            Phrase(
                en: "no answer from %: a firewall, or the host is down",
                ru: "% не отвечает: мешает межсетевой экран или узел выключен")
        case .noDatabase:
            Phrase(
                en: "there is no such database at %: make it, or mend its name in journal.url",
                ru: "на % нет такой базы: создайте её или исправьте имя в journal.url")
        case .login:
            Phrase(
                en: "% does not take our user or password: look at both in journal.url",
                ru: "% не принимает нашего имени или пароля: проверьте их в journal.url")
        case .notAllowed:
            Phrase(
                en: "% lets nobody in from this address as this user: it needs a line in pg_hba.conf there",
                ru: "% не пускает с этого адреса под этим именем: нужна строка в pg_hba.conf на той стороне")
        case .tooManyConnections:
            Phrase(
                en: "% takes no more connections: end some, or raise max_connections there",
                ru: "% больше не принимает соединений: закройте лишние или увеличьте там max_connections")
        case .rights:
            Phrase(
                en: "our user has too few rights at %: it must own the schema smppost and its tables",
                ru: "у нашего пользователя мало прав на %: он должен владеть схемой smppost и её таблицами")
        case .standby:
            Phrase(
                en: "% takes no writes, it is a standby: name the primary in journal.url",
                ru: "% не принимает записи, это резервный сервер: укажите в journal.url основной")
        case .tls:
            Phrase(
                en: "no safe connection to %: look at its certificate, and at sslmode and sslrootcert in journal.url",
                ru: "нет защищённого соединения с %: проверьте его сертификат, sslmode и sslrootcert в journal.url")
        case .starting:
            Phrase(
                en: "% starts or stops: it should pass, else look at its log",
                ru: "% запускается или останавливается: это должно пройти, иначе смотрите его журнал")
        }
    }

    /// Of a SQLSTATE (PostgreSQL, Appendix A); nil where it says nothing of these.
    init?(state: String) {
        switch state {
        case "25006": self = .standby
        case "28000": self = .notAllowed
        case "28P01": self = .login
        case "3D000": self = .noDatabase
        case "42501": self = .rights
        case "53300": self = .tooManyConnections
        case "57P01", "57P02", "57P03": self = .starting
        default: return nil
        }
    }

    /// Of libpq's words about a connection that did not come about: there is no SQLSTATE of it. A server writes in its own language:
    /// English and Russian are known. Of several addresses the first one that tells counts.
    init?(words: String) {
        let known: [(Self, [String])] = [
            (.login, ["password authentication failed", "no password supplied", "не прошёл проверку подлинности"]),
            (.notAllowed, ["pg_hba.conf"]),
            (.tooManyConnections, ["too many clients", "too many connections", "connection slots", "слишком много"]),
            (.starting, ["the database system is", "система баз данных"]),
            (.rights, ["permission denied for database", "нет доступа к базе"]),
            (.standby, ["session is read-only", "server is in hot standby mode"]),
            (.tls, ["SSL", "certificate", "sslrootcert"]),
            (.noSuchHost, ["could not translate host name"]),
            (.refused, ["Connection refused", "No such file or directory"]),
            (.noAnswer, ["timeout expired", "timed out", "No route to host", "unreachable"]),
        ]
        if words.contains("role \"") || words.contains("роль \"") {
            self = .login
        } else if words.contains("database \""), words.contains("does not exist") {
            self = .noDatabase
        } else if words.contains("база данных \""), words.contains("не существует") {
            self = .noDatabase
        } else if let cause = known.first(where: { $0.1.contains(where: words.contains) })?.0 {
            self = cause
        } else {
            return nil
        }
    }
}
