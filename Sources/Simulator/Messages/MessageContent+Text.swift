import Messaging
import SMPP
import SMPPWire

extension MessageContent {
    /// What stands in front of the text where `esm_class` announces it (SMPP 3.4 §5.2.12).
    var header: UserDataHeader? { esmClass & 0x40 == 0 ? nil : UserDataHeader.parse(octets) }

    /// The message as people read it: 0 is this SMSC's default alphabet, which is GSM 03.38 unpacked. Data is shown octet by octet
    /// (Latin-1).
    var text: String {
        let content = userData.content
        return InboundContent.text([content], CharsetDecoder.read) ?? String(latin1: content.octets)
    }

    /// Which part of a long text this is, by its user data header or its SAR parameters.
    var numbering: SARInfo? { userData.numbering?.part }

    private var userData: ReceivedUserData {
        ReceivedUserData(
            octets, hasHeader: esmClass & 0x40 != 0, dataCoding: dataCoding, sar: SARInfo(tlvs), policy: TextPolicy())
    }
}
