/// Septets packed into octets (3GPP TS 23.038 §6.1.2), as their octets stand after a user data header
/// (3GPP TS 23.040 §9.2.3.24).
enum PackedSeptets {
    /// The user data of one short message on the air.
    static let segmentOctets = 140

    /// Packs septets, given one an octet.
    ///
    /// SMPP tells octets and not septets: seven spare bits at the end would read as an `@`. So they hold a carriage
    /// return, and a carriage return that ends on an octet boundary of itself is followed by another (§6.1.2.3.1),
    /// where there is room.
    ///
    /// - Parameters:
    ///   - headerLength: octets of the header in front; fill bits lead to the next septet boundary after it.
    ///   - limit: the octets that the packed text may take.
    static func pack(_ septets: ArraySlice<UInt8>, headerLength: Int = 0, limit: Int = .max) -> [UInt8] {
        let fill = fillBits(headerLength)
        let bits = fill + 7 * septets.count
        var octets: [UInt8] = []
        octets.reserveCapacity(bits / 8 + 2)
        var pending: UInt32 = 0
        var pendingBits = fill
        func append(_ septet: UInt8) {
            pending |= UInt32(septet & 0x7F) << UInt32(pendingBits)
            pendingBits += 7
            if pendingBits >= 8 {
                octets.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingBits -= 8
            }
        }
        for septet in septets { append(septet) }
        if bits % 8 == 1 {
            append(GSMAlphabet.carriageReturn)
        } else if bits % 8 != 0 {
            octets.append(UInt8(truncatingIfNeeded: pending))
        } else if septets.last == GSMAlphabet.carriageReturn, octets.count < limit {
            octets.append(GSMAlphabet.carriageReturn)
        }
        return octets
    }

    /// The septets of packed octets, one an octet, without a carriage return that fills the last seven bits.
    static func unpack(_ octets: ArraySlice<UInt8>, headerLength: Int = 0) -> [UInt8] {
        let fill = fillBits(headerLength)
        let bits = 8 * octets.count - fill
        guard bits >= 7 else { return [] }
        var septets: [UInt8] = []
        septets.reserveCapacity(bits / 7)
        var pending: UInt32 = 0
        var pendingBits = -fill
        for octet in octets {
            if pendingBits < 0 {
                pending = UInt32(octet) >> UInt32(-pendingBits)
            } else {
                pending |= UInt32(octet) << UInt32(pendingBits)
            }
            pendingBits += 8
            while pendingBits >= 7 {
                septets.append(UInt8(truncatingIfNeeded: pending & 0x7F))
                pending >>= 7
                pendingBits -= 7
            }
        }
        if bits % 7 == 0, septets.last == GSMAlphabet.carriageReturn { septets.removeLast() }
        return septets
    }

    /// Bits between a header and the first septet: the text starts on a septet boundary of the whole user data.
    private static func fillBits(_ headerLength: Int) -> Int { (7 - headerLength * 8 % 7) % 7 }
}
