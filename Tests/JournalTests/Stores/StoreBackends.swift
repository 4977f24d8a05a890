import Journal
import TestPrograms

extension StoreBackend {
    /// Every database that is there.
    static let all = [sqlite, logged] + (PostgreSQLServer.isThere ? [postgreSQL] : [])

    private static let postgreSQL = StoreBackend(description: "PostgreSQL") {
        let server = try await PostgreSQLServer.shared()
        let url = server.url(of: try server.makeDatabase())
        let store = PostgreSQLStore(url: url)
        try store.open()
        return JournalUnderTest(store: store, reader: PostgreSQLReader(url: url)) { PostgreSQLStore(url: url) }
    }
}
