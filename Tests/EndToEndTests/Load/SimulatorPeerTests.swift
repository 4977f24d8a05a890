import Foundation
import TestPrograms
import Testing

/// ESMEs of other people bind to `simulate` and get the receipts of all their messages: smpplib, and Kannel's
/// bearerbox with its smsbox.
@Suite struct SimulatorPeerTests {
    /// Some of every state; ids in another form than usual.
    private static let receipts = [
        "--receipts", "50ms", "--receipt-jitter", "200ms", "--receipt-states",
        "delivered=70,undeliverable=20,expired=10", "--message-ids", "hexadecimal", "--inbound", "20/s",
        "--latency", "exponential:5ms",
    ]

    @Test(.enabled(if: Peers.havePython, "smpplib is not installed: see Tests/run"))
    func pythonGetsItsReceipts() async throws {
        try await withSimulator(Self.receipts) { simulator in
            let count = 60
            let result = try await run(
                Repository.peersPython,
                [
                    Repository.testFile("Peers/receipt_esme.py"), "\(simulator.port)", Simulator.systemID,
                    Simulator.password, "\(count)",
                ])
            #expect(result.exitCode == 0, "\(result.everything)")
            let lines = result.standardOutput.split(separator: "\n").map(String.init)
            #expect(lines.last == "done")
            let told = lines.filter { $0.hasPrefix("receipt ") }.map { $0.split(separator: " ").map(String.init) }
            // Each third text takes two parts, and each part has its own receipt.
            let parts = count + count / 3
            try #require(told.count == parts)
            #expect(Set(told.map { $0[2] + $0[3] }).isSubset(of: ["2DELIVRD", "5UNDELIV", "3EXPIRED"]))
            #expect(lines.contains { $0.hasPrefix("inbound Inbound message ") })

            let record = try await simulator.record()
            #expect(record.map(\.n) == Array(1...parts))
            #expect(record.allSatisfy { $0.systemId == Simulator.systemID && $0.from == "PYTHON" && $0.bind == 1 })
            let words = ["delivered": "DELIVRD", "undeliverable": "UNDELIV", "expired": "EXPIRED"]
            let planned = Dictionary(uniqueKeysWithValues: record.map { ($0.id ?? "", words[$0.receipt ?? ""]) })
            for line in told { #expect(planned[line[1]] == line[3]) }
            try await eventually("every receipt acknowledged") {
                let counters = try await simulator.deliveries()
                return counters.receiptsAcknowledged == parts && counters.receiptsWaiting == 0
            }
        }
    }

    @Test(.enabled(if: Peers.haveKannel, "Kannel is not installed: see Tests/run"))
    func kannelGetsItsReceipts() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try await withSimulator(Self.receipts) { simulator in
            let count = 12
            let peer = try ProcessHandle(
                "python3",
                [
                    Repository.testFile("Peers/kannel.py"), "\(simulator.port)", Simulator.systemID,
                    Simulator.password, folder.path, "\(count)",
                ])
            defer { peer.terminate() }
            let result = try await peer.waitForExit(atMost: .seconds(120))
            #expect(result.exitCode == 0, "\(result.everything)")
            let lines = result.standardOutput.split(separator: "\n").map(String.init)
            #expect(lines.first == "online" && lines.last == "done")
            #expect(lines.count { $0.hasPrefix("dlr ") } >= count)
            #expect(lines.contains { $0.hasPrefix("mo Inbound message ") })

            let record = try await simulator.record()
            // Each third text takes two parts; Kannel asks for the last one's receipt, or for each.
            #expect(record.count == count + count / 3)
            #expect(Set(record.map(\.to)).count == count && record.allSatisfy { $0.from == "KANNEL" })
            let counters = try await simulator.deliveries()
            #expect(counters.receiptsAcknowledged >= count && counters.receiptsDropped == 0)
        }
    }
}

extension Peers {
    static let haveKannel =
        Repository.peersAreRequired || FileManager.default.isExecutableFile(atPath: "/usr/sbin/bearerbox")
}

/// One of `GET /record`.
struct RecordLine: Decodable {
    var n: Int
    var systemId: String
    var bind: Int
    var from: String
    var to: String
    var text: String
    var id: String?
    var status: String?
    var receipt: String?
}

/// What `GET /counters` says of deliveries.
struct DeliveryCounters: Decodable {
    var receiptsSent: Int
    var receiptsAcknowledged: Int
    var receiptsDropped: Int
    var receiptsWaiting: Int
}

extension Simulator {
    func record() async throws -> [RecordLine] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try await page("/record?after=0&limit=10000")
        return try text.split(separator: "\n").map { try decoder.decode(RecordLine.self, from: Data($0.utf8)) }
    }

    func deliveries() async throws -> DeliveryCounters { try await decode(DeliveryCounters.self, "/counters") }
}
