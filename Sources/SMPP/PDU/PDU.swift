/// A protocol data unit: the header's status and sequence number, and a body (SMPP 3.4 §3.2).
///
/// `command_length` and `command_id` follow from the body.
package struct PDU: Hashable, Sendable {
    /// `command_status`; 0 in requests (§5.1.3).
    package var status: CommandStatus
    /// `sequence_number`: 1 to 0x7FFFFFFF in what we send (§5.1.4); any value in what peers send.
    package var sequence: UInt32
    /// What follows the header.
    package var body: PDUBody
    /// What a reader passed over; nil where all of it is as the standard says.
    package var flaw: PDUFlaw?

    package init(status: CommandStatus = .ok, sequence: UInt32, _ body: PDUBody) {
        self.status = status
        self.sequence = sequence
        self.body = body
    }

    package var commandID: CommandID { body.commandID }
}

/// A fault of a PDU that cost nothing of what the PDU is for: octets behind its body, a broken optional parameter, a text that is
/// longer than the standard lets it be. It holds no text, number or secret.
package struct PDUFlaw: Error, Hashable, CustomStringConvertible {
    /// Where it is, in octets from the start of the PDU.
    package var offset: Int
    package var reason: String

    package init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    package var description: String { "octet \(offset): \(reason)" }
}

/// The body of a PDU, by command.
///
/// Strings in bodies hold one Latin-1 scalar per octet of the wire's C-octet string, without the NUL.
package enum PDUBody: Hashable, Sendable {
    case bind(BindKind, BindRequest)
    case bindResponse(BindKind, BindResponse)
    case outbind(Outbind)
    case unbind
    case unbindResponse
    case enquireLink
    case enquireLinkResponse
    case genericNack
    case submit(ShortMessage)
    case submitResponse(MessageResponse)
    case deliver(ShortMessage)
    case deliverResponse(MessageResponse)
    case data(DataMessage)
    case dataResponse(MessageResponse)
    case query(QueryRequest)
    case queryResponse(QueryResponse)
    case cancel(CancelRequest)
    case cancelResponse
    case alertNotification(AlertNotification)
    /// A command that this bridge does not speak; the body is kept as it came.
    case unknown(CommandID, [UInt8])

    package var commandID: CommandID {
        switch self {
        case .bind(let kind, _): kind.commandID
        case .bindResponse(let kind, _): kind.commandID.response
        case .outbind: .outbind
        case .unbind: .unbind
        case .unbindResponse: .unbindResponse
        case .enquireLink: .enquireLink
        case .enquireLinkResponse: .enquireLinkResponse
        case .genericNack: .genericNack
        case .submit: .submitSM
        case .submitResponse: .submitSMResponse
        case .deliver: .deliverSM
        case .deliverResponse: .deliverSMResponse
        case .data: .dataSM
        case .dataResponse: .dataSMResponse
        case .query: .querySM
        case .queryResponse: .querySMResponse
        case .cancel: .cancelSM
        case .cancelResponse: .cancelSMResponse
        case .alertNotification: .alertNotification
        case .unknown(let id, _): id
        }
    }
}

/// Which way a bind carries messages (SMPP 3.4 §2.2).
package enum BindKind: String, Hashable, Sendable, CaseIterable {
    case receiver, transmitter, transceiver

    /// The request that opens a bind of this kind.
    package var commandID: CommandID {
        switch self {
        case .receiver: .bindReceiver
        case .transmitter: .bindTransmitter
        case .transceiver: .bindTransceiver
        }
    }

    /// Whether an ESME may send `submit_sm` over it.
    package var submits: Bool { self != .receiver }
    /// Whether an SMSC may send `deliver_sm` and `data_sm` over it.
    package var receives: Bool { self != .transmitter }
}

