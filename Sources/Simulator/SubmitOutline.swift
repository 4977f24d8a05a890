/// Where the destination stands in a `submit_sm`, found by one walk over the fields that proves the PDU's structure.
///
/// This is the fast path: a message is answered without decoding it. What the walk does not like goes to `PDUDecoder`,
/// which knows what to forgive and what to answer.
struct SubmitOutline: Equatable {
    /// The octets of `destination_addr` without its NUL, from the start of the PDU.
    let destination: Range<Int>

    /// Nil when a field is longer than SMPP 3.4 §4.4.1 allows, or the PDU ends inside one.
    init?(_ pdu: Span<UInt8>) {
        var offset = 16
        guard Self.skipString(pdu, &offset, 6) != nil else { return nil }
        offset += 2
        guard Self.skipString(pdu, &offset, 21) != nil else { return nil }
        offset += 2
        guard let destination = Self.skipString(pdu, &offset, 21) else { return nil }
        offset += 3
        guard Self.skipString(pdu, &offset, 17) != nil, Self.skipString(pdu, &offset, 17) != nil else { return nil }
        offset += 4
        guard offset < pdu.count, pdu[offset] <= 254 else { return nil }
        offset += 1 + Int(pdu[offset])
        while offset + 4 <= pdu.count {
            offset += 4 + Int(pdu[offset + 2]) << 8 + Int(pdu[offset + 3])
        }
        guard offset == pdu.count else { return nil }
        self.destination = destination
    }

    /// Moves behind a C-octet string of at most `size` octets, its NUL included; the octets before the NUL.
    private static func skipString(_ pdu: Span<UInt8>, _ offset: inout Int, _ size: Int) -> Range<Int>? {
        let start = offset
        let end = min(pdu.count, start + size)
        while offset < end {
            offset += 1
            if pdu[offset - 1] == 0 { return start..<offset - 1 }
        }
        return nil
    }
}
