/// The values of the `sar_` parameters (SMPP 3.4 §5.3.2.22 to §5.3.2.24).
package struct SARInfo: Hashable, Sendable {
    /// What the segments of one text have in common.
    package var reference: UInt16
    /// How many segments there are, 2 to 255.
    package var total: UInt8
    /// Which of them this is, from 1.
    package var sequence: UInt8

    package init(reference: UInt16, total: UInt8, sequence: UInt8) {
        self.reference = reference
        self.total = total
        self.sequence = sequence
    }
}

/// What one PDU carries of a text.
package struct Segment: Hashable, Sendable {
    /// The user data, with its header where there is one.
    package var octets: [UInt8]
    /// Whether `octets` begin with a user data header, which `esm_class` must announce.
    package var hasUDH: Bool
    /// The `sar_` parameters of this segment, where they carry the numbering.
    package var sar: SARInfo?
    /// Whether `octets` belong into `message_payload`.
    package var isPayload: Bool

    package init(octets: [UInt8], hasUDH: Bool = false, sar: SARInfo? = nil, isPayload: Bool = false) {
        self.octets = octets
        self.hasUDH = hasUDH
        self.sar = sar
        self.isPayload = isPayload
    }
}

/// A text as it will travel.
package struct SegmentedText: Hashable, Sendable {
    /// What the segments' texts are written in.
    package var alphabet: Alphabet
    /// What announces it: `data_coding` of every segment (SMPP 3.4 §5.2.19).
    package var dataCoding: UInt8
    /// At least one, in the order of the text.
    package var segments: [Segment]
    /// Whether the segments share a reference, which stays open until the last of them is answered.
    package var needsReference: Bool

    package init(alphabet: Alphabet, dataCoding: UInt8, segments: [Segment], needsReference: Bool) {
        self.alphabet = alphabet
        self.dataCoding = dataCoding
        self.segments = segments
        self.needsReference = needsReference
    }
}

/// Why a text cannot be sent.
package enum TextProblem: Error, Hashable, Sendable {
    /// Nothing, or nothing but white space.
    case empty
    /// It would take at least `parts` segments where `max` are allowed.
    case tooLong(parts: Int, max: Int)
}
