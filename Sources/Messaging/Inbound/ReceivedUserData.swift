/// The user data of a message that came in, read.
package struct ReceivedUserData: Hashable, Sendable {
    package var content: InboundContent
    /// Which part of a long text it is; nil = it is whole.
    package var numbering: PartNumbering?

    /// - Parameters:
    ///   - octets: `short_message` or `message_payload`.
    ///   - hasHeader: whether `esm_class` announces a user data header (SMPP 3.4 §5.2.12). One whose elements do not add up is passed
    ///     over; one that is longer than the message is text.
    ///   - dataCoding: SMPP 3.4 §5.2.19.
    ///   - sar: the `sar_` parameters, where all three are there; a header's numbering goes before them.
    ///   - policy: the carrier's `data_coding` numbers and default alphabet.
    package init(_ octets: [UInt8], hasHeader: Bool, dataCoding: UInt8, sar: SARInfo?, policy: TextPolicy) {
        let header = hasHeader ? UserDataHeader.parse(octets) : nil
        let alphabet = ReceivedAlphabet(
            dataCoding: dataCoding, shift: header?.shiftTables ?? .standard, policy: policy)
        var text = Array(octets.dropFirst(header?.textStart ?? 0))
        if case .gsm = alphabet, policy.packedGSM {
            text = PackedSeptets.unpack(text[...], headerLength: header?.textStart ?? 0)
        }
        content = InboundContent(alphabet: alphabet, octets: text)
        let bySAR = sar.flatMap { $0.isPossible ? PartNumbering(kind: .sar, $0) : nil }
        numbering = (header?.numbering ?? bySAR).flatMap { $0.part.total > 1 ? $0 : nil }
    }
}

/// Which part of a long text something is, and how it says so: references of different kinds are not each other's.
package struct PartNumbering: Hashable, Sendable {
    /// How the reference is written.
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        /// 3GPP TS 23.040 §9.2.3.24.1, and every reference that an earlier version kept.
        case eightBit = 0
        /// §9.2.3.24.8.
        case sixteenBit = 1
        /// SMPP 3.4 §5.3.2.22.
        case sar = 2
    }

    package var kind: Kind
    package var part: SARInfo

    package init(kind: Kind, _ part: SARInfo) {
        self.kind = kind
        self.part = part
    }
}

extension SARInfo {
    /// Whether it is not "0 of n", "n of 0" or "3 of 2".
    var isPossible: Bool { sequence > 0 && sequence <= total }
}
