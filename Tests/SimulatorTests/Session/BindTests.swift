import NIOCore
import SMPP
import SMPPWire
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct BindTests {
    @Test(arguments: BindKind.allCases)
    func everyKindBinds(kind: BindKind) async throws {
        try await withSimulator { server, address in
            let esme = try await ESME(address)
            let answer = try await esme.request(.bind(kind, BindRequest(systemID: "any", password: "")))
            #expect(answer.status == .ok)
            #expect(
                answer.body
                    == .bindResponse(
                        kind, BindResponse(systemID: "SMPPSIM", tlvs: [TLV(.interfaceVersion, 0x34 as UInt8)])))
            let statistics = await server.statistics()
            #expect(statistics.binds == 1 && statistics.openBinds == 1 && statistics.openConnections == 1)
        }
    }

    @Test func anOldESMEGetsNoOptionalParameters() async throws {
        try await withSimulator(SimulatorOptions(systemID: "ALongerNameThan15")) { _, address in
            let esme = try await ESME(address)
            let request = BindRequest(systemID: "old", password: "", interfaceVersion: 0x33)
            let answer = try await esme.request(.bind(.transmitter, request))
            #expect(answer.body == .bindResponse(.transmitter, BindResponse(systemID: "ALongerNameThan")))
        }
    }

    @Test(arguments: [
        ("acme", "secret", CommandStatus.ok), ("acme", "wrong", .invalidPassword), ("acme", "", .invalidPassword),
        ("other", "secret", .invalidSystemID), ("ACME", "secret", .invalidSystemID),
    ])
    func credentialsAreChecked(systemID: String, password: String, expected: CommandStatus) async throws {
        try await withSimulator(SimulatorOptions(logins: ["acme": "secret"])) { server, address in
            let esme = try await ESME(address)
            let request = BindRequest(systemID: systemID, password: password)
            let answer = try await esme.request(.bind(.transceiver, request))
            #expect(answer.status == expected)
            let statistics = await server.statistics()
            #expect(statistics.binds == (expected == .ok ? 1 : 0))
            #expect(statistics.refusedBinds == (expected == .ok ? 0 : 1))
            // A refusal leaves the connection open for another try.
            let again = try await esme.request(.bind(.transceiver, BindRequest(systemID: "acme", password: "secret")))
            #expect(again.status == (expected == .ok ? .alreadyBound : .ok))
        }
    }

    @Test func everyLoginHasItsPassword() async throws {
        try await withSimulator(SimulatorOptions(logins: ["acme": "secret", "other": "word"])) { _, address in
            let logins = [
                ("acme", "secret", CommandStatus.ok), ("other", "word", .ok), ("other", "secret", .invalidPassword),
                ("third", "word", .invalidSystemID),
            ]
            for (systemID, password, expected) in logins {
                let esme = try await ESME(address)
                let answer = try await esme.request(
                    .bind(.transceiver, BindRequest(systemID: systemID, password: password)))
                #expect(answer.status == expected)
            }
        }
    }

    @Test func aSecondBindIsRefusedAndTheFirstStays() async throws {
        try await withSimulator { _, address in
            let esme = try await ESME.bound(address)
            let again = try await esme.request(.bind(.receiver, BindRequest(systemID: "x", password: "")))
            #expect(again.status == .alreadyBound && again.commandID == .bindReceiverResponse)
            #expect(try await esme.submit("79160000000").0 == .ok)
        }
    }

    @Test func nothingIsSubmittedWithoutABindForIt() async throws {
        try await withSimulator { server, address in
            let unbound = try await ESME(address)
            let receiver = try await ESME.bound(address, .receiver)
            for esme in [unbound, receiver] {
                let (status, response) = try await esme.submit("79160000000")
                #expect(status == .invalidBindStatus && response.isHeaderOnly)
                let data = DataMessage(destination: SMPPAddress("7"), tlvs: [TLV(.messagePayload, [0x41])])
                #expect(try await esme.request(.data(data)).status == .invalidBindStatus)
                #expect(try await esme.request(.query(QueryRequest(messageID: "1"))).status == .invalidBindStatus)
                #expect(try await esme.request(.cancel(CancelRequest(messageID: "1"))).status == .invalidBindStatus)
            }
            let statistics = await server.statistics()
            #expect(statistics.submits == 2 && statistics.dataMessages == 2 && statistics.accepted == 0)
            #expect(statistics.refused == 4 && statistics.statuses == [.invalidBindStatus: 4])
        }
    }

    @Test func unbindIsAnsweredAndTheConnectionCloses() async throws {
        try await withSimulator { server, address in
            let unbound = try await ESME(address)
            #expect(try await unbound.request(.unbind).status == .invalidBindStatus)
            let esme = try await ESME.bound(address)
            #expect(try await esme.request(.unbind) == PDU(sequence: 2, .unbindResponse))
            #expect(await esme.next() == .closed)
            let statistics = await server.statistics()
            #expect(statistics.unbinds == 2 && statistics.openBinds == 0)
        }
    }

    @Test func waitingAnswersLeaveBeforeTheUnbindResponse() async throws {
        try await withSimulator(SimulatorOptions(latency: .constant(.seconds(30)))) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.to("79160000001")), .submit(.to("79160000002")), .unbind)
            let answers = [try await esme.nextPDU(), try await esme.nextPDU(), try await esme.nextPDU()]
            #expect(answers.map(\.sequence) == [2, 3, 4])
            #expect(answers.map(\.commandID) == [.submitSMResponse, .submitSMResponse, .unbindResponse])
        }
    }

    @Test func enquireLinkIsAnsweredInEveryState() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME(address)
            #expect(try await esme.request(.enquireLink) == PDU(sequence: 1, .enquireLinkResponse))
            _ = try await esme.request(.bind(.receiver, BindRequest(systemID: "x", password: "")))
            #expect(try await esme.request(.enquireLink) == PDU(sequence: 3, .enquireLinkResponse))
            #expect(await server.statistics().enquireLinks == 2)
        }
    }

    @Test func manyBindsLiveAtOnce() async throws {
        try await withSimulator { server, address in
            var esmes: [ESME] = []
            for index in 0..<64 {
                esmes.append(try await ESME.bound(address, BindKind.allCases[index % 3], systemID: "esme\(index)"))
            }
            #expect(await server.statistics().openBinds == 64)
            var ids: Set<String> = []
            for (index, esme) in esmes.enumerated() where BindKind.allCases[index % 3].submits {
                ids.insert(try await esme.submit("79160000000").1.messageID)
            }
            #expect(ids.count == esmes.indices.count { BindKind.allCases[$0 % 3].submits })
            for esme in esmes { #expect(try await esme.request(.unbind).status == .ok) }
            for esme in esmes { #expect(await esme.next() == .closed) }
            #expect(await server.statistics().openBinds == 0)
        }
    }

    @Test func aConnectionThatDoesNotBindIsClosed() async throws {
        try await withSimulator(SimulatorOptions(bindTimeout: .milliseconds(50))) { _, address in
            let silent = try await ESME(address)
            #expect(await silent.next() == .closed)
        }
    }

    @Test func oneConnectionMoreThanAllowedIsClosed() async throws {
        try await withSimulator(SimulatorOptions(maximumConnections: 1)) { server, address in
            let first = try await ESME.bound(address)
            let second = try await ESME(address)
            #expect([.closed, .reset].contains(await second.next()))
            #expect(try await first.submit("79160000000").0 == .ok)
            #expect(await server.statistics().openConnections == 1)
        }
    }

    @Test func stoppingClosesEveryConnection() async throws {
        try await withSimulator { server, address in
            let esme = try await ESME.bound(address)
            await server.stop()
            #expect(await esme.next() == .closed)
            await #expect(throws: (any Error).self) { _ = try await ESME(address) }
        }
    }
}
