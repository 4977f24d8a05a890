package import SMPP

/// `intake:` of `smppost.yaml`.
package struct IntakeSettings: Hashable, Sendable {
    /// `listen`: at least one address. Port 0 takes any free port.
    package var listen: [HostPort] = []
    /// `path`: of the form, with its leading slash.
    package var path = "/sms"
    /// `chat_path`: of the messages of PlanFix's chats, likewise.
    package var chatPath = "/planfix/chat"
    /// `tls.certificate`: the certificate chain in PEM.
    package var certificateFile = ""
    /// `tls.key`: its private key in PEM.
    package var keyFile = ""
    /// `tls.client_ca`: clients must show a certificate of one of these authorities; nil asks for none.
    package var clientCAFile: String?
    /// `reply_within`: a reply comes within this time; 1 s to 25 s.
    package var replyWithin: Duration = .seconds(10)
    /// `max_connections`: open at one time; 1 to 1,000,000.
    package var maxConnections = 10_000
    /// `max_connections_per_address`: of one address (of IPv6: its /64); 1 to 1,000,000; by default a quarter of all.
    package var maxConnectionsPerAddress = 2_500
    /// `allow_from`: addresses and CIDR blocks that may connect; empty = everywhere.
    package var allowFrom: [String] = []
    /// `proxy_protocol.from`: balancers, as addresses and CIDR blocks.
    package var proxies: [String] = []
    /// `max_unfinished`: bytes of heads and bodies that have not arrived whole, of all connections; 1 MiB to 4 GiB.
    package var maxUnfinishedBytes = 64 << 20
    /// `max_body`: bytes of a request's body; 1 KiB to 1 MiB.
    package var maxBodyBytes = 64 * 1024
    /// `max_headers`: bytes of a request's headers; 1 KiB to 64 KiB.
    package var maxHeaderBytes = 16 * 1024
    /// `request_timeout`: from a request's first byte to its last; 1 s to 60 s.
    package var requestTimeout: Duration = .seconds(10)
    /// `idle_timeout`: a connection without a request is closed after it; 1 s to 1 h.
    package var idleTimeout: Duration = .seconds(60)
    /// `max_pipelined`: requests of one connection that wait for their replies; 1 to 1000.
    package var maxPipelined = 16
    /// `lockout.attempts`: wrong passwords of one login at one address, or wrong keys and logins of one address; 1 to 10,000.
    package var lockoutAttempts = 10
    /// `lockout.per`: in this time; 1 s to 24 h.
    package var lockoutPer: Duration = .seconds(300)
    /// `lockout.trusted`: addresses and CIDR blocks that are not locked for all the logins behind them.
    package var lockoutTrusted: [String] = []
    /// `proven_file`: its path resolved; nil in settings that were not read.
    package var provenFile: String?
    /// `scrypt_queue`: passwords that wait to be checked; 1 to 10,000.
    package var scryptQueue = 64
    /// `scrypt_threads`: passwords checked at one time; 1 to 64.
    package var scryptThreads = 1
    /// `recipient_memory`: messages of the last hour that `per_recipient` counts, of all accounts; 1,000 to 10,000,000.
    package var recipientMemory = 200_000
    /// `conversation_memory`: numbers of which it is known whose chat they answer to, of all accounts; 1,000 to 10,000,000.
    package var conversationMemory = 100_000
    /// `default_language`: `ru` or `en`, where the account is not known.
    package var defaultLanguage = "ru"

    package init() {}
}

extension IntakeSettings {
    /// Reads `intake:`.
    init(reading reader: MappingReader, context: LoadContext) {
        self.init()
        let addresses = reader.texts(
            "listen", limit: 64, ifEmpty: "names no address", wanted: HostPort.wanted, HostPort.parse)
        if let addresses {
            listen = addresses.map(\.value)
        } else {
            reader.missing("listen", hint: "for example [\"0.0.0.0:8443\"]")
        }
        readPaths(reader)
        if reader.has("tls") {
            let tls = reader.section("tls")
            if let pair = tls.certificatePair(context: context) {
                (certificateFile, keyFile) = pair
            } else if !tls.has("certificate"), !tls.has("key") {
                tls.missing("certificate")
                tls.missing("key")
            }
            clientCAFile = tls.authorityFile("client_ca", context: context)
            tls.finish()
        } else {
            reader.missing("tls", hint: "forms are taken over HTTPS only: { certificate: FILE, key: FILE }")
        }
        readBounds(reader)
        readLockout(reader, context: context)
        defaultLanguage = reader.choice("default_language", ["ru": "ru", "en": "en"], default: defaultLanguage)
        reader.finish()
    }

