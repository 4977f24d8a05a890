import NIOCore
import SMPP
import SMPPWire
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct MessageTests {
    @Test func idsAreUniqueAcrossBindsAndRise() async throws {
        try await withSimulator { server, address in
            let first = try await ESME.bound(address)
            let second = try await ESME.bound(address)
            var ids: [[UInt64]] = [[], []]
            for (index, esme) in [first, second, first, second, first].enumerated() {
                let (status, response) = try await esme.submit("79160000000")
                #expect(status == .ok && response.tlvs.isEmpty)
                ids[index % 2].append(try #require(UInt64(response.messageID)))
            }
            #expect(Set(ids.joined()).count == 5)
            for own in ids { #expect(own == own.sorted()) }
            #expect(await server.statistics().accepted == 5)
        }
    }

    @Test func idsCanBeHexadecimal() async throws {
        try await withSimulator(SimulatorOptions(messageIDs: .hexadecimal)) { _, address in
            let esme = try await ESME.bound(address)
            let id = try await esme.submit("79160000000").1.messageID
            #expect(UInt64(id, radix: 16) != nil)
            let upper = QueryRequest(messageID: id.uppercased())
            #expect(try await esme.request(.query(upper)).status == .ok)
        }
    }

    @Test func dataMessagesAreTaken() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address, .transmitter)
            let message = DataMessage(
                source: SMPPAddress("ACME"), destination: SMPPAddress("79160000000"),
                tlvs: [TLV(.messagePayload, Array("hello".utf8))])
            let answer = try await esme.request(.data(message))
            guard case .dataResponse(let response) = answer.body else {
                Issue.record("not a data_sm_resp")
                return
            }
            #expect(answer.status == .ok && UInt64(response.messageID) != nil)
            var faulty = message
            faulty.destination.value = "79160660011"
            #expect(try await esme.request(.data(faulty)).status == .invalidDestinationAddress)
            faulty.destination.value = "79160670009"
            #expect(try await esme.request(.data(faulty)).commandID == .dataSMResponse)
            let statistics = await server.statistics()
            #expect(statistics.dataMessages == 3 && statistics.accepted == 2 && statistics.refused == 1)
        }
    }

    @Test func aMessageIsQueriedAndCancelledOverAnyBindOfItsSystemID() async throws {
        try await withSimulator { server, address in
            let sender = try await ESME.bound(address)
            let id = try await sender.submit("79160000000").1.messageID
            // Binds are spread over the event loops: several of them see the message from a loop that is not its own.
            for _ in 0..<4 {
                let other = try await ESME.bound(address)
                let answer = try await other.request(.query(QueryRequest(messageID: id)))
                #expect(answer.body == .queryResponse(QueryResponse(messageID: id, messageState: 1)))
            }
            let source = SMPPAddress("ACME")
            let right = try await sender.request(.query(QueryRequest(messageID: id, source: source)))
            #expect(right.status == .ok)
            let wrong = try await sender.request(.query(QueryRequest(messageID: id, source: SMPPAddress("X"))))
            #expect(wrong.status == .queryFailed)
            let stranger = try await ESME.bound(address, systemID: "stranger")
            #expect(try await stranger.request(.query(QueryRequest(messageID: id))).status == .invalidMessageID)

            var cancel = CancelRequest(messageID: id, source: source, destination: SMPPAddress("79160000001"))
            #expect(try await sender.request(.cancel(cancel)).status == .cancelFailed)
            cancel.destination.value = "79160000000"
            #expect(try await stranger.request(.cancel(cancel)).status == .cancelFailed)
            #expect(try await sender.request(.cancel(cancel)) == PDU(sequence: 6, .cancelResponse))
            #expect(try await sender.request(.cancel(cancel)).status == .cancelFailed)
            guard case .queryResponse(let state) = try await sender.request(.query(QueryRequest(messageID: id))).body
            else {
                Issue.record("not a query_sm_resp")
                return
            }
            #expect(state.messageState == 4 && state.finalDate.hasSuffix("00+") && state.finalDate.count == 16)
            let statistics = await server.statistics()
            #expect(statistics.queries == 8 && statistics.cancels == 4)
        }
    }

    @Test func cancelWithoutAnIDMeansAllOfAPair() async throws {
        try await withSimulator { _, address in
            let one = try await ESME.bound(address)
            let two = try await ESME.bound(address)
            var ids: [String] = []
            for esme in [one, two, one] { ids.append(try await esme.submit("79160000000").1.messageID) }
            let kept = try await one.submit("79160000001").1.messageID
            let cancel = CancelRequest(
                messageID: "", source: SMPPAddress("ACME"), destination: SMPPAddress("79160000000"))
            #expect(try await two.request(.cancel(cancel)).status == .ok)
            #expect(try await two.request(.cancel(cancel)).status == .cancelFailed)
            for (id, state) in zip(ids + [kept], [4, 4, 4, 1] as [UInt8]) {
                let answer = try await one.request(.query(QueryRequest(messageID: id)))
                guard case .queryResponse(let response) = answer.body else {
                    Issue.record("not a query_sm_resp")
                    return
                }
                #expect(response.messageState == state)
            }
        }
    }

    @Test(arguments: ["0", "999", "abc", "-1", "99999999999999999999999", "1 or 1"])
    func unknownIDsAreRefused(id: String) async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.submit("79160000000")
            #expect(try await esme.request(.query(QueryRequest(messageID: id))).status == .invalidMessageID)
            let cancel = CancelRequest(messageID: id, source: SMPPAddress("ACME"))
            #expect(try await esme.request(.cancel(cancel)).status == .cancelFailed)
        }
    }

    @Test func refusedMessagesCannotBeQueried() async throws {
        let rule = try FaultRule(parsing: "1=status-id:0x0B")
        try await withSimulator(SimulatorOptions(faults: [rule])) { _, address in
            let esme = try await ESME.bound(address)
            let (status, response) = try await esme.submit("79160000001")
            #expect(status == .invalidDestinationAddress && !response.messageID.isEmpty)
            let query = QueryRequest(messageID: response.messageID)
            #expect(try await esme.request(.query(query)).status == .invalidMessageID)
        }
    }

    @Test func onlyTheLastMessagesAreRemembered() async throws {
        try await withSimulator(SimulatorOptions(record: 2)) { _, address in
            let esme = try await ESME.bound(address)
            var ids: [String] = []
            for _ in 0..<3 { ids.append(try await esme.submit("79160000000").1.messageID) }
            var statuses: [CommandStatus] = []
            for id in ids { statuses.append(try await esme.request(.query(QueryRequest(messageID: id))).status) }
            #expect(statuses == [.invalidMessageID, .ok, .ok])
        }
    }
}
