package import HTTPService

/// `cluster:` of `smppost.yaml`: this node of several that share carriers and a journal.
package struct ClusterSettings: Hashable, Sendable {
    /// Who vouches that what PostgreSQL has committed survives a failover.
    package enum Database: String, Hashable, Sendable {
        /// The server itself, by synchronous replication, which a start looks for.
        case synchronous
        /// Somebody else, as the provider of a managed one: nothing is looked for.
        case managed
    }

    /// `name`: of this node, of no other.
    package var name: String
    /// `address`: where the other nodes reach this node's intake.
    package var address: HTTPURL
    /// `ca`: the authority that the nodes' certificates are of, in PEM.
    package var caFile: String
    /// `certificate`: what this node shows to the others, the chain in PEM.
    package var certificateFile: String
    /// `key`: its private key in PEM.
    package var keyFile: String
    /// `database`.
    package var database = Database.synchronous
    /// `passing.connections`: to one other node, over which forms are passed on to it, of all event loops together; 1 to 10,000, and one
    /// for each loop at least.
    package var passingConnections = 256
    /// `passing.queue`: forms that wait for such a connection, likewise; 1 to 100,000.
    package var passingQueue = 1_000
    /// `passing.connect_within`: the time for a connection to another node, and then for its TLS handshake; 0.1 s to 10 s.
    package var passingConnectWithin = Duration.seconds(1)

    package init(name: String, address: HTTPURL, caFile: String, certificateFile: String, keyFile: String) {
        self.name = name
        self.address = address
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

extension ClusterSettings {
    /// Reads `cluster:`; nil after a report.
    ///
    /// - Parameter journal: what all nodes share.
    init?(reading reader: MappingReader, journal: JournalSettings?, context: LoadContext) {
        let name = Self.required(
            "name", reader, wanted: "1 to 32 characters of a-z, 0-9, _ and -", hint: "of this node, of no other"
        ) { Self.isName($0) ? $0 : nil }
        let address = Self.required(
            "address", reader, wanted: "an address like https://node-a.example:8443, without a path",
            hint: "where the other nodes reach this node's intake", Self.address)
        if !reader.has("ca") { reader.missing("ca", hint: "the authority of the nodes' certificates") }
        let authority = reader.authorityFile("ca", context: context)
        let pair = reader.certificatePair(context: context)
        if !reader.has("certificate"), !reader.has("key") {
            reader.missing("certificate", hint: "what this node shows to the others")
        }
        let database = reader.choice(
            "database", ["synchronous": .synchronous, "managed": .managed], default: Database.synchronous)
        Self.check(journal, reader)
        let passing = reader.section("passing")
        let connections = passing.integer("connections", in: 1...10_000, default: 256)
        let queue = passing.integer("queue", in: 1...100_000, default: 1_000)
        let connectWithin = passing.duration(
            "connect_within", in: .milliseconds(100)...(.seconds(10)), default: .seconds(1))
        passing.finish()
        reader.finish()
        guard let name, let address, let authority, let pair else { return nil }
        self.init(
            name: name, address: address, caFile: authority, certificateFile: pair.certificate, keyFile: pair.key)
        self.database = database
        (passingConnections, passingQueue, passingConnectWithin) = (connections, queue, connectWithin)
    }

    private static func required<Value>(
        _ key: String, _ reader: MappingReader, wanted: String, hint: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let node = reader.value(key) else {
            reader.missing(key, hint: hint)
            return nil
        }
        return reader.scalar(node, named: key, wanted: wanted, parse)
    }

    private static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                octet.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) || "_-".utf8.contains(octet)
            }
    }

    private static func address(_ text: String) -> HTTPURL? {
        guard let url = HTTPURL(text), url.scheme == .https, url.target == "/",
            NetworkText.isHostName(url.host) || NetworkText.isIPv6(url.host)
        else { return nil }
        return url
    }

    /// What is decided together is decided in PostgreSQL, or not at all.
    private static func check(_ journal: JournalSettings?, _ reader: MappingReader) {
        guard let journal else {
            reader.log.problem(
                "\"cluster\" needs \"journal\" with a postgresql:// URL, the same at all nodes", at: reader.place)
            return
        }
        if case .sqlite = journal.store {
            reader.log.problem(
                "\"cluster\" needs a postgresql:// URL in \"journal\": a SQLite file is one node's", at: reader.place)
        }
        if journal.onOutage == .continue {
            reader.log.problem(
                "\"cluster\" does not go with \"on_outage: continue\" of \"journal\": without PostgreSQL nobody knows whose "
                    + "turn it is; take it out", at: reader.place)
        }
    }
}
