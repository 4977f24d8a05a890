import Messaging
import SMPP

extension MessageContent {
    /// What stands in front of the text where `esm_class` announces it (SMPP 3.4 §5.2.12).
    var header: UserDataHeader? { esmClass & 0x40 == 0 ? nil : UserDataHeader.parse(octets) }

    /// The message as people read it. A `data_coding` without an alphabet of ours is shown octet by octet (Latin-1).
    var text: String {
        TextDecoding.text(octets.dropFirst(header?.textStart ?? 0), alphabet: alphabet)
    }

    /// Which part of a long text this is, by its user data header or its SAR parameters.
    var numbering: SARInfo? {
        if let numbering = header?.concatenation { return numbering }
        guard let reference = tlvs[.sarMessageReference]?.integer, let total = tlvs[.sarTotalSegments]?.integer,
            let sequence = tlvs[.sarSegmentSequence]?.integer
        else { return nil }
        return SARInfo(
            reference: UInt16(truncatingIfNeeded: reference), total: UInt8(truncatingIfNeeded: total),
            sequence: UInt8(truncatingIfNeeded: sequence))
    }

    /// By SMPP 3.4 §5.2.19; 0 is this SMSC's default alphabet, which is GSM 03.38 unpacked.
    private var alphabet: Alphabet {
        switch dataCoding {
        case 0: .gsm
        case 1: .ascii
        case 8: .ucs2
        default: .latin1
        }
    }
}
