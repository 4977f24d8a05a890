import Foundation
import NIOCore
import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct InboundTests {
    @Test func aFormSendsAMessage() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            let other = try await ESME.bound(address, .receiver, systemID: "other")
            let esme = try await ESME.bound(address, .receiver, systemID: "acme")
            let form =
                "from=%2B79161112233&to=4321&text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82+%26+%E2%82%AC&system_id=acme"
            let (status, body) = try await StatusPageClient.http("POST", "/inbound", page, body: form)
            #expect(status == 202)
            let answer = try JSONSerialization.jsonObject(with: body) as? [String: Any]
            #expect(answer?["system_id"] as? String == "acme" && answer?["parts"] as? Int == 1)
            let (sequence, message) = try await esme.nextDelivery()
            #expect(message.source == SMPPAddress(ton: 1, npi: 1, "+79161112233"))
            #expect(message.destination == SMPPAddress(ton: 0, npi: 1, "4321"))
            #expect(message.esmClass == 0 && message.dataCoding == 8)
            #expect(MessageContent(message).text == "Привет & €")
            try await esme.answer(sequence)
            try await eventually(server) { $0.inbound == DeliveryCounts(sent: 1, acknowledged: 1) }
            #expect(await server.statistics().receipts == DeliveryCounts())
            #expect(try await other.request(.enquireLink).commandID == .enquireLinkResponse)
        }
    }

    @Test func aLongTextComesInPartsOverOneBind() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            let esmes = [try await ESME.bound(address, systemID: "a"), try await ESME.bound(address, systemID: "a")]
            let text = String(repeating: "0123456789", count: 40)
            for turn in 0..<2 {
                #expect(try await StatusPageClient.http("POST", "/inbound", page, body: "text=\(text)").0 == 202)
                var parts: [MessageContent] = []
                for _ in 0..<3 {
                    let (sequence, message) = try await esmes[turn].nextDelivery()
                    try await esmes[turn].answer(sequence)
                    parts.append(MessageContent(message))
                }
                #expect(parts.map(\.text).joined() == text)
                // 05 00 03, the reference, how many there are, and which it is.
                #expect(parts.map { $0.octets[5] } == [1, 2, 3] && parts.allSatisfy { $0.octets[4] == 3 })
                #expect(Set(parts.map { $0.octets[3] }).count == 1)
            }
        }
    }

    @Test func itWaitsForABindOfAKnownSystemID() async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            #expect(try await StatusPageClient.http("POST", "/inbound", page, body: "text=x").0 == 409)
            let sender = try await ESME.bound(address, .transmitter, systemID: "acme")
            #expect(try await StatusPageClient.http("POST", "/inbound", page, body: "text=x").0 == 409)
            #expect(try await StatusPageClient.http("POST", "/inbound", page, body: "text=x&system_id=no").0 == 409)
            #expect(try await StatusPageClient.http("POST", "/inbound", page, body: "text=x&system_id=acme").0 == 202)
            let receiver = try await ESME.bound(address, .receiver, systemID: "acme")
            #expect(try await receiver.nextDelivery().1.shortMessage == [0x78])
            #expect(try await sender.submit("7").0 == .ok)
        }
    }

    @Test(arguments: [
        "", "text=", "text=+", "text=x&from=", "text=x&from=123456789012345678901", "text=x&to=%D0%9F", "text=%ZZ",
        "from=1&to=2", "text=x&from=a%00b",
    ])
    func otherFormsAreRefused(form: String) async throws {
        try await withSimulator(SimulatorOptions(statusPage: ("127.0.0.1", 0))) { server, address in
            let page = try #require(server.statusPageAddress)
            _ = try await ESME.bound(address)
            #expect(try await StatusPageClient.http("POST", "/inbound", page, body: form).0 == 400)
        }
    }

    @Test func aTextOfTooManyPartsIsRefused() {
        #expect(throws: OptionProblem.self) {
            try InboundMessage(from: "1", to: "2", text: String(repeating: "я", count: 700))
        }
    }

    @Test func aSourceSendsAtItsRateToAllInTurns() async throws {
        var options = SimulatorOptions()
        options.inbound = InboundOptions(rate: 500)
        try await withSimulator(options) { server, address in
            let esmes = [try await ESME.bound(address, systemID: "a"), try await ESME.bound(address, systemID: "b")]
            let start = ContinuousClock.now
            var longs = 0
            for esme in esmes {
                for _ in 0..<60 {
                    let (sequence, message) = try await esme.nextDelivery()
                    try await esme.answer(sequence)
                    if message.esmClass == 0x40 { longs += 1 }
                    #expect(message.source.value.hasPrefix("7916") && message.destination.value == "1234")
                }
            }
            // 120 of them, some of them parts: about 100 messages, a fifth of a second. The machine may be busy.
            #expect(ContinuousClock.now - start >= .milliseconds(100))
            #expect(longs > 0)
            #expect(await server.statistics().inbound.sent >= 120)
        }
    }

    @Test func aSourceSendsWhatItIsTold() async throws {
        var options = SimulatorOptions()
        options.inbound = InboundOptions(rate: 1000, from: "NAME", to: "77", text: "да")
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            let message = try await esme.nextDelivery().1
            #expect(message.source == SMPPAddress(ton: 5, npi: 0, "NAME") && message.destination.value == "77")
            #expect(MessageContent(message).text == "да")
        }
    }

    @Test(arguments: [("10/s", 10.0), ("0.5/s", 0.5), ("600/m", 10), ("100000/s", 100_000)])
    func ratesAreRead(text: String, expected: Double) throws {
        #expect(try InboundOptions.rate(parsing: text) == expected)
    }

    @Test(arguments: ["", "10", "10/h", "0/s", "-1/s", "100001/s", "x/s", "1e3/s", "/s", "10/s/s"])
    func otherRatesAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try InboundOptions.rate(parsing: text) }
    }
}
