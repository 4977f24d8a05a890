package import Messaging
package import SMPP

extension Segment {
    /// The optional parameters that carry its text or its numbering; none where `short_message` has both.
    package var parameters: [TLV] {
        if isPayload { return [TLV(.messagePayload, octets)] }
        guard let sar else { return [] }
        return [
            TLV(.sarMessageReference, sar.reference), TLV(.sarTotalSegments, sar.total),
            TLV(.sarSegmentSequence, sar.sequence),
        ]
    }
}
