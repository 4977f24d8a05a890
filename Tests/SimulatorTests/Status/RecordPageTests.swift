import Foundation
import NIOCore
import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct RecordPageTests {
    private static func lines(_ path: String, _ page: SocketAddress) async throws -> [[String: Any]] {
        let (status, body) = try await StatusPageClient.http("GET", path, page)
        try #require(status == 200)
        return try body.split(separator: UInt8(ascii: "\n")).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
        }
    }

    private static func options(record: Int = 1000) -> SimulatorOptions {
        var options = SimulatorOptions(statusPage: ("127.0.0.1", 0), record: record)
        options.receipts = ReceiptOptions(delay: .seconds(600))
        return options
    }

    @Test func everySubmitHasItsLine() async throws {
        try await withSimulator(Self.options()) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address, systemID: "acme")
            let id = try await esme.submit("79160000000", text: "quote \" and line \n").1.messageID
            var long = ShortMessage.asking(1, "79160000001")
            (long.dataCoding, long.esmClass) = (8, 0x40)
            long.shortMessage = [5, 0, 3, 7, 2, 1, 0x04, 0x1F, 0xD8, 0x3D, 0xDE, 0x00]
            _ = try await esme.request(.submit(long))
            _ = try await esme.submit("79160660011")
            try await esme.send(.submit(.to("79160670001")))
            _ = try await esme.request(.enquireLink)

            let lines = try await Self.lines("/record", page)
            #expect(lines.map { $0["n"] as? Int } == [1, 2, 3, 4])
            let first = lines[0]
            #expect(first["system_id"] as? String == "acme" && first["bind"] as? Int == 1)
            #expect(first["from"] as? String == "ACME" && first["to"] as? String == "79160000000")
            #expect(first["text"] as? String == "quote \" and line \n" && first["data_coding"] as? Int == 0)
            #expect(first["id"] as? String == id && first["status"] as? String == "0x00000000")
            #expect(first["ref"] is NSNull && first["part"] is NSNull && first["parts"] is NSNull)
            #expect(first["receipt"] is NSNull)
            let at = try #require(first["at"] as? Double)
            #expect(abs(at - Date().timeIntervalSince1970) < 60)
            #expect(lines[1]["text"] as? String == "П😀" && lines[1]["receipt"] as? String == "delivered")
            #expect(lines[1]["ref"] as? Int == 7 && lines[1]["part"] as? Int == 1 && lines[1]["parts"] as? Int == 2)
            #expect(lines[2]["status"] as? String == "0x0000000B" && lines[2]["id"] is NSNull)
            #expect(lines[3]["status"] is NSNull && lines[3]["id"] is String)
        }
    }

    @Test func pagesFollowEachOtherOverAllEventLoops() async throws {
        try await withSimulator(Self.options()) { server, address in
            let page = try #require(server.statusPageAddress)
            var sent: [String] = []
            for number in 0..<30 {
                let esme = try await ESME.bound(address, systemID: "esme\(number % 5)")
                sent.append("7916\(number)")
                _ = try await esme.submit(sent[number])
            }
            var read: [String] = []
            var after = 0
            while true {
                let lines = try await Self.lines("/record?after=\(after)&limit=7", page)
                #expect(lines.count == min(7, 30 - after))
                guard let last = lines.last?["n"] as? Int else { break }
                #expect(lines.map { $0["n"] as? Int } == Array(after + 1...last))
                read += lines.compactMap { $0["to"] as? String }
                after = last
            }
            #expect(read == sent)
        }
    }

    @Test func whatIsLostIsTold() async throws {
        try await withSimulator(Self.options(record: 4)) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address)
            for _ in 0..<10 { _ = try await esme.submit("79160000000") }
            let lines = try await Self.lines("/record?after=2", page)
            #expect(lines.map { $0["n"] as? Int } == [7, 8, 9, 10])
            let counters = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(counters["record_dropped"] as? Int == 6)
        }
    }

    @Test func withoutARecordAllIsLost() async throws {
        try await withSimulator(Self.options(record: 0)) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address)
            for _ in 0..<3 { _ = try await esme.submit("79160000000") }
            #expect(try await Self.lines("/record", page).isEmpty)
            let counters = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(counters["record_dropped"] as? Int == 3)
        }
    }

    @Test func aResetCountsFromOneAgain() async throws {
        try await withSimulator(Self.options(record: 4)) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address)
            for _ in 0..<6 { _ = try await esme.submit("79160000000") }
            #expect(try await StatusPageClient.http("POST", "/reset", page).0 == 200)
            #expect(try await Self.lines("/record", page).isEmpty)
            let counters = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(counters["record_dropped"] as? Int == 0)
            for _ in 0..<6 { _ = try await esme.submit("79160000001") }
            let lines = try await Self.lines("/record", page)
            #expect(lines.map { $0["n"] as? Int } == [3, 4, 5, 6])
        }
    }

    @Test(arguments: ["after=x", "after=-1", "limit=x", "limit=-1", "after=99999999999999999999"])
    func otherQueriesAreRefused(query: String) async throws {
        try await withSimulator(Self.options()) { server, _ in
            let page = try #require(server.statusPageAddress)
            #expect(try await StatusPageClient.http("GET", "/record?\(query)", page).0 == 400)
        }
    }

    @Test(arguments: ["after=18446744073709551615", "limit=0", "after=5"])
    func nothingIsAnAnswer(query: String) async throws {
        try await withSimulator(Self.options()) { server, _ in
            let page = try #require(server.statusPageAddress)
            #expect(try await Self.lines("/record?\(query)", page).isEmpty)
        }
    }

    @Test func aRingWithANumberMissingIsReadUpToIt() {
        var ring = MessageRing(capacity: 3)
        for number in [2, 4, 7, 8, 9] as [UInt64] {
            ring.append(
                ReceivedMessage(
                    number: number, id: number * 2, systemID: "", kind: .transceiver, bind: 1, pdu: [], status: .ok,
                    unixNanoseconds: 0))
        }
        #expect(ring.lostThrough == 4)
        #expect(ring.messages(after: 0, limit: 10).map(\.number) == [7, 8, 9])
        #expect(ring.messages(after: 7, limit: 10).map(\.number) == [8, 9])
        #expect(ring.messages(after: 7, limit: 1).map(\.number) == [8])
        #expect(ring.messages(after: 9, limit: 1).isEmpty)
        ring.removeAll(through: 8)
        #expect(ring.all.map(\.number) == [9] && ring.lostThrough == 8)
    }
}
