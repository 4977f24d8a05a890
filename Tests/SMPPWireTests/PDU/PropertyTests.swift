import NIOCore
import SMPP
import SMPPWire
import Testing

@Suite struct PropertyTests {
    @Test(arguments: UInt64(1)...4)
    func whatIsEncodedComesBack(_ seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        for round in 0..<200 {
            let pdu = chance.pdu()
            #expect(try decode(try encode(pdu)) == pdu)
            if round % 8 == 0 { _ = PDUAnnotation.describe(buffer(try encode(pdu)), revealSecrets: true) }
        }
    }

    /// Whatever comes in: no crash, and what was understood is understood again after it was written.
    @Test(arguments: UInt64(1)...4)
    func anyFrameIsJudged(_ seed: UInt64) throws {
        var chance = SplitMix64(seed: seed &* 7919)
        for round in 0..<400 {
            let octets = chance.frame()
            if round % 8 == 0 { _ = PDUAnnotation.describe(buffer(octets)) }
            guard let pdu = try? decode(octets), let again = try? encode(pdu) else { continue }
            #expect(try decode(again).commandID == pdu.commandID)
            #expect(try encode(try decode(again)) == again)
        }
    }
}

extension SplitMix64 {
    mutating func octet() -> UInt8 { UInt8.random(in: 0...255, using: &self) }

    private mutating func text(_ range: ClosedRange<Int>) -> String {
        let count = Bool.random(using: &self) ? range.upperBound : Int.random(in: range, using: &self)
        return String(latin1: (0..<count).map { _ in UInt8.random(in: 1...255, using: &self) })
    }

    private mutating func time() -> String { Bool.random(using: &self) ? "" : text(16...16) }

    mutating func octets(_ range: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: range, using: &self)).map { _ in octet() }
    }

    private mutating func address(_ limit: Int) -> SMPPAddress {
        SMPPAddress(ton: octet(), npi: octet(), text(0...limit))
    }

    private mutating func tlvs() -> [TLV] {
        (0..<Int.random(in: 0...40, using: &self)).map { _ in
            TLV(TLVTag(rawValue: UInt16.random(in: 0...0x1500, using: &self)), octets(0...20))
        }
    }

    private mutating func message() -> ShortMessage {
        ShortMessage(
            serviceType: text(0...5), source: address(20), destination: address(20), esmClass: octet(),
            protocolID: octet(), priority: octet(), scheduleDeliveryTime: time(), validityPeriod: time(),
            registeredDelivery: octet(), replaceIfPresent: octet(), dataCoding: octet(), defaultMessageID: octet(),
            shortMessage: octets(0...254), tlvs: tlvs())
    }

    mutating func pdu() -> PDU {
        let kind = BindKind.allCases.randomElement(using: &self) ?? .receiver
        let response = MessageResponse(messageID: text(0...64), tlvs: tlvs())
        let bodies: [PDUBody] = [
            .bind(
                kind,
                BindRequest(
                    systemID: text(1...15), password: text(0...8), systemType: text(0...12),
                    interfaceVersion: octet(), addrTON: octet(), addrNPI: octet(), addressRange: text(0...40))),
            .bindResponse(kind, BindResponse(systemID: text(0...15), tlvs: tlvs())),
            .outbind(Outbind(systemID: text(0...15), password: text(0...8))),
            .submit(message()), .deliver(message()),
            .submitResponse(response), .deliverResponse(response), .dataResponse(response),
            .data(
                DataMessage(
                    serviceType: text(0...5), source: address(64), destination: address(64), esmClass: octet(),
                    registeredDelivery: octet(), dataCoding: octet(), tlvs: tlvs())),
            .query(QueryRequest(messageID: text(1...64), source: address(20))),
            .queryResponse(
                QueryResponse(messageID: text(0...64), finalDate: time(), messageState: octet(), errorCode: octet())),
            .cancel(
                CancelRequest(
                    serviceType: text(0...5), messageID: text(0...64), source: address(20), destination: address(20))),
            .alertNotification(AlertNotification(source: address(64), esme: address(64), tlvs: tlvs())),
            .unknown(CommandID(rawValue: 0x0001_0200 + UInt32(octet())), octets(0...300)),
        ]
        let body = bodies.randomElement(using: &self) ?? .enquireLink
        let status =
            body.commandID.isResponse && Bool.random(using: &self) ? UInt32.random(in: 0...0x500, using: &self) : 0
        return PDU(
            status: CommandStatus(rawValue: status), sequence: UInt32.random(in: 0 ... .max, using: &self), body)
    }

    /// A PDU with a few octets changed, cut or added, its length mostly put right; sometimes only noise.
    mutating func frame() -> [UInt8] {
        guard Int.random(in: 0..<20, using: &self) > 0, var octets = try? encode(pdu()) else { return octets(0...100) }
        for _ in 0..<Int.random(in: 0...4, using: &self) {
            octets[Int.random(in: 0..<octets.count, using: &self)] = octet()
        }
        if Bool.random(using: &self) { octets.removeLast(Int.random(in: 0...(octets.count - 16), using: &self)) }
        if Bool.random(using: &self) { octets += self.octets(0...8) }
        if Int.random(in: 0..<8, using: &self) > 0 {
            for place in 0..<4 { octets[place] = UInt8(truncatingIfNeeded: octets.count >> (24 - 8 * place)) }
        }
        return octets
    }
}
