/// The `command_id` of a PDU (SMPP 3.4 §5.1.2.1). Any 32-bit value is representable: peers send unknown ones.
package struct CommandID: RawRepresentable, Hashable, Sendable {
    /// The value as it stands on the wire.
    package let rawValue: UInt32

    /// Wraps a wire value, known or not.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let genericNack = CommandID(rawValue: 0x8000_0000)
    package static let bindReceiver = CommandID(rawValue: 0x0000_0001)
    package static let bindReceiverResponse = CommandID(rawValue: 0x8000_0001)
    package static let bindTransmitter = CommandID(rawValue: 0x0000_0002)
    package static let bindTransmitterResponse = CommandID(rawValue: 0x8000_0002)
    package static let querySM = CommandID(rawValue: 0x0000_0003)
    package static let querySMResponse = CommandID(rawValue: 0x8000_0003)
    package static let submitSM = CommandID(rawValue: 0x0000_0004)
    package static let submitSMResponse = CommandID(rawValue: 0x8000_0004)
    package static let deliverSM = CommandID(rawValue: 0x0000_0005)
    package static let deliverSMResponse = CommandID(rawValue: 0x8000_0005)
    package static let unbind = CommandID(rawValue: 0x0000_0006)
    package static let unbindResponse = CommandID(rawValue: 0x8000_0006)
    package static let replaceSM = CommandID(rawValue: 0x0000_0007)
    package static let replaceSMResponse = CommandID(rawValue: 0x8000_0007)
    package static let cancelSM = CommandID(rawValue: 0x0000_0008)
    package static let cancelSMResponse = CommandID(rawValue: 0x8000_0008)
    package static let bindTransceiver = CommandID(rawValue: 0x0000_0009)
    package static let bindTransceiverResponse = CommandID(rawValue: 0x8000_0009)
    package static let outbind = CommandID(rawValue: 0x0000_000B)
    package static let enquireLink = CommandID(rawValue: 0x0000_0015)
    package static let enquireLinkResponse = CommandID(rawValue: 0x8000_0015)
    package static let submitMulti = CommandID(rawValue: 0x0000_0021)
    package static let submitMultiResponse = CommandID(rawValue: 0x8000_0021)
    package static let alertNotification = CommandID(rawValue: 0x0000_0102)
    package static let dataSM = CommandID(rawValue: 0x0000_0103)
    package static let dataSMResponse = CommandID(rawValue: 0x8000_0103)
    // SMPP 5.0 §4.4: by name only.
    package static let broadcastSM = CommandID(rawValue: 0x0000_0111)
    package static let broadcastSMResponse = CommandID(rawValue: 0x8000_0111)
    package static let queryBroadcastSM = CommandID(rawValue: 0x0000_0112)
    package static let queryBroadcastSMResponse = CommandID(rawValue: 0x8000_0112)
    package static let cancelBroadcastSM = CommandID(rawValue: 0x0000_0113)
    package static let cancelBroadcastSMResponse = CommandID(rawValue: 0x8000_0113)

    /// Bit 31 marks a response; `generic_nack` is one too.
    package var isResponse: Bool { rawValue & 0x8000_0000 != 0 }

    /// Whether it is the answer to a bind of one of the three kinds.
    package var isBindResponse: Bool {
        self == .bindReceiverResponse || self == .bindTransmitterResponse || self == .bindTransceiverResponse
    }

    /// The `command_id` that answers this request: the same value with bit 31 set.
    package var response: CommandID { CommandID(rawValue: rawValue | 0x8000_0000) }

    /// Whether the standard has a response for it: its faults are told there, others by `generic_nack` (§4.3).
    package var hasResponse: Bool { !isResponse && Self.names[response] != nil }

    /// The standard's name (`submit_sm_resp`), or `command 0x00000999` for a value that it does not name.
    package var name: String {
        if let name = Self.names[self] { return name }
        return "command 0x" + rawValue.hexDigits(8)
    }

    private static let names: [CommandID: String] = [
        .genericNack: "generic_nack",
        .bindReceiver: "bind_receiver",
        .bindReceiverResponse: "bind_receiver_resp",
        .bindTransmitter: "bind_transmitter",
        .bindTransmitterResponse: "bind_transmitter_resp",
        .querySM: "query_sm",
        .querySMResponse: "query_sm_resp",
        .submitSM: "submit_sm",
        .submitSMResponse: "submit_sm_resp",
        .deliverSM: "deliver_sm",
        .deliverSMResponse: "deliver_sm_resp",
        .unbind: "unbind",
        .unbindResponse: "unbind_resp",
        .replaceSM: "replace_sm",
        .replaceSMResponse: "replace_sm_resp",
        .cancelSM: "cancel_sm",
        .cancelSMResponse: "cancel_sm_resp",
        .bindTransceiver: "bind_transceiver",
        .bindTransceiverResponse: "bind_transceiver_resp",
        .outbind: "outbind",
        .enquireLink: "enquire_link",
        .enquireLinkResponse: "enquire_link_resp",
        .submitMulti: "submit_multi",
        .submitMultiResponse: "submit_multi_resp",
        .alertNotification: "alert_notification",
        .dataSM: "data_sm",
        .dataSMResponse: "data_sm_resp",
        .broadcastSM: "broadcast_sm",
        .broadcastSMResponse: "broadcast_sm_resp",
        .queryBroadcastSM: "query_broadcast_sm",
        .queryBroadcastSMResponse: "query_broadcast_sm_resp",
        .cancelBroadcastSM: "cancel_broadcast_sm",
        .cancelBroadcastSMResponse: "cancel_broadcast_sm_resp",
    ]
}
