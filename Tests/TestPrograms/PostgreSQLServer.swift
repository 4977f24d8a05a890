import Foundation
import Glibc

/// Debian's PostgreSQL in a temporary folder, on a Unix socket and a loopback port; it takes TCP only with TLS and a password.
///
/// It ends with this process, however that ends: a shell beside it waits for the end of its input.
package final class PostgreSQLServer: Sendable {
    package static let password = "s3cret-of-the-test"
    package static let user = "postgres"

    /// Whether PostgreSQL is there, or must be (`SMPPOST_REQUIRE_PEERS`).
    package static let isThere =
        ProcessInfo.processInfo.environment["SMPPOST_REQUIRE_PEERS"] == "1" || programFolder != nil

    private static let programFolder: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin/" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "postgres") }
    }()

    /// The one that tests share which leave it as it is; each of them has a database of its own.
    private static let made = Task { try await PostgreSQLServer() }

    package static func shared() async throws -> PostgreSQLServer { try await made.value }

    /// Also the folder of the Unix socket, so its path is short.
    package let folder: String
    package let port: Int
    private let process = Watched<ProcessHandle?>(nil)
    private let serverID = Watched<Int32>(0)

    /// Makes one and starts it.
    ///
    /// - Parameter primary: whose synchronous standby it is; nil = it is a primary itself.
    package init(standbyOf primary: PostgreSQLServer? = nil) async throws {
        folder = "/tmp/smppost-pg-" + UUID().uuidString.prefix(8)
        // Below the ports that the kernel gives out by itself.
        port = Int.random(in: 20_000..<32_000)
        try await prepare()
        if let primary {
            try await makeStandby(of: primary)
        } else {
            try await initialize()
            try await start()
        }
    }

    deinit {
        process.value?.closeInput()
    }

    private static func program(_ name: String) throws -> String {
        guard let programFolder else { throw HarnessError("there is no PostgreSQL in /usr/lib/postgresql") }
        return programFolder + name
    }

    /// PostgreSQL does not run as root.
    private static func asItsUser(_ words: [String]) -> (String, [String]) {
        let prefix = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        let all = prefix + words
        return (all[0], Array(all.dropFirst()))
    }

    private static func runAsItsUser(_ words: [String], input: String? = nil) async throws {
        let (program, arguments) = asItsUser(words)
        let end = try await run(program, arguments, input: input, folder: "/tmp", atMost: .seconds(60))
        guard end.exitCode == 0 else { throw HarnessError("\(words[0]): \(end.everything)") }
    }

    private func prepare() async throws {
        try await Self.runAsItsUser(["mkdir", "-m", "700", folder])
        try await Self.runAsItsUser(
            ["sh", "-c", "cat > \(folder)/password; chmod 600 \(folder)/password"], input: Self.password + "\n")
        try await Self.runAsItsUser([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", folder + "/server.key", "-out", folder + "/server.crt",
        ])
        // The tests may run as another user: the certificate and the socket are for all.
        try await Self.runAsItsUser(["chmod", "755", folder])
    }

    private func initialize() async throws {
        try await Self.runAsItsUser([
            try Self.program("initdb"), "-D", folder + "/data", "-U", Self.user, "-N", "-E", "UTF8", "--locale=C",
            "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=\(folder)/password",
        ])
        let access = """
            local all all trust
            local replication all trust
            hostssl all all 127.0.0.1/32 scram-sha-256

            """
        try await Self.runAsItsUser(["sh", "-c", "cat > \(folder)/data/pg_hba.conf"], input: access)
    }

    // MARK: Its life

    /// Starts it and waits until it answers.
    package func start() async throws {
        let script = """
            exec 3<&0
            folder=$1; shift
            "$@" </dev/null 3<&- &
            server=$!
            echo "server=$server;"
            (while read -r line <&3; do :; done; touch "$folder/orphan"; kill -QUIT $server) 2>/dev/null &
            watcher=$!
            wait $server
            kill $watcher 2>/dev/null
            [ ! -e "$folder/orphan" ] || rm -rf "$folder"
            """
        let (program, arguments) = Self.asItsUser([
            "sh", "-c", script, "sh", folder, try Self.program("postgres"), "-D", folder + "/data", "-k", folder,
            "-p", "\(port)", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "shared_buffers=32MB",
            "-c", "max_connections=40", "-c", "ssl=on", "-c", "ssl_cert_file=\(folder)/server.crt",
            "-c", "ssl_key_file=\(folder)/server.key", "-c", "autovacuum=off",
        ])
        // After kill -9 the old processes may still be ending: then a new one refuses to start for a moment.
        for attempt in 1... {
            let process = try ProcessHandle(program, arguments, keepsInput: true, folder: "/tmp")
            do {
                try await process.waitForOutput(containing: "ready to accept")
                self.process.update { $0 = process }
                let id = process.current.standardOutput.split(separator: ";").first?.split(separator: "=").last
                serverID.update { $0 = id.flatMap { Int32($0) } ?? 0 }
                return
            } catch {
                guard attempt < 20 else { throw error }
                process.closeInput()
                try await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// Stops it as an administrator does: sessions are ended, nothing is lost.
    package func stop() async throws { try await end(SIGINT) }

    /// Kills it: a crash of the server.
    package func crash() async throws { try await end(SIGKILL) }

    private func end(_ signal: Int32) async throws {
        guard let process = process.value, serverID.value > 0 else { return }
        kill(serverID.value, signal)
        _ = try await process.waitForExit()
        self.process.update { $0 = nil }
        serverID.update { $0 = 0 }
    }

    /// For a server of a test's own: ends it and removes its folder.
    package func remove() async throws {
        try await end(SIGQUIT)
        try await Self.runAsItsUser(["rm", "-rf", folder])
    }

    /// At the next start it is a standby of nobody.
    package func makeStandby() async throws {
        try await Self.runAsItsUser(["touch", folder + "/data/standby.signal"])
    }

    /// Whatever it was, it begins anew as the standby that this primary's commits wait for, where their sessions say so.
    package func makeStandby(of primary: PostgreSQLServer) async throws {
        try await Self.runAsItsUser(["rm", "-rf", folder + "/data"])
        try await Self.runAsItsUser([
            try Self.program("pg_basebackup"), "-D", folder + "/data", "-R", "-c", "fast", "--no-sync", "-h",
            primary.folder, "-p", "\(primary.port)", "-U", Self.user,
        ])
        try await start()
        // Not before: what the standby has copied must not wait for one when it is promoted.
        _ = try await primary.psql("ALTER SYSTEM SET synchronous_standby_names = '*'", in: "postgres")
        _ = try await primary.psql("SELECT pg_reload_conf()", in: "postgres")
        try await eventually("replicated synchronously") {
            try await primary.psql("SELECT state, sync_state FROM pg_stat_replication", in: "postgres")
                .contains("streaming|sync")
        }
    }

    /// A standby becomes a primary, and waits until it is one.
    package func promote() async throws {
        guard try await psql("SELECT pg_promote()", in: "postgres").hasPrefix("t") else {
            throw HarnessError("the standby was not promoted")
        }
    }

    // MARK: Databases

    package var certificate: String { folder + "/server.crt" }
    package var socket: String { "\(folder)/.s.PGSQL.\(port)" }

    /// Through the Unix socket, without a password.
    package func url(of database: String) -> String {
        "postgresql://\(Self.user)@/\(database)?host=\(folder)&port=\(port)"
    }

    /// Of whichever of these servers takes writes.
    package static func url(of database: String, at servers: [PostgreSQLServer]) -> String {
        let hosts = servers.map(\.folder).joined(separator: ",")
        let ports = servers.map { "\($0.port)" }.joined(separator: ",")
        return "postgresql://\(user)@/\(database)?host=\(hosts)&port=\(ports)&target_session_attrs=read-write"
    }

    /// Through TCP.
    package func tcpURL(
        of database: String, password: String = PostgreSQLServer.password, host: String = "127.0.0.1",
        parameters: String
    ) -> String {
        "postgresql://\(Self.user):\(password)@\(host):\(port)/\(database)?\(parameters)"
    }

    /// Runs one command by PostgreSQL's own client.
    ///
    /// - Returns: what it printed: a line for each row, fields with `|` between them.
    package func psql(_ command: String, in database: String) async throws -> String {
        let end = try await run(
            try Self.program("psql"),
            [
                "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", "\(port)", "-U", Self.user, "-d",
                database,
                "-c", command,
            ])
        guard end.exitCode == 0 else { throw HarnessError("psql: \(end.everything)") }
        return end.standardOutput
    }

    /// A name for a database that is not there yet.
    package static var newName: String { "t" + UUID().uuidString.replacing("-", with: "").lowercased() }
}
