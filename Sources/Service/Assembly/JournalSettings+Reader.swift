import Foundation
package import Journal
package import Logging
import Operations
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

extension JournalPlace {
    /// `/var/lib/smppost/smppost.db`, `postgresql://db.example.net/smppost`.
    init(_ settings: JournalSettings) {
        let name: String
        switch settings.store {
        case .sqlite(let path): name = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
        case .postgresql(let url):
            let parts = URLComponents(string: url)
            name = "postgresql://" + (parts?.host ?? "") + (parts?.path ?? "")
        }
        self.init(name: name, isNeeded: settings.onOutage == .refuse)
    }
}
