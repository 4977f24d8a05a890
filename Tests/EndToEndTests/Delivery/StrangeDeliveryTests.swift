import Foundation
import TestPrograms
import Testing

/// What real SMSCs bring: PDUs with small faults, and texts in every alphabet (`Peers/strange_smsc.py`).
@Suite(.timeLimit(.minutes(2))) struct StrangeDeliveryTests {
    /// A `deliver_sm` of a subscriber.
    private static func delivery(
        _ octets: [UInt8], coding: UInt8 = 0, esmClass: UInt8 = 0, serviceType: String = "",
        from: String = "79165550001",
        tail: [UInt8] = []
    ) -> [UInt8] {
        var body = Array(serviceType.utf8) + [0, 1, 1] + Array(from.utf8)
        body += [0, 0, 1] + Array("1234".utf8) + [0, esmClass, 0, 0, 0, 0, 0, 0, coding, 0, UInt8(octets.count)]
        return body + octets + tail
    }

    private static func part(_ header: [UInt8], _ text: String) -> [UInt8] {
        delivery([UInt8(header.count)] + header + Array(text.utf8), esmClass: 0x40)
    }

    /// What is sent, and the text that must be posted for it.
    private static let rows: [(body: [UInt8], text: String?)] = [
        (delivery(Array("stray nul".utf8), tail: [0]), "stray nul"),
        (delivery(Array("stray octets".utf8), tail: [0xFF, 0xFF, 0xFF]), "stray octets"),
        (delivery(Array("cut parameter".utf8), tail: [0x04, 0x27, 0, 9, 1]), "cut parameter"),
        (delivery(Array("long service".utf8), serviceType: "SERVICE"), "long service"),
        (delivery(Array("long source".utf8), from: String(repeating: "7", count: 30)), "long source"),
        (delivery([0xBF, 0xE0, 0xD8, 0xD2, 0xD5, 0xE2], coding: 6), "Привет"),
        (delivery([0xF9, 0xEC, 0xE5, 0xED], coding: 7), "שלום"),
        (delivery([0x93, 0xFA, 0x96, 0x7B], coding: 5), "日本"),
        (delivery([0x1B, 0x24, 0x42, 0x46, 0x7C, 0x4B, 0x5C, 0x1B, 0x28, 0x42], coding: 10), "日本"),
        (delivery([0xC7, 0xD1, 0xB1, 0xB9], coding: 14), "한국"),
        (delivery([6, 8, 0x0A, 0x20, 0x4F, 2, 1] + Array("Hello".utf8), esmClass: 0x40), "Hello"),
        (delivery([3, 0x24, 1, 1, 0x1B, 0x47, 0x1B, 0x49], esmClass: 0x40), "Ğİ"),
        (delivery([0, 1, 2, 0xFF], coding: 4), ""),
        // Two messages whose parts share a value, but not its kind.
        (part([0, 3, 7, 2, 1], "eight "), nil), (part([8, 4, 0, 7, 2, 1], "sixteen "), nil),
        (part([0, 3, 7, 2, 2], "bits"), "eight bits"), (part([8, 4, 0, 7, 2, 2], "bits"), "sixteen bits"),
    ]
    /// What cannot be read, and the status of its own response.
    private static let broken: [(body: [UInt8], status: String)] = [
        (Array(delivery(Array("cut".utf8)).dropLast()), "00000001"), ([0, 1, 1, 0x37], "00000002"),
        ([0, 1, 1] + [UInt8](repeating: 0x37, count: 70) + [0], "0000000A"),
    ]

    @Test func smallFaultsCostNothingAndEveryAlphabetIsRead() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let (port, listenerPort) = (try Ports.free(), try Ports.free())
        let all = Self.rows.map(\.body) + Self.broken.map(\.body)
        let lines = all.map { "5 " + $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        try (lines.joined(separator: "\n") + "\n").write(toFile: folder.file("pdus"), atomically: true, encoding: .utf8)
        let listener = try await PostListener.start(port: listenerPort, in: folder)
        defer { listener.kill() }
        let smsc = try ProcessHandle(
            "python3",
            [Repository.testFile("Peers/strange_smsc.py"), "\(port)", folder.file("pdus"), folder.file("answers")])
        defer { smsc.kill() }
        try await smsc.waitForOutput(containing: "listening")
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal, ["keep_text: true"])
        setup.carriers[0].port = port
        setup.carriers[0].lines = [try await PostListener.lines("inbound", port: listenerPort), "partial: cancel"]
        try await withBridge(setup) { bridge in
            func answers() -> [String] {
                let text = (try? String(contentsOfFile: folder.file("answers"), encoding: .utf8)) ?? ""
                return text.split(separator: "\n").map(String.init)
            }
            try await eventually("answered") { answers().count >= all.count }
            for number in Self.rows.indices { #expect(answers().contains("\(number + 1) 80000005 00000000")) }
            for (number, row) in Self.broken.enumerated() {
                #expect(answers().contains("\(Self.rows.count + number + 1) 80000005 \(row.status)"))
            }
            let expected = Self.rows.compactMap(\.text)
            try await eventually("posted") { try PostListener.posts(in: folder).count >= expected.count }
            let posts = try PostListener.posts(in: folder)
            #expect(posts.compactMap { $0.fields["text"] }.sorted() == expected.sorted())
            let data = try #require(posts.first { $0.fields["text"] == "" }?.fields)
            #expect(data["octets"] == "AAEC/w==" && data["alphabet"] == "octets")
            #expect(posts.contains { $0.fields["from"] == String(repeating: "7", count: 30) })
            let metrics = try await bridge.monitor("/metrics").body
            #expect(metrics.contains("smppost_pdu_flaws_total{carrier=\"main\",bind=\"1\"} 5"))
            // Stray octets behind an answer do not cost its id.
            let reply = try await bridge.post(.message(), headers: ["Accept: application/json"])
            #expect(reply.status == 200 && reply.body.contains("\"1742\""))
            // The accepted part of a message is cancelled where another one was refused.
            let long = try await bridge.post(.message(text: String(repeating: "long ", count: 40)))
            #expect(long.status == 502 && long.outcome == "partial")
            try await eventually("cancelled") { answers().contains("cancel 1742") }
        }
    }
}
