/// `monitor:` of `smppost.yaml`.
package struct MonitorSettings: Hashable, Sendable, CustomStringConvertible {
    /// `listen`: one address. Port 0 takes any free port.
    package var listen = ListenAddress(host: "127.0.0.1", port: 8080)
    /// `token`, `token_file` or `token_env`: at least 16 octets; there whenever `listen` is not loopback. Never printed.
    package var token: String?

    package init() {}

    /// Never the token.
    package var description: String { "MonitorSettings(\(listen))" }
}

/// `journal:` of `smppost.yaml`.
package struct JournalSettings: Hashable, Sendable, CustomStringConvertible {
    /// Where the journal is kept.
    package enum Store: Hashable, Sendable {
        /// A file, its path resolved.
        case sqlite(path: String)
        /// A connection URL. It may hold a password: never printed.
        case postgresql(url: String)
    }

    /// `url`: `sqlite:FILE`, `postgresql://…` or `postgres://…`.
    package var store: Store
    /// `keep_text`: whether texts are stored.
    package var keepText = false
    /// `mask_numbers`: whether numbers are stored masked.
    package var maskNumbers = false
    /// `retention`: rows older than this are deleted; 1 h to 10 years.
    package var retention: Duration = .seconds(30 * 86_400)
    /// `in_doubt_ttl`: how long an unresolved message answers its repeats; 1 m to 48 h.
    package var inDoubtTTL: Duration = .seconds(3 * 3600)

    package init(store: Store) {
        self.store = store
    }

    /// Never the URL.
    package var description: String {
        switch store {
        case .sqlite: "JournalSettings(sqlite)"
        case .postgresql: "JournalSettings(postgresql)"
        }
    }
}

/// `log:` of `smppost.yaml`.
package struct LogSettings: Hashable, Sendable {
    /// How a log line is written.
    package enum Format: String, Hashable, Sendable {
        case text, json
    }

    /// `level`: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var level = "info"
    /// `format`.
    package var format = Format.text

    package init() {}
}

extension MonitorSettings {
    /// Reads `monitor:`; with no key at all it listens on loopback.
    init(reading reader: MappingReader, context: LoadContext) {
        self.init()
        if let node = reader.value("listen") {
            let address = reader.scalar(node, named: "listen", wanted: ListenAddress.wanted, ListenAddress.parse)
            listen = address ?? listen
        }
        if let secret = reader.secret("token", context: context) {
            token = secret.text
            if secret.text.utf8.count < 16 || !secret.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                reader.log.problem(
                    "the token must have at least 16 visible ASCII characters, without spaces", at: secret.place)
            }
        }
        let hasToken = ["token", "token_file", "token_env"].contains { reader.has($0) }
        if !hasToken, !NetworkText.isLoopback(listen.host) {
            reader.log.problem(
                "the monitor listens on more than this machine, so it needs \"token_file\", \"token_env\" or \"token\"",
                at: reader.place(of: "listen"))
        }
        reader.finish()
    }
}

extension JournalSettings {
    /// Reads `journal:`. Nothing records into it yet, and the operator is told.
    init?(reading reader: MappingReader) {
        let store = Self.store(reader)
        self.init(store: store ?? .sqlite(path: ""))
        keepText = reader.flag("keep_text", default: keepText)
        maskNumbers = reader.flag("mask_numbers", default: maskNumbers)
        let longest = Duration.seconds(3650 * 86_400)
        retention = reader.duration("retention", in: .seconds(3600)...longest, default: retention)
        inDoubtTTL = reader.duration("in_doubt_ttl", in: .seconds(60)...(.seconds(48 * 3600)), default: inDoubtTTL)
        reader.finish()
        reader.log.warning(
            "this version keeps no journal: \"journal\" is checked and nothing is recorded", at: reader.place)
        if store == nil { return nil }
    }

    private static func store(_ reader: MappingReader) -> Store? {
        guard reader.has("url") else {
            reader.missing("url", hint: "for example sqlite:var/smppost.db")
            return nil
        }
        guard let url = reader.optionalString("url", secret: true) else { return nil }
        let place = reader.place(of: "url")
        if url.hasPrefix("sqlite:"), !url.hasPrefix("sqlite://") {
            let path = String(url.dropFirst("sqlite:".count))
            if !path.isEmpty { return .sqlite(path: FileProbe.resolve(path, from: place.file)) }
        }
        for scheme in ["postgresql://", "postgres://"] where url.hasPrefix(scheme) && url != scheme {
            return .postgresql(url: url)
        }
        // The URL may hold a password, so it is not shown.
        reader.log.problem("\"url\" must be sqlite:FILE or postgresql://USER@HOST/DATABASE", at: place)
        return nil
    }
}

extension LogSettings {
    /// Reads `log:`.
    init(reading reader: MappingReader) {
        self.init()
        level = reader.choice(
            "level",
            [
                "trace": "trace", "debug": "debug", "info": "info", "notice": "notice", "warning": "warning",
                "error": "error", "critical": "critical",
            ], default: level)
        format = reader.choice("format", ["text": .text, "json": .json], default: format)
        reader.finish()
    }
}
