import CSMPP34
import SMPP

// From values to the shim's structs. Every limit is the standard's and every error names its field as the standard does.

extension csmpp34_bind {
    init(_ request: BindRequest) throws(PDUEncodingError) {
        self.init()
        if request.systemID.isEmpty { throw PDUEncodingError(field: "system_id", reason: "empty") }
        try FieldCoding.store(request.systemID, "system_id", in: &system_id)
        try FieldCoding.store(request.password, "password", in: &password)
        try FieldCoding.store(request.systemType, "system_type", in: &system_type)
        interface_version = request.interfaceVersion
        addr_ton = request.addrTON
        addr_npi = request.addrNPI
        try FieldCoding.store(request.addressRange, "address_range", in: &address_range)
    }
}

extension csmpp34_bind_resp {
    init(_ response: BindResponse) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(response.systemID, "system_id", in: &system_id, maximum: 15)
    }
}

extension csmpp34_outbind {
    init(_ outbind: Outbind) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(outbind.systemID, "system_id", in: &system_id)
        try FieldCoding.store(outbind.password, "password", in: &password)
    }
}

extension csmpp34_short_message {
    init(_ message: ShortMessage) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(message.serviceType, "service_type", in: &service_type, maximum: 5)
        source_addr_ton = message.source.ton
        source_addr_npi = message.source.npi
        try FieldCoding.store(message.source.value, "source_addr", in: &source_addr, maximum: 20)
        dest_addr_ton = message.destination.ton
        dest_addr_npi = message.destination.npi
        try FieldCoding.store(message.destination.value, "destination_addr", in: &destination_addr, maximum: 20)
        esm_class = message.esmClass
        protocol_id = message.protocolID
        priority_flag = message.priority
        try FieldCoding.storeTime(
            message.scheduleDeliveryTime, "schedule_delivery_time", in: &schedule_delivery_time)
        try FieldCoding.storeTime(message.validityPeriod, "validity_period", in: &validity_period)
        registered_delivery = message.registeredDelivery
        replace_if_present_flag = message.replaceIfPresent
        data_coding = message.dataCoding
        sm_default_msg_id = message.defaultMessageID
        sm_length = try FieldCoding.messageLength(message)
        withUnsafeMutableBytes(of: &short_message) { $0.copyBytes(from: message.shortMessage) }
    }
}

extension csmpp34_message_resp {
    init(_ response: MessageResponse) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(response.messageID, "message_id", in: &message_id, maximum: 64)
    }
}

extension csmpp34_data {
    init(_ message: DataMessage) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(message.serviceType, "service_type", in: &service_type, maximum: 5)
        source_addr_ton = message.source.ton
        source_addr_npi = message.source.npi
        try FieldCoding.store(message.source.value, "source_addr", in: &source_addr)
        dest_addr_ton = message.destination.ton
        dest_addr_npi = message.destination.npi
        try FieldCoding.store(message.destination.value, "destination_addr", in: &destination_addr)
        esm_class = message.esmClass
        registered_delivery = message.registeredDelivery
        data_coding = message.dataCoding
    }
}

extension csmpp34_query {
    init(_ request: QueryRequest) throws(PDUEncodingError) {
        self.init()
        if request.messageID.isEmpty { throw PDUEncodingError(field: "message_id", reason: "empty") }
        try FieldCoding.store(request.messageID, "message_id", in: &message_id)
        source_addr_ton = request.source.ton
        source_addr_npi = request.source.npi
        try FieldCoding.store(request.source.value, "source_addr", in: &source_addr)
    }
}

extension csmpp34_query_resp {
    init(_ response: QueryResponse) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(response.messageID, "message_id", in: &message_id, maximum: 64)
        try FieldCoding.storeTime(response.finalDate, "final_date", in: &final_date)
        message_state = response.messageState
        error_code = response.errorCode
    }
}

extension csmpp34_cancel {
    init(_ request: CancelRequest) throws(PDUEncodingError) {
        self.init()
        try FieldCoding.store(request.serviceType, "service_type", in: &service_type)
        try FieldCoding.store(request.messageID, "message_id", in: &message_id)
        source_addr_ton = request.source.ton
        source_addr_npi = request.source.npi
        try FieldCoding.store(request.source.value, "source_addr", in: &source_addr)
        dest_addr_ton = request.destination.ton
        dest_addr_npi = request.destination.npi
        try FieldCoding.store(request.destination.value, "destination_addr", in: &destination_addr)
    }
}

extension csmpp34_alert {
    init(_ alert: AlertNotification) throws(PDUEncodingError) {
        self.init()
        source_addr_ton = alert.source.ton
        source_addr_npi = alert.source.npi
        try FieldCoding.store(alert.source.value, "source_addr", in: &source_addr)
        esme_addr_ton = alert.esme.ton
        esme_addr_npi = alert.esme.npi
        try FieldCoding.store(alert.esme.value, "esme_addr", in: &esme_addr)
    }
}
