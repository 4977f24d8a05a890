import Foundation
import TestPrograms
import Testing

@testable import Journal

/// Passwords, TLS and URLs: who is let in, and what a failure says.
@Suite(.enabled(if: PostgreSQLServer.isThere)) struct PostgreSQLAccessTests {
    @Test func tlsIsUsedAndTheCertificateIsVerified() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let url = server.tcpURL(
            of: database, parameters: "sslmode=verify-full&sslrootcert=\(server.certificate)")
        let store = PostgreSQLStore(url: url)
        try store.open()
        try store.append(PostgreSQLSamples.batch(1))
        let session = try PostgreSQLConnection(url: url, bounds: .init())
        var version = ""
        try session.run([.sql("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")], within: .seconds(5)) {
            version = $1.text(0, 0)
        }
        #expect(version == "TLSv1.3")
        #expect(try PostgreSQLReader(url: url).messages(JournalFilter()).count == 3)
    }

    /// No TLS; a certificate that nobody vouches for; one of another name; a file that is not there.
    @Test(arguments: [
        "sslmode=disable", "sslmode=verify-full&sslrootcert=OTHER",
        "sslmode=verify-full&sslrootcert=OWN&host=db.example.net&hostaddr=127.0.0.1",
        "sslmode=verify-full&sslrootcert=/nonexistent/ca.crt",
    ])
    func connectionThatIsNotSafeIsRefused(parameters: String) async throws {
        let server = try await PostgreSQLServer.shared()
        let other = server.folder + "/other-\(UUID().uuidString).crt"
        if parameters.contains("OTHER") {
            let made = try await run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", "/CN=other", "-keyout", "/dev/null", "-out", other,
                ])
            #expect(made.exitCode == 0, "\(made.everything)")
        }
        let words = parameters.replacing("OTHER", with: other).replacing("OWN", with: server.certificate)
        let store = PostgreSQLStore(url: server.tcpURL(of: "postgres", parameters: words))
        let problem = try #require(throws: JournalProblem.self) { try store.open() }
        #expect(problem.kind == .unreachable)
        #expect(!problem.words.contains(PostgreSQLServer.password))
    }

    @Test func wrongPasswordIsToldWithoutIt() async throws {
        let server = try await PostgreSQLServer.shared()
        let wrong = "wr0ng-of-the-test"
        let url = server.tcpURL(of: "postgres", password: wrong, parameters: "sslmode=require")
        let problem = try #require(throws: JournalProblem.self) { try PostgreSQLStore(url: url).open() }
        #expect(problem.kind == .unreachable)
        #expect(problem.cause == .login && problem.words.contains("127.0.0.1:\(server.port)"))
        #expect(problem.words.contains("journal.url") && problem.words.contains("password authentication failed"))
        #expect(!problem.words.contains(wrong) && !problem.words.contains("postgresql://"))
    }

    /// A password that stands in a URL as it is looks like a host, a port or a database; it is not repeated.
    @Test(arguments: [
        "postgresql://user:S3CRET@x@host/db", "postgresql://user:S3CRET/x@host/db", "postgresql://S3CRET x/db",
        "postgresql://user:S3C%RET@host/db", "postgresql://user:pw@host/db?S3CRET=1",
        "postgresql://user:1/S3CRET@host/db",
        "postgresql://user:pw@host:S3CRET/db", "host=localhost password=S3CRET", "sqlite:S3CRET", "",
        "postgresql://[S3CRET/db",
    ])
    func brokenURLIsNotRepeated(url: String) throws {
        let problem = try #require(throws: JournalProblem.self) { try PostgreSQLStore(url: url).open() }
        #expect(problem.kind == .incompatible)
        #expect(!problem.words.contains("S3C") && !problem.words.contains("RET"), "\(problem)")
    }

    @Test func nobodyThereIsTold() throws {
        // Port 1 of the loopback: nobody listens.
        let store = PostgreSQLStore(url: "postgresql://user:S3CRET@127.0.0.1:1/db")
        let problem = try #require(throws: JournalProblem.self) { try store.open() }
        #expect(problem.kind == .unreachable)
        let told = "nobody listens at 127.0.0.1:1: look whether PostgreSQL runs, and at host and port in journal.url ["
        #expect(problem.cause == .refused && problem.words.hasPrefix(told), "\(problem)")
        #expect(problem.words.contains("Connection refused") && !problem.words.contains("S3CRET"), "\(problem)")
        let nowhere = PostgreSQLReader(url: "postgresql://user@db.invalid/db")
        #expect(PostgreSQLSamples.kind { _ = try nowhere.inbound(JournalFilter()) } == .unreachable)
    }

    /// Of several hosts the first that answers is taken.
    @Test func nextHostIsTried() async throws {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let url =
            "postgresql://\(PostgreSQLServer.user):\(PostgreSQLServer.password)@127.0.0.1:1,127.0.0.1:\(server.port)/"
            + "\(database)?sslmode=require"
        try PostgreSQLStore(url: url).open()
    }

    @Test(arguments: [
        ("08006", JournalProblem.Kind.unreachable), ("25006", .readOnly), ("42501", .readOnly), ("53100", .full),
        ("53300", .unreachable), ("57014", .unreachable), ("57P01", .unreachable), ("57P03", .unreachable),
        ("40P01", .unreachable), ("42P01", .corrupt), ("42804", .incompatible), ("XX001", .corrupt), ("22021", .failed),
        ("23514", .failed), ("XX000", .failed), ("P0001", .failed), ("", .unreachable),
    ])
    func statesAreKinds(state: String, kind: JournalProblem.Kind) {
        #expect(PostgreSQLProblems.of(state: state, words: "words", at: "db:5432").kind == kind)
    }

    @Test func wordsAreOneShortLine() {
        let words =
            "connection to server failed: FATAL:  no\n\tIs it running?\nsecond " + String(repeating: "x", count: 400)
        let problem = PostgreSQLProblems.ofConnecting(words, at: "db:5432", tellsPassword: false)
        let told = "no connection to PostgreSQL at db:5432 (journal.url) [connection to server failed: no; second xx"
        #expect(problem.words.hasPrefix(told), "\(problem)")
        #expect(problem.words.count < 370 && !problem.words.contains("\n"))
        let secret = PostgreSQLProblems.ofConnecting("it is S3CRET", at: "db:5432", tellsPassword: true)
        #expect(!secret.words.contains("S3CRET"))
    }

    /// What libpq 15 and servers in English and Russian say.
    @Test(arguments: [
        (
            "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running",
            PostgreSQLCause.refused
        ),
        ("connection to server on socket \"/tmp/.s.PGSQL.1\" failed: No such file or directory", .refused),
        ("could not translate host name \"db.invalid\" to address: Name or service not known", .noSuchHost),
        ("connection to server at \"192.0.2.1\", port 5432 failed: timeout expired", .noAnswer),
        ("connection to server at \"::1\", port 1 failed: FATAL:  database \"x\" does not exist", .noDatabase),
        ("ВАЖНО:  база данных \"x\" не существует", .noDatabase),
        ("FATAL:  password authentication failed for user \"u\"", .login),
        ("ВАЖНО:  пользователь \"u\" не прошёл проверку подлинности (по паролю)", .login),
        ("FATAL:  role \"u\" does not exist", .login), ("fe_sendauth: no password supplied", .login),
        ("FATAL:  no pg_hba.conf entry for host \"192.0.2.1\", user \"u\", database \"d\", no encryption", .notAllowed),
        ("FATAL:  sorry, too many clients already", .tooManyConnections),
        (
            "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
            .tooManyConnections
        ),
        ("FATAL:  the database system is starting up", .starting),
        ("server certificate for \"a\" does not match host name \"b\"", .tls),
        ("server does not support SSL, but SSL was required", .tls),
    ])
    func libpqsWordsAreKnown(words: String, cause: PostgreSQLCause) {
        #expect(PostgreSQLCause(words: words) == cause)
    }

    @Test func whatThereIsNot() async throws {
        let server = try await PostgreSQLServer.shared()
        for (url, cause) in [
            (server.tcpURL(of: "nowhere", parameters: "sslmode=require"), PostgreSQLCause.noDatabase),
            (server.tcpURL(of: "postgres", parameters: "sslmode=verify-full&sslrootcert=/nonexistent"), .tls),
            ("postgresql://user@db.invalid/db", .noSuchHost),
        ] {
            let problem = try #require(throws: JournalProblem.self) { try PostgreSQLStore(url: url).open() }
            #expect(problem.cause == cause, "\(problem)")
        }
    }
}
