import CSMPP34
import NIOCore
import SMPP

/// Reads a PDU's mandatory fields one after the other, refusing what the shim's walk refuses and in its words.
struct BodyReader {
    private let pdu: ByteBuffer
    /// Where the next field begins, from the start of the PDU.
    private(set) var offset = PDUHeader.length

    /// `pdu` is whole: it begins with its header.
    init(_ pdu: ByteBuffer) {
        self.pdu = pdu
    }

    /// Reads a C-octet string of at most `maximum` octets without its NUL, which may be missing where the field is
    /// the body's last and the PDU ends with it.
    mutating func text(_ field: String, maximum: Int, isLast: Bool = false) throws(BodyFault) -> String {
        let start = offset
        let limit = min(pdu.readableBytes, start + maximum + 1)
        let (end, isASCII) = Self.findNUL(in: pdu.readableBytesUInt8Span, from: start, to: limit)
        guard end - start <= maximum else { throw BodyFault(.tooLong, field, at: start) }
        guard end < pdu.readableBytes || isLast else { throw BodyFault(.truncated, field, at: start) }
        offset = min(end + 1, pdu.readableBytes)
        let offset = pdu.readerIndex + start
        if isASCII { return pdu.getString(at: offset, length: end - start) ?? "" }
        return pdu.viewBytes(at: offset, length: end - start).map { String(latin1: $0) } ?? ""
    }

    /// Where the first NUL is, or `limit`, and whether only ASCII is before it.
    private static func findNUL(
        in octets: Span<UInt8>, from start: Int, to limit: Int
    ) -> (offset: Int, isASCII: Bool) {
        var offset = start
        var bits: UInt8 = 0
        while offset < limit, octets[offset] != 0 {
            bits |= octets[offset]
            offset += 1
        }
        return (offset, bits < 0x80)
    }

    /// Reads a one-octet integer.
    mutating func octet(_ field: String) throws(BodyFault) -> UInt8 {
        guard let octet = pdu.getInteger(at: pdu.readerIndex + offset, as: UInt8.self) else {
            throw BodyFault(.truncated, field, at: offset)
        }
        offset += 1
        return octet
    }

    /// Reads `sm_length` and `short_message`.
    mutating func shortMessage(maximum: Int) throws(BodyFault) -> [UInt8] {
        let start = offset
        let count = Int(try octet("short_message"))
        guard count <= maximum, let octets = pdu.getBytes(at: pdu.readerIndex + offset, length: count) else {
            throw BodyFault(.badLength, "sm_length", at: start)
        }
        offset += count
        return octets
    }
}
