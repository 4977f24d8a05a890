import NIOCore
import SMPP
import SMPPWire
import TestPrograms
import Testing

@testable import Simulator

extension ShortMessage {
    /// A message that asks for a receipt.
    static func asking(_ registeredDelivery: UInt8 = 1, _ destination: String = "79160000000") -> ShortMessage {
        var message = ShortMessage.to(destination, text: "Your code is 123456, tell it to nobody")
        message.registeredDelivery = registeredDelivery
        return message
    }
}

extension ESME {
    /// The next PDU, which must be a `deliver_sm`; it is not answered yet.
    func nextDelivery() async throws -> (UInt32, ShortMessage) {
        let pdu = try await nextPDU()
        guard case .deliver(let message) = pdu.body else {
            Issue.record("not a deliver_sm: \(pdu.commandID.name)")
            throw ChannelError.eof
        }
        return (pdu.sequence, message)
    }

    /// Answers a `deliver_sm`.
    func answer(_ sequence: UInt32, _ status: CommandStatus = .ok) async throws {
        var octets = ByteBuffer()
        try PDUEncoder.encode(
            PDU(status: status, sequence: sequence, .deliverResponse(MessageResponse())), into: &octets)
        try await channel.writeAndFlush(octets)
    }

    /// The next receipt, answered with status 0.
    func nextReceipt() async throws -> DeliveryReceipt {
        let (sequence, message) = try await nextDelivery()
        try await answer(sequence)
        return try #require(DeliveryReceipt(parsing: message))
    }
}

