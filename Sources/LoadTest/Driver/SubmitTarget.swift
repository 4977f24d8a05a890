package import Messaging
import NIOCore
package import SMPP
import SMPPWire
package import TLS

/// How binds are opened and messages are submitted.
package struct SubmitOptions: Sendable {
    package var host: String
    package var port: Int
    package var tls: TLSClientContext?
    package var kind = BindKind.transceiver
    package var systemID: String
    package var password: String
    package var systemType = ""
    /// Unanswered submits a bind, in `LoadLimits.window`.
    package var window = 10
    /// Whether receipts are asked for, with `registered_delivery` 1.
    package var wantsReceipts = false
    /// Alphabets and the way of long texts.
    package var policy = TextPolicy()

    package init(host: String, port: Int, systemID: String, password: String) {
        self.host = host
        self.port = port
        self.systemID = systemID
        self.password = password
    }
}

/// What all binds of a run share.
struct SubmitTarget: Sendable {
    var options: SubmitOptions
    var address: SocketAddress
    /// Nanoseconds for an answer.
    var timeout: UInt64

    var bindRequest: PDU {
        PDU(
            sequence: 1,
            .bind(
                options.kind,
                BindRequest(
                    systemID: options.systemID, password: options.password, systemType: options.systemType)))
    }

    /// The `submit_sm` of each segment; nil where the text does not fit or has nothing to send.
    func segments(of message: LoadMessage, reference: () -> UInt16) -> [ShortMessage]? {
        guard
            let cut = try? Segmenter.segment(message.text, policy: options.policy, reference: reference)
        else { return nil }
        let rules = AddressRules()
        let source = Self.source(message.from, rules)
        let destination = rules.address(message.to.utf8.count <= 6 ? .short : .international, message.to)
        return cut.segments.map { segment in
            ShortMessage(
                source: source, destination: destination, esmClass: segment.hasUDH ? 0x40 : 0,
                registeredDelivery: options.wantsReceipts ? 1 : 0, dataCoding: cut.dataCoding,
                shortMessage: segment.isPayload ? [] : segment.octets,
                tlvs: segment.parameters)
        }
    }

    private static func source(_ from: String, _ rules: AddressRules) -> SMPPAddress {
        guard !from.isEmpty else { return SMPPAddress() }
        let isNumber = from.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber else { return rules.address(.alphanumeric, from) }
        return rules.address(from.utf8.count <= 6 ? .short : .international, from)
    }
}