/// The body of `bind_receiver`, `bind_transmitter` and `bind_transceiver` (SMPP 3.4 §4.1).
package struct BindRequest: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 15 octets.
    package var systemID: String
    /// 0 to 8 octets, or up to 64 where a peer has such. Never printed.
    package var password: String
    /// 0 to 12 octets.
    package var systemType: String
    /// 0x34 for SMPP 3.4 (§5.2.4).
    package var interfaceVersion: UInt8
    package var addrTON: UInt8
    package var addrNPI: UInt8
    /// 0 to 40 octets.
    package var addressRange: String

    package init(
        systemID: String, password: String, systemType: String = "", interfaceVersion: UInt8 = 0x34,
        addrTON: UInt8 = 0, addrNPI: UInt8 = 0, addressRange: String = ""
    ) {
        self.systemID = systemID
        self.password = password
        self.systemType = systemType
        self.interfaceVersion = interfaceVersion
        self.addrTON = addrTON
        self.addrNPI = addrNPI
        self.addressRange = addressRange
    }

    /// Never the password.
    package var description: String { "BindRequest(system_id: \(systemID))" }
}

/// The body of a bind's response (SMPP 3.4 §4.1.2): empty strings and lists where the peer left them out.
package struct BindResponse: Hashable, Sendable {
    /// The SMSC's own id, 0 to 15 octets.
    package var systemID: String
    package var tlvs: [TLV]

    package init(systemID: String = "", tlvs: [TLV] = []) {
        self.systemID = systemID
        self.tlvs = tlvs
    }
}

/// The body of `outbind` (SMPP 3.4 §4.1.7).
package struct Outbind: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 15 octets.
    package var systemID: String
    /// As in a bind request. Never printed.
    package var password: String

    package init(systemID: String, password: String) {
        self.systemID = systemID
        self.password = password
    }

    /// Never the password.
    package var description: String { "Outbind(system_id: \(systemID))" }
}

/// An address with its type of number and numbering plan (SMPP 3.4 §5.2.5, §5.2.6).
package struct SMPPAddress: Hashable, Sendable {
    package var ton: UInt8
    package var npi: UInt8
    /// 0 to 20 octets; 0 to 64 in `data_sm` and `alert_notification`.
    package var value: String

    package init(ton: UInt8 = 0, npi: UInt8 = 0, _ value: String = "") {
        self.ton = ton
        self.npi = npi
        self.value = value
    }
}

/// The common body of `submit_sm` and `deliver_sm` (SMPP 3.4 §4.4.1, §4.6.1).
package struct ShortMessage: Hashable, Sendable {
    /// 0 to 5 octets.
    package var serviceType: String
    package var source: SMPPAddress
    package var destination: SMPPAddress
    /// §5.2.12; 0x40 announces a user data header.
    package var esmClass: UInt8
    package var protocolID: UInt8
    package var priority: UInt8
    /// Empty or 16 octets (§7.1.1).
    package var scheduleDeliveryTime: String
    /// Empty or 16 octets (§7.1.1).
    package var validityPeriod: String
    /// §5.2.17; 1 asks for a receipt.
    package var registeredDelivery: UInt8
    package var replaceIfPresent: UInt8
    /// §5.2.19.
    package var dataCoding: UInt8
    package var defaultMessageID: UInt8
    /// 0 to 254 octets, 255 in what some carriers bring; longer texts travel in `message_payload`.
    package var shortMessage: [UInt8]
    package var tlvs: [TLV]

    package init(
        serviceType: String = "", source: SMPPAddress = SMPPAddress(), destination: SMPPAddress = SMPPAddress(),
        esmClass: UInt8 = 0, protocolID: UInt8 = 0, priority: UInt8 = 0, scheduleDeliveryTime: String = "",
        validityPeriod: String = "", registeredDelivery: UInt8 = 0, replaceIfPresent: UInt8 = 0,
        dataCoding: UInt8 = 0, defaultMessageID: UInt8 = 0, shortMessage: [UInt8] = [], tlvs: [TLV] = []
    ) {
        self.serviceType = serviceType
        self.source = source
        self.destination = destination
        self.esmClass = esmClass
        self.protocolID = protocolID
        self.priority = priority
        self.scheduleDeliveryTime = scheduleDeliveryTime
        self.validityPeriod = validityPeriod
        self.registeredDelivery = registeredDelivery
        self.replaceIfPresent = replaceIfPresent
        self.dataCoding = dataCoding
        self.defaultMessageID = defaultMessageID
        self.shortMessage = shortMessage
        self.tlvs = tlvs
    }
}

