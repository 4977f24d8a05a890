package import Messaging
package import SMPP

extension ReceivedUserData {
    /// The text of a `deliver_sm`, `data_sm` or `submit_sm`.
    package init(_ message: ShortMessage, policy: TextPolicy) {
        let payload = message.shortMessage.isEmpty ? message.tlvs[.messagePayload]?.value : nil
        self.init(
            payload ?? message.shortMessage, hasHeader: message.esmClass & 0x40 != 0, dataCoding: message.dataCoding,
            sar: SARInfo(message.tlvs), policy: policy)
    }
}

extension SARInfo {
    /// The `sar_` parameters (SMPP 3.4 §5.3.2.22 to §5.3.2.24); nil where not all three are there.
    package init?(_ tlvs: [TLV]) {
        guard let reference = tlvs[.sarMessageReference]?.integer, let total = tlvs[.sarTotalSegments]?.integer,
            let sequence = tlvs[.sarSegmentSequence]?.integer
        else { return nil }
        self.init(
            reference: UInt16(truncatingIfNeeded: reference), total: UInt8(truncatingIfNeeded: total),
            sequence: UInt8(truncatingIfNeeded: sequence))
    }
}
