package import NIOCore
package import SMPP

/// A `submit_multi` as an SMSC takes it: one message to several destinations (SMPP 3.4 §4.5.1).
package struct MultiSubmission {
    /// What the destinations have in common; its own destination is empty.
    package private(set) var message = ShortMessage()
    package private(set) var destinations: [SMPPAddress] = []
    /// Names of distribution lists.
    package private(set) var lists: [String] = []

    /// Reads one whole PDU, by the walk that also explains it.
    package init(_ frame: ByteBuffer) throws(PDUDecodingError) {
        let (fields, end) = try ListedFields.read(frame, .submitMulti)
        var address = SMPPAddress()
        for field in fields { take(field, &address) }
        message.tlvs = TLVCoding.read(frame, from: end).tlvs
    }

    private mutating func take(_ field: MandatoryField, _ address: inout SMPPAddress) {
        let text = String(latin1: field.octets)
        let octet = field.octets.first ?? 0
        switch field.name {
        case "service_type": message.serviceType = text
        case "source_addr_ton", "dest_addr_ton": address.ton = octet
        case "source_addr_npi", "dest_addr_npi": address.npi = octet
        case "source_addr": message.source = SMPPAddress(ton: address.ton, npi: address.npi, text)
        case "destination_addr": destinations.append(SMPPAddress(ton: address.ton, npi: address.npi, text))
        case "dl_name": lists.append(text)
        case "esm_class": message.esmClass = octet
        case "protocol_id": message.protocolID = octet
        case "priority_flag": message.priority = octet
        case "schedule_delivery_time": message.scheduleDeliveryTime = text
        case "validity_period": message.validityPeriod = text
        case "registered_delivery": message.registeredDelivery = octet
        case "replace_if_present_flag": message.replaceIfPresent = octet
        case "data_coding": message.dataCoding = octet
        case "sm_default_msg_id": message.defaultMessageID = octet
        case "short_message": message.shortMessage = field.octets
        default: break
        }
    }
}

extension QueryRequest {
    /// Which message a `replace_sm` means (SMPP 3.4 §4.10.1).
    package init(replacement frame: ByteBuffer) throws(PDUDecodingError) {
        self.init(messageID: "")
        for field in try ListedFields.read(frame, .replaceSM).fields {
            let octet = field.octets.first ?? 0
            switch field.name {
            case "message_id": messageID = String(latin1: field.octets)
            case "source_addr_ton": source.ton = octet
            case "source_addr_npi": source.npi = octet
            case "source_addr": source.value = String(latin1: field.octets)
            default: break
            }
        }
    }
}

extension ListedFields {
    /// The fields of a whole PDU, and where they end.
    fileprivate static func read(
        _ frame: ByteBuffer, _ id: CommandID
    ) throws(PDUDecodingError) -> (fields: [MandatoryField], end: Int) {
        guard let (fields, end, fault) = find(in: frame, of: id) else { return ([], PDUHeader.length) }
        guard let fault else { return (fields, end) }
        throw PDUDecodingError(
            commandID: id, status: fault.status, sequence: PDUHeader(peeking: frame)?.sequence ?? 0,
            offset: fault.offset,
            reason: "\(fault.field): \(fault.reason)")
    }
}