/// The body of `submit_sm_resp`, `deliver_sm_resp` and `data_sm_resp` (SMPP 3.4 §4.4.2, §4.6.2, §4.7.2).
///
/// Error responses come with or without a body; without one the id is empty.
package struct MessageResponse: Hashable, Sendable {
    /// 0 to 64 octets as the peer wrote them.
    package var messageID: String
    package var tlvs: [TLV]
    /// Whether the PDU ends after its header. We write such a response where the status is an error and this is true.
    package var isHeaderOnly: Bool

    package init(messageID: String = "", tlvs: [TLV] = [], isHeaderOnly: Bool = false) {
        self.messageID = messageID
        self.tlvs = tlvs
        self.isHeaderOnly = isHeaderOnly
    }
}

/// The body of `data_sm` (SMPP 3.4 §4.7.1); its text is in `message_payload`.
package struct DataMessage: Hashable, Sendable {
    /// 0 to 5 octets.
    package var serviceType: String
    package var source: SMPPAddress
    package var destination: SMPPAddress
    package var esmClass: UInt8
    package var registeredDelivery: UInt8
    package var dataCoding: UInt8
    package var tlvs: [TLV]

    package init(
        serviceType: String = "", source: SMPPAddress = SMPPAddress(), destination: SMPPAddress = SMPPAddress(),
        esmClass: UInt8 = 0, registeredDelivery: UInt8 = 0, dataCoding: UInt8 = 0, tlvs: [TLV] = []
    ) {
        self.serviceType = serviceType
        self.source = source
        self.destination = destination
        self.esmClass = esmClass
        self.registeredDelivery = registeredDelivery
        self.dataCoding = dataCoding
        self.tlvs = tlvs
    }
}

extension ShortMessage {
    /// What a `data_sm` has in common with a `deliver_sm`; its text is in `message_payload`.
    package init(_ data: DataMessage) {
        self.init(
            serviceType: data.serviceType, source: data.source, destination: data.destination,
            esmClass: data.esmClass, registeredDelivery: data.registeredDelivery, dataCoding: data.dataCoding,
            tlvs: data.tlvs)
    }
}

/// The body of `query_sm` (SMPP 3.4 §4.8.1).
package struct QueryRequest: Hashable, Sendable {
    /// 1 to 64 octets.
    package var messageID: String
    package var source: SMPPAddress

    package init(messageID: String, source: SMPPAddress = SMPPAddress()) {
        self.messageID = messageID
        self.source = source
    }
}

/// The body of `query_sm_resp` (SMPP 3.4 §4.8.2).
package struct QueryResponse: Hashable, Sendable {
    package var messageID: String
    /// Empty or 16 octets.
    package var finalDate: String
    /// §5.2.28.
    package var messageState: UInt8
    package var errorCode: UInt8

    package init(messageID: String = "", finalDate: String = "", messageState: UInt8 = 0, errorCode: UInt8 = 0) {
        self.messageID = messageID
        self.finalDate = finalDate
        self.messageState = messageState
        self.errorCode = errorCode
    }
}

/// The body of `cancel_sm` (SMPP 3.4 §4.9.1).
package struct CancelRequest: Hashable, Sendable {
    /// 0 to 5 octets.
    package var serviceType: String
    /// 0 to 64 octets.
    package var messageID: String
    package var source: SMPPAddress
    package var destination: SMPPAddress

    package init(
        serviceType: String = "", messageID: String, source: SMPPAddress = SMPPAddress(),
        destination: SMPPAddress = SMPPAddress()
    ) {
        self.serviceType = serviceType
        self.messageID = messageID
        self.source = source
        self.destination = destination
    }
}

/// The body of `alert_notification` (SMPP 3.4 §4.12.1).
package struct AlertNotification: Hashable, Sendable {
    /// 0 to 64 octets.
    package var source: SMPPAddress
    /// 0 to 64 octets.
    package var esme: SMPPAddress
    package var tlvs: [TLV]

    package init(source: SMPPAddress, esme: SMPPAddress, tlvs: [TLV] = []) {
        self.source = source
        self.esme = esme
        self.tlvs = tlvs
    }
}
