import HTTPService
import Testing

@testable import Settings

/// `cluster:` beyond what every key has in common.
@Suite("Cluster settings")
struct ClusterSettingsTests {
    static let cluster = """
        name: a, address: "https://node-a.example:8443", ca: server.crt, certificate: server.crt, key: server.key
        """
    static let journal = "url: \"postgresql://smppost@db/smppost\""

    private func fixture(_ cluster: String = cluster, journal: String? = journal) throws -> Fixture {
        var service = (Fixture.valid["config/smppost.yaml"] ?? "") + "\ncluster: { \(cluster) }\n"
        if let journal { service += "journal: { \(journal) }\n" }
        return try Fixture(["config/smppost.yaml": service])
    }

    @Test func defaults() throws {
        let fixture = try fixture()
        let cluster = try #require(try fixture.load().cluster)
        #expect((cluster.name, cluster.address.description) == ("a", "https://node-a.example:8443"))
        #expect(cluster.caFile == "\(fixture.root)/config/server.crt")
        #expect(cluster.certificateFile == "\(fixture.root)/config/server.crt")
        #expect(cluster.keyFile == "\(fixture.root)/config/server.key")
        #expect(cluster.database == .synchronous)
        #expect((cluster.passingConnections, cluster.passingQueue) == (256, 1_000))
        #expect(cluster.passingConnectWithin == .seconds(1))
        #expect(try Fixture().load().cluster == nil)
    }

    @Test func howFormsArePassedOn() throws {
        let fixture = try fixture(Self.cluster + ", passing: { connections: 8, queue: 20, connect_within: 500ms }")
        let cluster = try #require(try fixture.load().cluster)
        #expect((cluster.passingConnections, cluster.passingQueue) == (8, 20))
        #expect(cluster.passingConnectWithin == .milliseconds(500))
    }

    @Test func needsAJournalThatAllNodesShare() throws {
        func expectOne(_ words: String, journal: String?, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let problems = try fixture(journal: journal).problems()
            #expect(problems.count == 1, "\(problems)", sourceLocation: sourceLocation)
            #expect(problems.allSatisfy { $0.contains(words) }, "\(problems)", sourceLocation: sourceLocation)
        }
        try expectOne("\"cluster\" needs \"journal\"", journal: nil)
        try expectOne("a SQLite file is one node's", journal: "url: \"sqlite:x.db\"")
        try expectOne("\"on_outage: continue\"", journal: Self.journal + ", on_outage: continue")
    }

    @Test func eachKeyIsNeeded() throws {
        for key in ["name", "address", "ca", "certificate", "key"] {
            let rest = Self.cluster.split(separator: ", ").filter { !$0.hasPrefix(key + ":") }.joined(separator: ", ")
            let problems = try fixture(rest).problems()
            #expect(problems.count == 1 && problems[0].contains("\"\(key)\" is missing"), "\(key): \(problems)")
        }
    }

    @Test(arguments: [
        "http://node-a.example:8443", "https://node-a.example:8443/sms", "https://node a", "node-a.example:8443",
        "https://node-a.example:8443?x",
    ])
    func addressIsHTTPSWithoutAPath(_ address: String) throws {
        let text = Self.cluster.replacing("https://node-a.example:8443", with: address)
        let problems = try fixture(text).problems()
        #expect(problems.count == 1 && problems[0].contains("\"address\" must be an address like"), "\(problems)")
    }
}
