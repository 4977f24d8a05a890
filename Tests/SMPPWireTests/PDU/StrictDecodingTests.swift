import NIOCore
import SMPP
import SMPPWire
import Testing

/// What is refused, where, and with which status.
@Suite struct StrictDecodingTests {
    @Test func lessThanAHeader() {
        for count in 0..<16 {
            let error = #expect(throws: PDUDecodingError.self) {
                try PDUDecoder.decode(ByteBuffer(repeating: 0, count: count))
            }
            #expect(error?.status == .invalidCommandLength)
            #expect(error?.sequence == 0)
        }
    }

    @Test func commandLengthIsNotTheFramesLength() {
        for length: UInt32 in [0, 15, 17, 0xFFFF_FFFF] {
            var octets = frame(.enquireLink, sequence: 77)
            octets.setInteger(length, at: 0)
            let error = #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(octets) }
            #expect(error?.status == .invalidCommandLength)
            #expect(error?.sequence == 77)
            #expect(error?.commandID == .enquireLink)
        }
    }

    @Test(arguments: [
        CommandID.bindTransceiver, .submitSM, .deliverSM, .dataSM, .querySM, .cancelSM, .alertNotification, .outbind,
    ])
    func requestsWithoutABody(_ id: CommandID) {
        let error = #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(frame(id)) }
        #expect(error?.status == .invalidCommandLength)
        #expect(error?.offset == 16)
    }

    /// Cut anywhere in the mandatory body, a deliver_sm is refused.
    @Test func truncatedBodies() {
        let body = Bodies.deliver.dropLast() + [3, 0x61, 0x62, 0x63]
        #expect(throws: Never.self) { try PDUDecoder.decode(frame(.deliverSM, Array(body))) }
        for count in 0..<body.count {
            let error = #expect(throws: PDUDecodingError.self) {
                try PDUDecoder.decode(frame(.deliverSM, Array(body.prefix(count))))
            }
            #expect([.invalidCommandLength, .invalidMessageLength].contains(error?.status))
        }
    }

    @Test func overlongTexts() {
        let long = [UInt8](repeating: 0x31, count: 21) + [0]
        let rows: [(CommandID, [UInt8], UInt32, Int)] = [
            (.submitSM, octets("313233343536 00"), 0x15, 16),
            (.submitSM, octets("00 01 01") + long, 0x0A, 19),
            (.submitSM, octets("00 01 01 00 01 01") + long, 0x0B, 22),
            (.deliverSM, octets("00 01 01") + [UInt8](repeating: 0x31, count: 65) + [0], 0x0A, 19),
            (.deliverSM, [UInt8](repeating: 0x31, count: 65) + [0], 0x15, 16),
            (.submitSM, octets("00 01 01 00 01 01 00 00 00 00") + long, 0x61, 26),
            (.submitSM, octets("00 01 01 00 01 01 00 00 00 00 00") + long, 0x62, 27),
            (.bindTransceiver, long, 0x0F, 16),
            (.bindTransceiver, octets("6100") + [UInt8](repeating: 0x31, count: 65) + [0], 0x0E, 18),
            (.bindTransceiver, octets("6100 6200") + long, 0x53, 20),
            (.bindTransceiver, octets("6100 6200 00 34 00 00") + [UInt8](repeating: 0x5E, count: 41), 0xC2, 24),
            (.querySM, octets("3900 05 00") + long, 0x0A, 20),
            (.querySM, Array(repeating: 0x31, count: 65) + [0], 0x0C, 16),
        ]
        for (id, body, status, offset) in rows {
            let error = #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(frame(id, body)) }
            #expect(error?.status.rawValue == status, "\(id.name) \(offset)")
            #expect(error?.offset == offset, "\(id.name) \(status)")
        }
    }

    @Test func messageLength() throws {
        let head = Bodies.deliver.dropLast()
        let text = [UInt8](repeating: 0x41, count: 300)
        #expect(throws: Never.self) { try PDUDecoder.decode(frame(.deliverSM, head + [254] + text.prefix(254))) }
        // As some carriers bring it.
        let longest = try PDUDecoder.decode(frame(.deliverSM, head + [255] + text.prefix(255)))
        guard case .deliver(let message) = longest.body else { return }
        #expect(message.shortMessage == Array(text.prefix(255)) && longest.flaw != nil)
        #expect(throws: PDUDecodingError.self) {
            try PDUDecoder.decode(frame(.submitSM, head + [255] + text.prefix(255)))
        }
        for body in [head + [255] + text.prefix(254), head + [10] + text.prefix(9), head + [1]] {
            let error = #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(frame(.deliverSM, Array(body))) }
            #expect(error?.status == .invalidMessageLength)
            #expect(error?.offset == 16 + head.count)
        }
    }

    @Test func errorsHoldNothingOfTheMessage() {
        let body = octets("6100") + Array(String(repeating: "topsecretpassword", count: 4).utf8) + [0]
        let error = #expect(throws: PDUDecodingError.self) { try PDUDecoder.decode(frame(.bindTransceiver, body)) }
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("password") == true)
    }
}
