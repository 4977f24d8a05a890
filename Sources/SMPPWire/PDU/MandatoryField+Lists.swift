import NIOCore
import SMPP

/// The fields of the bodies that libsmpp34 never sees: `submit_multi` and its response, whose lists overflow its log, and
/// `replace_sm` (SMPP 3.4 §4.5, §4.10).
struct ListedFields {
    private var body: BodyReader
    private(set) var fields: [MandatoryField] = []

    /// The fields up to the first fault, where they end, and the fault; nil for any other command.
    static func find(
        in pdu: ByteBuffer, of id: CommandID
    ) -> (fields: [MandatoryField], end: Int, fault: BodyFault?)? {
        var reader = ListedFields(body: BodyReader(pdu))
        do throws(BodyFault) {
            switch id {
            case .submitMulti: try reader.readMulti()
            case .submitMultiResponse: try reader.readMultiResponse()
            case .replaceSM: try reader.readReplace()
            default: return nil
            }
            return (reader.fields, reader.body.offset, nil)
        } catch {
            return (reader.fields, reader.body.offset, error)
        }
    }

    private init(body: BodyReader) {
        self.body = body
    }

    private mutating func readMulti() throws(BodyFault) {
        try text("service_type", maximum: 5)
        try address("source_addr", "source_addr_ton", "source_addr_npi")
        for _ in 0..<(try octet("number_of_dests")) {
            switch try octet("dest_flag") {
            case DestinationFlag.address: try address("destination_addr", "dest_addr_ton", "dest_addr_npi")
            case DestinationFlag.list: try text("dl_name", maximum: 20)
            default: throw BodyFault(destinationFlagAt: body.offset - 1)
            }
        }
        for name in ["esm_class", "protocol_id", "priority_flag"] { _ = try octet(name) }
        try text("schedule_delivery_time", maximum: 16)
        try text("validity_period", maximum: 16)
        for name in ["registered_delivery", "replace_if_present_flag", "data_coding", "sm_default_msg_id"] {
            _ = try octet(name)
        }
        try message()
    }

    private mutating func readMultiResponse() throws(BodyFault) {
        try text("message_id", maximum: SubmitCodec.maximumReadMessageID)
        for _ in 0..<(try octet("no_unsuccess")) {
            try address("destination_addr", "dest_addr_ton", "dest_addr_npi")
            try word("error_status_code")
        }
    }

    private mutating func readReplace() throws(BodyFault) {
        try text("message_id", maximum: 64)
        try address("source_addr", "source_addr_ton", "source_addr_npi")
        try text("schedule_delivery_time", maximum: 16)
        try text("validity_period", maximum: 16)
        for name in ["registered_delivery", "sm_default_msg_id"] { _ = try octet(name) }
        try message()
    }

    // MARK: One by one

    private mutating func text(
        _ name: String, _ kind: MandatoryField.Kind = .text, maximum: Int
    ) throws(BodyFault) {
        let offset = body.offset
        let text = try body.text(name, maximum: maximum)
        fields.append(MandatoryField(name: name, kind: kind, offset: offset, octets: text.latin1Octets))
    }

    private mutating func octet(_ name: String) throws(BodyFault) -> UInt8 {
        let offset = body.offset
        let value = try body.octet(name)
        fields.append(MandatoryField(name: name, kind: .integer, offset: offset, octets: [value]))
        return value
    }

    private mutating func address(_ name: String, _ ton: String, _ npi: String) throws(BodyFault) {
        _ = try octet(ton)
        _ = try octet(npi)
        try text(name, .address, maximum: 20)
    }

    private mutating func word(_ name: String) throws(BodyFault) {
        let offset = body.offset
        var octets: [UInt8] = []
        for _ in 0..<4 { octets.append(try body.octet(name)) }
        fields.append(MandatoryField(name: name, kind: .status, offset: offset, octets: octets))
    }

    private mutating func message() throws(BodyFault) {
        let offset = body.offset + 1
        let octets = try body.shortMessage(maximum: FieldCoding.maximumMessage)
        fields.append(MandatoryField(name: "short_message", kind: .octets, offset: offset, octets: octets))
    }
}

/// `dest_flag` (SMPP 3.4 §5.2.25).
private enum DestinationFlag {
    static let address: UInt8 = 1
    static let list: UInt8 = 2
}
