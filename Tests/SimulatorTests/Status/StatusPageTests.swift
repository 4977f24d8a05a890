import Foundation
import NIOCore
import NIOPosix
import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct StatusPageTests {
    @Test func countersAndMessagesAreServedAndReset() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address, .transmitter, systemID: "acme")
            let id = try await esme.submit("79160000000", text: "quote \" and line \n").1.messageID
            var cyrillic = ShortMessage.to("79160660011")
            cyrillic.dataCoding = 8
            cyrillic.esmClass = 0x40
            cyrillic.shortMessage = [5, 0, 3, 1, 2, 1, 0x04, 0x1F, 0xD8, 0x3D, 0xDE, 0x00]
            _ = try await esme.request(.submit(cyrillic))
            try await esme.send(.submit(.to("79160670001")))
            _ = try await esme.request(.enquireLink)

            let counters = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(counters["submits"] as? Int == 3)
            #expect(counters["accepted"] as? Int == 1)
            #expect(counters["refused"] as? Int == 1)
            #expect(counters["unanswered"] as? Int == 1)
            #expect(counters["open_binds"] as? Int == 1)
            #expect(counters["statuses"] as? [String: Int] == ["0x0000000B": 1])
            #expect(counters["max_in_one_second"] as? Int == 3)
            #expect(counters["max_in_one_second_by_system_id"] as? [String: Int] == ["acme": 3])
            #expect(counters["max_unanswered"] as? Int == 1)

            let messages = try await StatusPageClient.json("/messages", page, as: [[String: Any]].self)
            try #require(messages.count == 3)
            #expect(messages[0]["id"] as? String == id)
            #expect(messages[0]["system_id"] as? String == "acme")
            #expect(messages[0]["bind"] as? String == "transmitter")
            #expect(messages[0]["source"] as? String == "ACME")
            #expect(messages[0]["destination"] as? String == "79160000000")
            #expect(messages[0]["text"] as? String == "quote \" and line \n")
            #expect(messages[0]["status"] as? String == "0x00000000")
            #expect(messages[1]["status"] as? String == "0x0000000B")
            #expect(messages[1]["fault"] as? String == "status:0x0B")
            #expect(messages[1]["octets"] as? String == "050003010201041fd83dde00")
            #expect(messages[1]["esm_class"] as? Int == 64)
            #expect(messages[1]["data_coding"] as? Int == 8)
            #expect(messages[1]["text"] as? String == "П😀")
            #expect(messages[2]["status"] is NSNull)
            #expect(messages[2]["fault"] as? String == "silent")
            let last = try await StatusPageClient.json("/messages?limit=1", page, as: [[String: Any]].self)
            #expect(last.map { $0["destination"] as? String } == ["79160670001"])

            #expect(try await StatusPageClient.http("POST", "/reset", page).0 == 200)
            let after = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(after["submits"] as? Int == 0)
            #expect(after["max_in_one_second"] as? Int == 0)
            #expect(after["max_unanswered"] as? Int == 0)
            #expect(after["open_binds"] as? Int == 1)
            #expect(try await StatusPageClient.json("/messages", page, as: [Any].self).isEmpty)
        }
    }

    @Test func resetForgetsWhoWasThrottledOnce() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            let esme = try await ESME.bound(address)
            #expect(try await esme.submit("79160670010").0 == .throttled)
            #expect(try await esme.submit("79160670010").0 == .ok)
            #expect(try await StatusPageClient.http("POST", "/reset", page).0 == 200)
            #expect(try await esme.submit("79160670010").0 == .throttled)
        }
    }

    /// Submits hang while `enquire_link` is answered, as long as the test wants.
    @Test func aFaultIsSwitchedOnAndOff() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            func post(_ form: String) async throws -> Int {
                try await StatusPageClient.http("POST", "/fault", page, body: form).0
            }
            let esme = try await ESME.bound(address)
            #expect(try await post("action=silent") == 200)
            try await esme.send(.submit(.to("79160000000")), .submit(.to("79160660011")), .enquireLink)
            #expect(try await esme.nextPDU().commandID == .enquireLinkResponse)
            #expect(try await post("action=status%3A0x58&for=60m") == 200)
            #expect(try await esme.submit("79160000000").0 == .throttled)
            #expect(try await post("") == 200)
            #expect(try await esme.submit("79160000000").0 == .ok)
            #expect(try await post("action=silent&for=0s") == 200)
            #expect(try await esme.submit("79160000000").0 == .ok)
            for form in ["action=sometimes", "action=silent&for=x", "action=silent&for=2h", "%"] {
                #expect(try await post(form) == 400, "\(form)")
            }
            #expect(await server.statistics().unanswered == 2)
        }
    }

    @Test func theBusyShareIsOfWhatTheRateAllows() async throws {
        try await withSimulator(SimulatorOptions(rateLimit: 10, statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            func share() async throws -> Double? {
                try await StatusPageClient.json("/counters", page, as: [String: Any].self)["busy_share"] as? Double
            }
            #expect(try await share() == nil)
            let (esme, other) = (try await ESME.bound(address), try await ESME.bound(address))
            let start = ContinuousClock.now
            for index in 0..<3 {
                if index > 0 { try await Task.sleep(for: .milliseconds(300)) }
                _ = try await esme.submit("79160000000")
                _ = try await other.submit("79160000000")
            }
            let allowed = 2 * 10 * ((ContinuousClock.now - start) / .seconds(1))
            // The six of them in the time of both binds, each from its first to its last.
            let told = try #require(try await share())
            #expect(told >= 6 / allowed && told < 6 / 12 + 0.01, "\(told)")
            #expect(try await StatusPageClient.http("POST", "/reset", page).0 == 200)
            _ = try await esme.submit("79160000000")
            #expect(try await share() == nil)
            let (status, body) = try await StatusPageClient.http("GET", "/metrics", page)
            #expect(status == 200 && !String(decoding: body, as: UTF8.self).contains("smppost_simulator_busy_share "))
        }
    }

    @Test(arguments: [
        ("GET", "/", 200), ("GET", "/nowhere", 404), ("GET", "/fault", 405), ("GET", "/reset", 405),
        ("POST", "/counters", 405),
        ("DELETE", "/reset", 405),
        ("GET", "/messages?limit=x", 400), ("GET", "/messages?limit=-1", 400), ("HEAD", "/counters", 200),
    ])
    func otherRequestsAreRefused(method: String, path: String, expected: Int) async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, _ in
            let page = try #require(server.statusPageAddress)
            #expect(try await StatusPageClient.http(method, path, page).0 == expected)
        }
    }
}
