package import Journal
package import Logging
package import Settings

extension JournalSettings {
    /// What a bridge that was killed left in the log of its SQLite file goes into it, unless one is running. Where that cannot be
    /// done, by a user who may only read say, the last moments before the kill are missing until the next start.
    package func takeInLog(_ logger: Logger) {
        guard case .sqlite(let path) = store else { return }
        LoggedStore.takeInLog(of: path, logger: logger)
    }

    /// Reads the journal that these settings name, beside the bridge that writes it.
    package var reader: any JournalReader {
        switch store {
        case .sqlite(let path): SQLiteReader(path: path)
        case .postgresql(let url): PostgreSQLReader(url: url)
        }
    }
}
