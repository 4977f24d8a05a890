import NIOCore
import SMPP

/// submit_sm and submit_sm_resp with every field at, beside and between its bounds.
extension SplitMix64 {
    mutating func submitPDU() -> PDU {
        let sequence = UInt32.random(in: 0 ... .max, using: &self)
        guard oneIn(3) else { return PDU(status: status(rarely: 20), sequence: sequence, .submit(submit())) }
        let response = MessageResponse(
            messageID: boundedText(64), tlvs: parameters(), isHeaderOnly: oneIn(4))
        return PDU(status: status(rarely: 2), sequence: sequence, .submitResponse(response))
    }

    /// Octets on the wire, mostly a PDU with a few of them changed, cut, inserted or added and its length put right.
    mutating func submitFrame() -> ByteBuffer {
        guard !oneIn(20) else { return ByteBuffer(bytes: octets(0...100)) }
        let id: CommandID = oneIn(3) ? .submitSMResponse : .submitSM
        var body = id == .submitSM ? messageBody() : field(255) + (oneIn(5) ? [] : [0])
        for tlv in parameters() {
            body += [
                UInt8(tlv.tag.rawValue >> 8), UInt8(tlv.tag.rawValue & 0xFF), 0, UInt8(tlv.value.count),
            ]
            body += tlv.value
        }
        if oneIn(4), !body.isEmpty { body[Int.random(in: 0..<body.count, using: &self)] = octet() }
        if oneIn(6) { body.removeLast(Int.random(in: 0...body.count, using: &self)) }
        if oneIn(6) { body += octets(0...8) }
        var buffer = ByteBuffer()
        buffer.writeMultipleIntegers(
            UInt32(16 + body.count) + (oneIn(30) ? 1 : 0), id.rawValue, status(rarely: 2).rawValue,
            UInt32.random(in: 0 ... .max, using: &self))
        buffer.writeBytes(body)
        return buffer
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    private mutating func status(rarely count: Int) -> CommandStatus {
        CommandStatus(rawValue: oneIn(count) ? UInt32.random(in: 0...0x500, using: &self) : 0)
    }

    /// A count at, beside or below a limit; rarely above it.
    private mutating func count(_ limit: Int) -> Int {
        switch Int.random(in: 0..<20, using: &self) {
        case 0: limit + 1
        case 1: limit + Int.random(in: 1...40, using: &self)
        case 2...5: limit
        case 6...7: limit - 1
        case 8...10: 0
        case 11...12: 1
        default: Int.random(in: 0...limit, using: &self)
        }
    }

    /// ASCII mostly; Latin-1, what is no Latin-1, or a NUL more rarely.
    private mutating func boundedText(_ limit: Int) -> String {
        var text = String(latin1: field(limit))
        if oneIn(25) {
            let scalar = ["\u{0}", "Ж", "\u{100}", "😀", "\u{301}"].randomElement(using: &self) ?? ""
            let place = Int.random(in: 0...text.unicodeScalars.count, using: &self)
            var scalars = text.unicodeScalars
            scalars.insert(
                contentsOf: scalar.unicodeScalars, at: scalars.index(scalars.startIndex, offsetBy: place))
            text = String(scalars)
        }
        return text
    }

    private mutating func field(_ limit: Int) -> [UInt8] {
        let highest: UInt8 = oneIn(6) ? 0xFF : 0x7F
        return (0..<count(limit)).map { _ in UInt8.random(in: 1...highest, using: &self) }
    }

    private mutating func boundedTime() -> String { oneIn(2) ? "" : boundedText(16) }

    private mutating func parameters() -> [TLV] {
        guard oneIn(3) else { return [] }
        return (0..<Int.random(in: 1...4, using: &self)).map { _ in
            TLV(TLVTag(rawValue: UInt16.random(in: 0...0x1500, using: &self)), octets(0...20))
        }
    }

    private mutating func submit() -> ShortMessage {
        let lengths = [0, 1, 139, 140, 253, 254]
        let length =
            oneIn(2) ? lengths.randomElement(using: &self) ?? 0 : min(count(254), 300)
        return ShortMessage(
            serviceType: boundedText(5), source: SMPPAddress(ton: octet(), npi: octet(), boundedText(20)),
            destination: SMPPAddress(ton: octet(), npi: octet(), boundedText(20)), esmClass: octet(),
            protocolID: octet(), priority: octet(), scheduleDeliveryTime: boundedTime(),
            validityPeriod: boundedTime(), registeredDelivery: octet(), replaceIfPresent: octet(),
            dataCoding: octet(), defaultMessageID: octet(), shortMessage: octets(length...length), tlvs: parameters())
    }

    private mutating func messageBody() -> [UInt8] {
        var body = wireText(5)
        for _ in 0..<2 { body += octets(2...2) + wireText(20) }
        body += octets(3...3) + wireText(16) + wireText(16) + octets(4...4)
        let length = count(254)
        body.append(UInt8(truncatingIfNeeded: oneIn(10) ? length + 1 : length))
        return body + octets(length...length)
    }

    /// Seldom over-long or without its NUL, since a PDU has five of them.
    private mutating func wireText(_ limit: Int) -> [UInt8] {
        let text = oneIn(8) ? field(limit) : Array(field(limit).prefix(limit))
        return text + (oneIn(40) ? [] : [0])
    }
}
