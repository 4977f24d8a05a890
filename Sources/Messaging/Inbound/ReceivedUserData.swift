/// The user data of a message that came in, read.
package struct ReceivedUserData: Hashable, Sendable {
    package var content: InboundContent
    /// Which part of a long text it is; nil = it is whole.
    package var numbering: SARInfo?

    /// - Parameters:
    ///   - octets: `short_message` or `message_payload`.
    ///   - hasHeader: whether `esm_class` announces a user data header (SMPP 3.4 §5.2.12). One that is broken is text.
    ///   - dataCoding: SMPP 3.4 §5.2.19.
    ///   - sar: the `sar_` parameters, where all three are there; a header's numbering goes before them.
    ///   - policy: the carrier's `data_coding` numbers and default alphabet.
    package init(_ octets: [UInt8], hasHeader: Bool, dataCoding: UInt8, sar: SARInfo?, policy: TextPolicy) {
        let header = hasHeader ? UserDataHeader.parse(octets) : nil
        let alphabet = Alphabet(dataCoding: dataCoding, policy: policy)
        var text = Array(octets.dropFirst(header?.textStart ?? 0))
        if alphabet == .gsm, policy.packedGSM {
            text = PackedSeptets.unpack(text[...], headerLength: header?.textStart ?? 0)
        }
        content = InboundContent(alphabet: alphabet, octets: text)
        let numbering = header?.concatenation ?? sar.flatMap { $0.sequence > 0 && $0.sequence <= $0.total ? $0 : nil }
        self.numbering = numbering.flatMap { $0.total > 1 ? $0 : nil }
    }
}

extension Alphabet {
    /// The alphabet that a `data_coding` announces: by the carrier's own numbers, by SMPP 3.4 §5.2.19, and by the groups of
    /// 3GPP TS 23.038 §4. Octets that are no text are shown one by one.
    init(dataCoding: UInt8, policy: TextPolicy) {
        if dataCoding == 0 {
            self = policy.defaultAlphabet
            return
        }
        if let own = Alphabet.allCases.first(where: { policy.dataCoding[$0] == dataCoding }) {
            self = own
            return
        }
        self =
            switch dataCoding {
            case 1: .ascii
            case 8: .ucs2
            case 0x02...0x0F: .latin1
            case 0x10...0x3F:
                switch dataCoding & 0x0C {
                case 0x00: .gsm
                case 0x08: .ucs2
                default: .latin1
                }
            case 0xC0...0xDF: .gsm
            case 0xE0...0xEF: .ucs2
            case 0xF0...0xFF: dataCoding & 0x04 == 0 ? .gsm : .latin1
            default: .latin1
            }
    }
}
