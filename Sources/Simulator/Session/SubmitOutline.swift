/// Where the fields of a `submit_sm` stand that the simulator looks at, found by one walk over the fields that proves
/// the PDU's structure. Places count from the start of the PDU.
///
/// This is the fast path: a message is answered without decoding it. What the walk does not like goes to `PDUDecoder`, which knows
/// what to answer. What stands behind the fields is not looked at: it costs no message.
struct SubmitOutline: Equatable {
    /// The octets of `source_addr` without its NUL; type of number and numbering plan stand in front of it.
    let source: Range<Int>
    /// The octets of `destination_addr`, likewise.
    let destination: Range<Int>
    let esmClass: Int
    /// The octets of `schedule_delivery_time` and of `validity_period`.
    let schedule: Range<Int>
    let validity: Range<Int>
    let registeredDelivery: Int
    let dataCoding: Int
    /// The octets of `short_message`.
    let message: Range<Int>

    /// Nil when a field is longer than SMPP 3.4 §4.4.1 allows, or the PDU ends inside one.
    init?(_ pdu: Span<UInt8>) {
        var offset = 16
        guard Self.skipString(pdu, &offset, 6) != nil else { return nil }
        offset += 2
        guard let source = Self.skipString(pdu, &offset, 21) else { return nil }
        offset += 2
        guard let destination = Self.skipString(pdu, &offset, 21) else { return nil }
        esmClass = offset
        offset += 3
        guard let schedule = Self.skipString(pdu, &offset, 17), let validity = Self.skipString(pdu, &offset, 17) else {
            return nil
        }
        registeredDelivery = offset
        dataCoding = offset + 2
        offset += 4
        guard offset < pdu.count, pdu[offset] <= 254 else { return nil }
        message = offset + 1..<offset + 1 + Int(pdu[offset])
        guard message.upperBound <= pdu.count else { return nil }
        self.source = source
        self.destination = destination
        self.schedule = schedule
        self.validity = validity
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
