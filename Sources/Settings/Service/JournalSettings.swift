/// `journal:` of `smppost.yaml`.
package struct JournalSettings: Hashable, Sendable, CustomStringConvertible {
    /// Where the journal is kept.
    package enum Store: Hashable, Sendable {
        /// A file, its path resolved.
        case sqlite(path: String)
        /// A connection URL. It may hold a password: never printed.
        case postgresql(url: String)
    }

    /// What a committed record survives.
    package enum Durability: String, Hashable, Sendable {
        case process, power
    }

    /// What a repeat of a message is told of which nobody knows whether it went.
    package enum InDoubtReply: String, Hashable, Sendable {
        /// 504: the truth.
        case unknown
        /// 200, where a message that is lost matters less than a person who is asked to look.
        case accepted
    }

    /// What happens to new messages while the journal cannot be written.
    package enum Outage: String, Hashable, Sendable {
        /// 503, nothing is sent.
        case refuse
        /// They are sent without a record.
        case `continue`
    }

    /// `url`, `url_file` or `url_env`: `sqlite:FILE`, `postgresql://…` or `postgres://…`.
    package var store: Store
    /// `keep_text`: whether texts are stored.
    package var keepText = false
    /// `mask_numbers`: whether numbers are stored masked.
    package var maskNumbers = false
    /// `retention`: rows older than this are deleted; 1 h to 10 years.
    package var retention: Duration = .seconds(30 * 86_400)
    /// `in_doubt_ttl`: how long an unresolved message answers its repeats; 1 m to 48 h.
    package var inDoubtTTL: Duration = .seconds(3 * 3600)
    /// `in_doubt_reply`.
    package var inDoubtReply = InDoubtReply.unknown
    /// `duplicate_window`: for how long a message whose client has its 200 still answers its repeats; 0 = not at all; at most
    /// `in_doubt_ttl`.
    package var duplicateWindow: Duration = .zero
    /// `durability`.
    package var durability = Durability.process
    /// `on_outage`.
    package var onOutage = Outage.refuse
    /// `queue`: records that may wait to be written; 100 to 1,000,000.
    package var queue = 50_000
    /// `batch`: records of one transaction, about; 1 to 10,000.
    package var batch = 1_000
    /// `log_size`: octets that are prepared for the log before a SQLite file; 1 MiB to 1 GiB.
    package var logSize = 8 << 20
    /// `commit_within`: how long a record may wait for others; 0 to 1 s.
    package var commitWithin: Duration = .zero
    /// `recall`: how many receipts of messages that memory has forgotten may wait to be found in the journal; 0 to 10,000.
    package var recall = 100

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

extension JournalSettings {
    /// Reads `journal:`.
    init?(reading reader: MappingReader, context: LoadContext) {
        let store = Self.store(reader, context: context)
        self.init(store: store ?? .sqlite(path: ""))
        keepText = reader.flag("keep_text", default: keepText)
        maskNumbers = reader.flag("mask_numbers", default: maskNumbers)
        let longest = Duration.seconds(3650 * 86_400)
        retention = reader.duration("retention", in: .seconds(3600)...longest, default: retention)
        let longestDoubt = Duration.seconds(48 * 3600)
        inDoubtTTL = reader.duration("in_doubt_ttl", in: .seconds(60)...longestDoubt, default: inDoubtTTL)
        inDoubtReply = reader.choice(
            "in_doubt_reply", ["unknown": .unknown, "accepted": .accepted], default: inDoubtReply)
        duplicateWindow = reader.duration("duplicate_window", in: .zero...longestDoubt, default: duplicateWindow)
        durability = reader.choice("durability", ["process": .process, "power": .power], default: durability)
        onOutage = reader.choice("on_outage", ["refuse": .refuse, "continue": .continue], default: onOutage)
        queue = reader.integer("queue", in: 100...1_000_000, default: queue)
        batch = reader.integer("batch", in: 1...10_000, default: batch)
        logSize = reader.size("log_size", in: 1 << 20...1 << 30, default: logSize)
        commitWithin = reader.duration("commit_within", in: .zero...(.seconds(1)), default: commitWithin)
        recall = reader.integer("recall", in: 0...10_000, default: recall)
        checkTimes(reader)
        forgetLogDirectory(reader)
        reader.finish()
        if store == nil { return nil }
    }

    private func checkTimes(_ reader: MappingReader) {
        if duplicateWindow > inDoubtTTL {
            reader.log.problem(
                "\"duplicate_window\" (\(DurationText.text(duplicateWindow))) is longer than \"in_doubt_ttl\" "
                    + "(\(DurationText.text(inDoubtTTL))), after which a message is forgotten",
                at: reader.place(of: "duplicate_window"))
        }
        if retention < inDoubtTTL {
            reader.log.problem(
                "\"retention\" (\(DurationText.text(retention))) is shorter than \"in_doubt_ttl\" "
                    + "(\(DurationText.text(inDoubtTTL))), so a restart would forget messages in doubt",
                at: reader.place(of: "retention"))
        }
    }

    /// A key of earlier versions: an upgrade is not to stop at it.
    private func forgetLogDirectory(_ reader: MappingReader) {
        guard reader.filePath("log_directory") != nil else { return }
        reader.log.warning(
            "\"log_directory\" does nothing any more: the log is beside the SQLite file; leave it out",
            at: reader.place(of: "log_directory"))
    }

    private static func store(_ reader: MappingReader, context: LoadContext) -> Store? {
        guard ["url", "url_file", "url_env"].contains(where: { reader.has($0) }) else {
            reader.missing("url", hint: "for example sqlite:var/smppost.db")
            return nil
        }
        guard let secret = reader.secret("url", context: context) else { return nil }
        let url = secret.text
        if url.hasPrefix("sqlite:"), !url.hasPrefix("sqlite://") {
            let path = String(url.dropFirst("sqlite:".count))
            if !path.isEmpty { return .sqlite(path: FileProbe.resolve(path, from: secret.place.file)) }
        }
        for scheme in ["postgresql://", "postgres://"] where url.hasPrefix(scheme) && url != scheme {
            return .postgresql(url: url)
        }
        // The URL may hold a password, so it is not shown.
        reader.log.problem("\"url\" must be sqlite:FILE or postgresql://USER@HOST/DATABASE", at: secret.place)
        return nil
    }
}
