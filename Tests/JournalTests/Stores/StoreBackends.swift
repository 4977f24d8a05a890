import Journal
import TestPrograms

extension StoreBackend {
    /// Every database that is there.
    static let all = [sqlite, logged] + (PostgreSQLServer.isThere ? [postgreSQL] : [])

    private static let postgreSQL = StoreBackend(description: "PostgreSQL") {
        let server = try await PostgreSQLServer.shared()
        let database = try server.makeDatabase()
        let url = server.url(of: database)
        let store = PostgreSQLStore(url: url)
        try store.open()
        return JournalUnderTest(
            store: store, reader: PostgreSQLReader(url: url), another: { PostgreSQLStore(url: url) },
            octets: { Int(try server.sql(["SELECT pg_database_size(current_database())"], in: database)[0]) ?? 0 })
    }
}
