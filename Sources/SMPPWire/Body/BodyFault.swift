import CSMPP34
import SMPP

/// Why and where a mandatory body cannot be read, and how to answer.
struct BodyFault: Error, Hashable {
    /// The status that names the fault: the field's own where the standard has one (SMPP 3.4 §5.1.3).
    var status: CommandStatus
    /// The standard's name of the field at fault.
    var field: String
    /// From the start of the PDU.
    var offset: Int
    var reason: String

    init(_ report: csmpp34_report) {
        self.init(report.outcome, report.fieldName, at: report.field_offset)
    }

    /// `offset` is where the field begins, from the start of the PDU.
    init(_ outcome: csmpp34_outcome, _ field: String, at offset: Int) {
        self.field = field
        self.offset = offset
        reason = outcome.reason
        switch outcome {
        case .badLength: status = .invalidMessageLength
        case .tooLong: status = Self.statuses[field] ?? .invalidParameterLength
        case .truncated, .noRoom, .noSuchBody, .ok: status = .invalidCommandLength
        }
    }

    /// A `dest_flag` that is neither an address nor a list.
    init(destinationFlagAt offset: Int) {
        field = "dest_flag"
        self.offset = offset
        reason = "neither 1, an address, nor 2, a distribution list"
        status = .invalidDestinationFlag
    }

    private static let statuses: [String: CommandStatus] = [
        "system_id": .invalidSystemID,
        "password": .invalidPassword,
        "system_type": .invalidSystemType,
        "service_type": .invalidServiceType,
        "source_addr": .invalidSourceAddress,
        "destination_addr": .invalidDestinationAddress,
        "schedule_delivery_time": .invalidSchedule,
        "validity_period": .invalidExpiry,
        "message_id": .invalidMessageID,
    ]
}

extension CommandStatus {
    /// ESME_RINVSERTYP.
    fileprivate static let invalidServiceType = CommandStatus(rawValue: 0x15)
    /// ESME_RINVDESTFLAG.
    fileprivate static let invalidDestinationFlag = CommandStatus(rawValue: 0x40)
    /// ESME_RINVPARLEN.
    fileprivate static let invalidParameterLength = CommandStatus(rawValue: 0xC2)
}

extension csmpp34_report {
    /// The standard's name of the field at fault.
    var fieldName: String { field.map { String(cString: $0) } ?? "body" }
}

extension csmpp34_outcome {
    /// The outcome in words.
    var reason: String {
        switch self {
        case .ok: "nothing is wrong"
        case .noSuchBody: "the command has no such body"
        case .noRoom: "the PDU does not fit"
        case .truncated: "the body ends before it is complete"
        case .tooLong: "the text is longer than the field may be"
        case .badLength: "the length is more than the octets that follow, or than 254"
        }
    }
}
