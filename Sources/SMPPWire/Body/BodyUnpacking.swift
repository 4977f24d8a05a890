import CSMPP34
import SMPP

// From the shim's structs to values, without optional parameters.

extension BindRequest {
    init(_ fields: csmpp34_bind) {
        var fields = fields
        self.init(
            systemID: FieldCoding.text(&fields.system_id), password: FieldCoding.text(&fields.password),
            systemType: FieldCoding.text(&fields.system_type), interfaceVersion: fields.interface_version,
            addrTON: fields.addr_ton, addrNPI: fields.addr_npi,
            addressRange: FieldCoding.text(&fields.address_range))
    }
}

extension BindResponse {
    init(_ fields: csmpp34_bind_resp) {
        var fields = fields
        self.init(systemID: FieldCoding.text(&fields.system_id))
    }
}

extension Outbind {
    init(_ fields: csmpp34_outbind) {
        var fields = fields
        self.init(systemID: FieldCoding.text(&fields.system_id), password: FieldCoding.text(&fields.password))
    }
}

extension ShortMessage {
    init(_ fields: csmpp34_short_message) {
        var fields = fields
        self.init(
            serviceType: FieldCoding.text(&fields.service_type),
            source: SMPPAddress(
                ton: fields.source_addr_ton, npi: fields.source_addr_npi, FieldCoding.text(&fields.source_addr)),
            destination: SMPPAddress(
                ton: fields.dest_addr_ton, npi: fields.dest_addr_npi, FieldCoding.text(&fields.destination_addr)),
            esmClass: fields.esm_class, protocolID: fields.protocol_id, priority: fields.priority_flag,
            scheduleDeliveryTime: FieldCoding.text(&fields.schedule_delivery_time),
            validityPeriod: FieldCoding.text(&fields.validity_period),
            registeredDelivery: fields.registered_delivery, replaceIfPresent: fields.replace_if_present_flag,
            dataCoding: fields.data_coding, defaultMessageID: fields.sm_default_msg_id,
            shortMessage: withUnsafeBytes(of: &fields.short_message) { [count = fields.sm_length] in
                Array($0.prefix(Int(count)))
            })
    }
}

extension MessageResponse {
    init(_ fields: csmpp34_message_resp) {
        var fields = fields
        self.init(messageID: FieldCoding.text(&fields.message_id))
    }
}

extension DataMessage {
    init(_ fields: csmpp34_data) {
        var fields = fields
        self.init(
            serviceType: FieldCoding.text(&fields.service_type),
            source: SMPPAddress(
                ton: fields.source_addr_ton, npi: fields.source_addr_npi, FieldCoding.text(&fields.source_addr)),
            destination: SMPPAddress(
                ton: fields.dest_addr_ton, npi: fields.dest_addr_npi, FieldCoding.text(&fields.destination_addr)),
            esmClass: fields.esm_class, registeredDelivery: fields.registered_delivery,
            dataCoding: fields.data_coding)
    }
}

extension QueryRequest {
    init(_ fields: csmpp34_query) {
        var fields = fields
        self.init(
            messageID: FieldCoding.text(&fields.message_id),
            source: SMPPAddress(
                ton: fields.source_addr_ton, npi: fields.source_addr_npi, FieldCoding.text(&fields.source_addr)))
    }
}

extension QueryResponse {
    init(_ fields: csmpp34_query_resp) {
        var fields = fields
        self.init(
            messageID: FieldCoding.text(&fields.message_id), finalDate: FieldCoding.text(&fields.final_date),
            messageState: fields.message_state, errorCode: fields.error_code)
    }
}

extension CancelRequest {
    init(_ fields: csmpp34_cancel) {
        var fields = fields
        self.init(
            serviceType: FieldCoding.text(&fields.service_type), messageID: FieldCoding.text(&fields.message_id),
            source: SMPPAddress(
                ton: fields.source_addr_ton, npi: fields.source_addr_npi, FieldCoding.text(&fields.source_addr)),
            destination: SMPPAddress(
                ton: fields.dest_addr_ton, npi: fields.dest_addr_npi, FieldCoding.text(&fields.destination_addr)))
    }
}

extension AlertNotification {
    init(_ fields: csmpp34_alert) {
        var fields = fields
        self.init(
            source: SMPPAddress(
                ton: fields.source_addr_ton, npi: fields.source_addr_npi, FieldCoding.text(&fields.source_addr)),
            esme: SMPPAddress(
                ton: fields.esme_addr_ton, npi: fields.esme_addr_npi, FieldCoding.text(&fields.esme_addr)))
    }
}