    private mutating func readPaths(_ reader: MappingReader) {
        path = Self.path("path", default: path, reader)
        chatPath = Self.path("chat_path", default: chatPath, reader)
        if path == chatPath {
            reader.log.problem("\"path\" and \"chat_path\" are the same", at: reader.place(of: "chat_path"))
        }
    }

    private static func path(_ key: String, default fallback: String, _ reader: MappingReader) -> String {
        let path = reader.string(key, default: fallback, limit: 200)
        let isPath =
            path.hasPrefix("/")
            && path.utf8.allSatisfy { $0.isLetter || $0.isDigit || "/-._~".utf8.contains($0) }
        if !isPath {
            reader.log.problem(
                "\"\(key)\" must begin with / and have only letters, digits, / - . _ and ~, not \(path.quoted)",
                at: reader.place(of: key))
        }
        return path
    }

    private mutating func readBounds(_ reader: MappingReader) {
        replyWithin = reader.duration("reply_within", in: .seconds(1)...(.seconds(25)), default: replyWithin)
        maxConnections = reader.integer("max_connections", in: 1...1_000_000, default: maxConnections)
        let quarter = max(1, maxConnections / 4)
        maxConnectionsPerAddress = reader.integer("max_connections_per_address", in: 1...1_000_000, default: quarter)
        allowFrom = reader.addressBlocks("allow_from", ifEmpty: "is empty; remove the key to allow every address")
        let proxy = reader.section("proxy_protocol")
        proxies = proxy.addressBlocks("from", ifEmpty: "names no balancer")
        if reader.has("proxy_protocol"), !proxy.has("from") { proxy.missing("from", hint: "the balancers' addresses") }
        proxy.finish()
        maxUnfinishedBytes = reader.size("max_unfinished", in: (1 << 20)...(4 << 30), default: maxUnfinishedBytes)
        maxBodyBytes = reader.size("max_body", in: 1024...1_048_576, default: maxBodyBytes)
        maxHeaderBytes = reader.size("max_headers", in: 1024...65_536, default: maxHeaderBytes)
        requestTimeout = reader.duration("request_timeout", in: .seconds(1)...(.seconds(60)), default: requestTimeout)
        idleTimeout = reader.duration("idle_timeout", in: .seconds(1)...(.seconds(3600)), default: idleTimeout)
        maxPipelined = reader.integer("max_pipelined", in: 1...1000, default: maxPipelined)
        scryptQueue = reader.integer("scrypt_queue", in: 1...10_000, default: scryptQueue)
        scryptThreads = reader.integer("scrypt_threads", in: 1...64, default: scryptThreads)
        recipientMemory = reader.integer("recipient_memory", in: 1000...10_000_000, default: recipientMemory)
        conversationMemory = reader.integer(
            "conversation_memory", in: 1000...10_000_000, default: conversationMemory)
    }

    private mutating func readLockout(_ reader: MappingReader, context: LoadContext) {
        let lockout = reader.section("lockout")
        lockoutAttempts = lockout.integer("attempts", in: 1...10_000, default: lockoutAttempts)
        lockoutPer = lockout.duration("per", in: .seconds(1)...(.seconds(86_400)), default: lockoutPer)
        lockoutTrusted = lockout.addressBlocks("trusted", ifEmpty: "is empty; remove the key where none is meant")
        lockout.finish()
        // systemd tells where a service's state lies.
        let folder = context.environment["STATE_DIRECTORY"].flatMap { $0.split(separator: ":").first } ?? "var"
        provenFile = FileProbe.resolve(
            reader.string("proven_file", default: "\(folder)/proven-logins"), from: reader.place(of: "proven_file").file
        )
    }
}

/// Where we listen.
extension HostPort {
    /// What `parse` wants, for messages.
    static let wanted = "an address and a port like 127.0.0.1:8443 or [::]:8443"

    /// Nil where `text` is not host and port.
    package static func parse(_ text: String) -> HostPort? {
        NetworkText.hostPort(text).map { HostPort(host: $0.host, port: $0.port) }
    }
}
