import NIOCore
import SMPP
import SMPPWire

/// The fields of a received message that people look at.
struct MessageContent {
    var source: SMPPAddress
    var destination: SMPPAddress
    var esmClass: UInt8
    var dataCoding: UInt8
    var registeredDelivery: UInt8
    /// `short_message`, or `message_payload` where that stands in its place.
    var octets: [UInt8]
    var tlvs: [TLV]

    /// Takes a `submit_sm` or `data_sm` apart; nil for anything else.
    init?(_ pdu: [UInt8]) {
        guard let decoded = try? PDUDecoder.decode(ByteBuffer(bytes: pdu)) else { return nil }
        self.init(decoded.body)
    }

    init(_ message: DataMessage) {
        self.init(ShortMessage(message))
    }

    init(_ message: ShortMessage) {
        source = message.source
        destination = message.destination
        esmClass = message.esmClass
        dataCoding = message.dataCoding
        registeredDelivery = message.registeredDelivery
        octets = message.tlvs[.messagePayload]?.value ?? message.shortMessage
        tlvs = message.tlvs
    }

    /// Nil for anything but a `submit_sm` or `data_sm`.
    init?(_ body: PDUBody) {
        switch body {
        case .submit(let message):
            self.init(message)
        case .data(let message):
            self.init(message)
        case .bind, .bindResponse, .outbind, .unbind, .unbindResponse, .enquireLink, .enquireLinkResponse,
            .genericNack, .submitResponse, .deliver, .deliverResponse, .dataResponse, .query, .queryResponse, .cancel,
            .cancelResponse, .alertNotification, .unknown:
            return nil
        }
    }
}
