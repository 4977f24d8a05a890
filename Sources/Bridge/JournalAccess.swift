package import Journal
package import Settings

extension JournalSettings {
    /// Reads the journal that these settings name, beside the bridge that writes it.
    package var reader: any JournalReader {
        switch store {
        case .sqlite(let path): SQLiteReader(path: path)
        case .postgresql(let url): PostgreSQLReader(url: url)
        }
    }
}