/// Waits until a statistic is as it must be.
func eventually(
    _ server: SimulatorServer, file: String = #fileID, line: Int = #line, _ condition: (SimulatorStatistics) -> Bool
) async throws {
    var last = await server.statistics()
    try await eventually("so in \(last)", file: file, line: line) {
        last = await server.statistics()
        return condition(last)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct ReceiptTests {
    private static func options(
        _ receipts: ReceiptOptions = ReceiptOptions(), _ deliveries: DeliveryOptions = DeliveryOptions()
    ) -> SimulatorOptions {
        var options = SimulatorOptions()
        options.receipts = receipts
        options.deliveries = deliveries
        return options
    }

    @Test func aReceiptFollowsTheResponse() async throws {
        try await withSimulator(Self.options()) { server, address in
            let esme = try await ESME.bound(address, systemID: "acme")
            let answer = try await esme.request(.submit(.asking()))
            guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
            let (sequence, message) = try await esme.nextDelivery()
            #expect(message.esmClass == 0x04 && message.dataCoding == 0 && message.registeredDelivery == 0)
            #expect(message.source == SMPPAddress(ton: 1, npi: 1, "79160000000"))
            #expect(message.destination == SMPPAddress(ton: 5, npi: 0, "ACME"))
            #expect(message.tlvs[.receiptedMessageID]?.text == response.messageID)
            #expect(message.tlvs[.messageState]?.integer == 2 && message.tlvs[.networkErrorCode] == nil)
            let text = String(latin1: message.shortMessage)
            #expect(text.hasPrefix("id:\(response.messageID) sub:001 dlvrd:001 submit date:"))
            #expect(text.hasSuffix(" stat:DELIVRD err:000 text:Your code is 123456,"))
            let receipt = try #require(DeliveryReceipt(parsing: message))
            #expect(receipt.state == .delivered && receipt.otherID == nil)
            #expect(text.contains(" done date:"))
            #expect(await server.statistics().receipts.waiting == 1)
            try await esme.answer(sequence)
            try await eventually(server) { $0.receipts.acknowledged == 1 }
            let counts = await server.statistics().receipts
            #expect(counts == DeliveryCounts(sent: 1, acknowledged: 1))
        }
    }

    @Test(
        arguments: [
            (0, ReceiptState.delivered, false), (0, .undeliverable, false), (1, .delivered, true), (1, .expired, true),
            (2, .delivered, false), (2, .undeliverable, true), (2, .rejected, true), (3, .delivered, true),
            (3, .expired, false), (0x11, .delivered, true), (0x10, .delivered, false), (0x0C, .delivered, false),
        ] as [(UInt8, ReceiptState, Bool)])
    func onlyWhatIsAskedForIsTold(registered: UInt8, state: ReceiptState, isTold: Bool) async throws {
        let states = [ReceiptOptions.Share(state, weight: 1)]
        try await withSimulator(Self.options(ReceiptOptions(states: states))) { server, address in
            let esme = try await ESME.bound(address)
            // The second asks for every receipt: it comes behind that of the first, if there is one.
            try await esme.send(.submit(.asking(registered, "7001")), .submit(.asking(1, "7002")))
            _ = try await [esme.nextPDU(), esme.nextPDU()]
            if isTold {
                let (sequence, message) = try await esme.nextDelivery()
                #expect(message.source.value == "7001")
                #expect(DeliveryReceipt(parsing: message)?.state == state)
                try await esme.answer(sequence)
            }
            #expect(try await esme.nextDelivery().1.source.value == "7002")
        }
    }

    @Test(arguments: [
        (SimulatorOptions.MessageIDForm.decimal, ReceiptOptions.IDs.same), (.decimal, .hex), (.hexadecimal, .decimal),
        (.hexadecimal, .uppercase), (.decimal, .padded), (.uuid, .same), (.uuid, .uppercase), (.empty, .same),
    ])
    func idsAreWrittenAsAsked(form: SimulatorOptions.MessageIDForm, ids: ReceiptOptions.IDs) async throws {
        var options = Self.options(ReceiptOptions(ids: ids))
        options.messageIDs = form
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            let answer = try await esme.request(.submit(.asking()))
            guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
            let id = try #require(try await esme.nextReceipt().messageID)
            let given = response.messageID
            switch (form, ids) {
            case (.decimal, .hex): #expect(id == UInt64(given).map { String($0, radix: 16) })
            case (.hexadecimal, .decimal): #expect(id == UInt64(given, radix: 16).map { String($0) })
            case (_, .uppercase): #expect(id == given.uppercased() && id != given)
            case (_, .padded): #expect(id.utf8.count == 20 && UInt64(id) == UInt64(given))
            case (.empty, _): #expect(given.isEmpty && UInt64(id) != nil)
            default: #expect(id == given)
            }
        }
    }

    @Test(arguments: ReceiptOptions.Form.allCases)
    func fieldsStandWhereTheyMust(form: ReceiptOptions.Form) async throws {
        let states = [ReceiptOptions.Share(.undeliverable, weight: 1)]
        try await withSimulator(Self.options(ReceiptOptions(states: states, form: form))) { _, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            let message = try await esme.nextDelivery().1
            #expect(message.shortMessage.isEmpty == (form == .tlv))
            #expect(
                message.tlvs.map(\.tag)
                    == (form == .text ? [] : [.receiptedMessageID, .messageState, .networkErrorCode]))
            let receipt = try #require(DeliveryReceipt(parsing: message))
            #expect(receipt.state == .undeliverable && receipt.messageID != nil)
            if form != .text { #expect(receipt.networkError == NetworkErrorCode([3, 0, 1])) }
            if form != .tlv {
                #expect(receipt.error == "001" && String(latin1: message.shortMessage).contains(" dlvrd:000 "))
            }
        }
    }

    @Test func receiptsGoToEveryReceivingBindInTurns() async throws {
        try await withSimulator(Self.options()) { server, address in
            let sender = try await ESME.bound(address, .transmitter, systemID: "acme")
            // On whichever event loops the connections come to lie.
            var receivers: [ESME] = []
            for kind in [BindKind.receiver, .transceiver, .receiver] {
                receivers.append(try await ESME.bound(address, kind, systemID: "acme"))
            }
            let stranger = try await ESME.bound(address, .receiver, systemID: "other")
            var ids: Set<String> = []
            for _ in 0..<6 {
                let answer = try await sender.request(.submit(.asking()))
                guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
                ids.insert(response.messageID)
            }
            var told: Set<String> = []
            for receiver in receivers {
                for _ in 0..<2 { told.insert(try await receiver.nextReceipt().messageID ?? "") }
            }
            #expect(told == ids && ids.count == 6)
            // The stranger got none of them.
            #expect(try await stranger.request(.enquireLink).commandID == .enquireLinkResponse)
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 6, acknowledged: 6) }
        }
    }

    @Test func receiptsWaitForABindThatReceives() async throws {
        try await withSimulator(Self.options()) { server, address in
            let sender = try await ESME.bound(address, .transmitter, systemID: "acme")
            for _ in 0..<3 { _ = try await sender.request(.submit(.asking())) }
            #expect(await server.statistics().receipts == DeliveryCounts(waiting: 3))
            _ = try await ESME.bound(address, .receiver, systemID: "other")
            let receiver = try await ESME.bound(address, .receiver, systemID: "acme")
            for _ in 0..<3 { _ = try await receiver.nextReceipt() }
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 3, acknowledged: 3) }
        }
    }

    @Test func whatABindHasNotAcknowledgedGoesToTheNext() async throws {
        try await withSimulator(Self.options()) { server, address in
            let first = try await ESME.bound(address)
            let answer = try await first.request(.submit(.asking()))
            guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
            _ = try await first.nextDelivery()
            try await first.close()
            let second = try await ESME.bound(address)
            #expect(try await second.nextReceipt().messageID == response.messageID)
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 2, repeated: 1, acknowledged: 1) }
        }
    }

    @Test func theWindowIsKept() async throws {
        try await withSimulator(Self.options(ReceiptOptions(), DeliveryOptions(window: 2))) { server, address in
            let esme = try await ESME.bound(address)
            try await esme.send((0..<5).map { _ in .submit(.asking()) })
            for _ in 0..<5 { _ = try await esme.nextPDU() }
            let first = try await esme.nextDelivery().0
            let second = try await esme.nextDelivery().0
            try await eventually(server) { $0.receipts.waiting == 5 }
            // Were there a third, it would come before the answer to this.
            #expect(try await esme.request(.enquireLink).commandID == .enquireLinkResponse)
            #expect(await server.statistics().receipts.sent == 2)
            try await esme.answer(second)
            let third = try await esme.nextDelivery().0
            for sequence in [first, third] { try await esme.answer(sequence) }
            for _ in 0..<2 { _ = try await esme.nextReceipt() }
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 5, acknowledged: 5) }
        }
    }

    @Test(arguments: [0x08, 0x58, 0x14, 0x45] as [UInt32])
    func aTemporaryRefusalIsRepeatedAndThenGivenUp(status: UInt32) async throws {
        let deliveries = DeliveryOptions(repeatAfter: .milliseconds(1))
        try await withSimulator(Self.options(ReceiptOptions(), deliveries)) { server, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            var bodies: Set<ShortMessage> = []
            var sequences: Set<UInt32> = []
            for _ in 0..<Delivery.maximumAttempts {
                let (sequence, message) = try await esme.nextDelivery()
                bodies.insert(message)
                sequences.insert(sequence)
                try await esme.answer(sequence, CommandStatus(rawValue: status))
            }
            #expect(bodies.count == 1 && sequences.count == Delivery.maximumAttempts)
            try await eventually(server) {
                $0.receipts == DeliveryCounts(sent: 5, repeated: 4, refused: 5, dropped: 1)
            }
        }
    }

    @Test func afterATemporaryRefusalTheRepeatCounts() async throws {
        let deliveries = DeliveryOptions(repeatAfter: .milliseconds(1))
        try await withSimulator(Self.options(ReceiptOptions(), deliveries)) { server, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            try await esme.answer(try await esme.nextDelivery().0, .systemError)
            _ = try await esme.nextReceipt()
            try await eventually(server) {
                $0.receipts == DeliveryCounts(sent: 2, repeated: 1, acknowledged: 1, refused: 1)
            }
        }
    }

    @Test(arguments: [0x64, 0x01, 0xFF] as [UInt32])
    func anotherRefusalIsFinal(status: UInt32) async throws {
        try await withSimulator(Self.options()) { server, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            try await esme.answer(try await esme.nextDelivery().0, CommandStatus(rawValue: status))
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 1, refused: 1, dropped: 1) }
        }
    }

    @Test func anAnswerThatDoesNotComeIsWaitedForAndTheReceiptRepeated() async throws {
        let deliveries = DeliveryOptions(timeout: .milliseconds(500), repeatAfter: .milliseconds(1))
        try await withSimulator(Self.options(ReceiptOptions(), deliveries)) { server, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            let late = try await esme.nextDelivery().0
            let again = try await esme.nextDelivery().0
            #expect(again != late)
            // Too late for the first: nobody waits for it any more.
            try await esme.answer(late)
            try await esme.answer(again)
            try await eventually(server) { $0.receipts.waiting == 0 && $0.receipts.acknowledged == 1 }
        }
    }

    @Test func aGenericNackRefuses() async throws {
        try await withSimulator(Self.options()) { server, address in
            let esme = try await ESME.bound(address)
            _ = try await esme.request(.submit(.asking()))
            let sequence = try await esme.nextDelivery().0
            try await esme.send(octets: [0, 0, 0, 16, 0x80, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, UInt8(sequence)])
            try await eventually(server) { $0.receipts == DeliveryCounts(sent: 1, refused: 1, dropped: 1) }
        }
    }

    @Test func refusedMessagesHaveNoReceiptAndUnansweredOnesHave() async throws {
        try await withSimulator(Self.options()) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.asking(1, "79160660011")), .submit(.asking(1, "79160670001")))
            #expect(try await esme.nextPDU().status == .invalidDestinationAddress)
            #expect(try await esme.nextDelivery().1.source.value == "79160670001")
        }
    }

    @Test func theReceiptComesAfterALateResponse() async throws {
        let rule = try FaultRule(parsing: "*=late:60ms")
        var options = Self.options()
        options.faults = [rule]
        options.standardFaults = false
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            try await esme.send(.submit(.asking()))
            #expect(try await esme.nextPDU().commandID == .submitSMResponse)
            _ = try await esme.nextReceipt()
        }
    }

    @Test func dataMessagesHaveReceipts() async throws {
        try await withSimulator(Self.options()) { _, address in
            let esme = try await ESME.bound(address)
            let data = DataMessage(
                source: SMPPAddress("1"), destination: SMPPAddress("7"), registeredDelivery: 1,
                tlvs: [TLV(.messagePayload, Array("hello".utf8))])
            _ = try await esme.request(.data(data))
            let message = try await esme.nextDelivery().1
            #expect(message.source.value == "7" && String(latin1: message.shortMessage).hasSuffix("text:hello"))
        }
    }

    @Test func queriesTellTheStateAndCancelsComeInTime() async throws {
        let states = [ReceiptOptions.Share(.expired, weight: 1)]
        let late = Self.options(ReceiptOptions(delay: .seconds(600), states: states))
        try await withSimulator(late) { _, address in
            let esme = try await ESME.bound(address)
            let answer = try await esme.request(.submit(.asking()))
            guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
            let query = PDUBody.query(QueryRequest(messageID: response.messageID))
            guard case .queryResponse(let before) = try await esme.request(query).body else { throw ChannelError.eof }
            #expect(before.messageState == 1 && before.finalDate.isEmpty)
            let cancel = CancelRequest(
                messageID: response.messageID, source: SMPPAddress(ton: 5, npi: 0, "ACME"),
                destination: SMPPAddress(ton: 1, npi: 1, "79160000000"))
            #expect(try await esme.request(.cancel(cancel)).status == .ok)
            let receipt = try await esme.nextReceipt()
            #expect(receipt.state == .deleted && receipt.messageID == response.messageID)
        }
        try await withSimulator(Self.options(ReceiptOptions(states: states))) { _, address in
            let esme = try await ESME.bound(address)
            let answer = try await esme.request(.submit(.asking()))
            guard case .submitResponse(let response) = answer.body else { throw ChannelError.eof }
            _ = try await esme.nextReceipt()
            let query = PDUBody.query(QueryRequest(messageID: response.messageID))
            guard case .queryResponse(let after) = try await esme.request(query).body else { throw ChannelError.eof }
            #expect(after.messageState == 3 && after.finalDate.utf8.count == 16)
            let cancel = CancelRequest(
                messageID: response.messageID, source: SMPPAddress(ton: 5, npi: 0, "ACME"),
                destination: SMPPAddress(ton: 1, npi: 1, "79160000000"))
            #expect(try await esme.request(.cancel(cancel)).status == .cancelFailed)
        }
    }

    @Test func statesComeByTheirWeights() throws {
        let shares = try ReceiptOptions.states(parsing: "delivered=90,undeliverable=8,expired=2")
        let writer = ReceiptWriter(ReceiptOptions(states: shares))
        var generator = SplitMix64(seed: 7)
        var counts: [ReceiptState: Int] = [:]
        for _ in 0..<10_000 { counts[writer.state(using: &generator), default: 0] += 1 }
        #expect(counts.count == 3)
        #expect((8_850...9_150).contains(counts[.delivered] ?? 0))
        #expect((700...900).contains(counts[.undeliverable] ?? 0))
        #expect((140...260).contains(counts[.expired] ?? 0))
    }

    @Test(arguments: [
        "", "sent", "delivered=", "delivered=0", "delivered=-1", "delivered,delivered", "delivered=1,",
        "delivered=1000001", "scheduled",
    ])
    func otherStatesAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try ReceiptOptions.states(parsing: text) }
    }
}
