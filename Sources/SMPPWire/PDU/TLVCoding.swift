import NIOCore
import SMPP

/// Optional parameters on the wire: tag, length, value (SMPP 3.4 §5.3). All ours: libsmpp34 never sees one.
enum TLVCoding {
    /// Octets of a tag and a length.
    static let headerLength = 4

    /// Octets that the parameters take on the wire.
    static func encodedLength(_ tlvs: [TLV]) -> Int {
        tlvs.reduce(0) { $0 + headerLength + $1.value.count }
    }

    /// Appends the parameters in their order.
    static func write(_ tlvs: [TLV], into buffer: inout ByteBuffer) throws(PDUEncodingError) {
        for tlv in tlvs {
            guard let length = UInt16(exactly: tlv.value.count) else {
                throw PDUEncodingError(
                    field: tlv.tag.name, reason: "the value has \(tlv.value.count) octets, more than 65535")
            }
            buffer.writeMultipleIntegers(tlv.tag.rawValue, length)
            buffer.writeBytes(tlv.value)
        }
    }

    /// Reads the next parameter of `frame`, whose reader index is `offset` octets into the PDU. Nil at the end.
    ///
    /// The length that stands on the wire is always honoured, also where the tag's own length is another.
    static func next(from frame: inout ByteBuffer, at offset: Int) throws(PDUFlaw) -> TLV? {
        guard frame.readableBytes > 0 else { return nil }
        guard let (tag, length) = frame.readMultipleIntegers(as: (UInt16, UInt16).self) else {
            throw PDUFlaw(
                offset: offset, reason: "\(frame.readableBytes) octets are left, too few for an optional parameter")
        }
        guard let value = frame.readBytes(length: Int(length)) else {
            throw PDUFlaw(
                offset: offset,
                reason: "\(TLVTag(rawValue: tag).name) claims \(length) octets where \(frame.readableBytes) are left")
        }
        return TLV(TLVTag(rawValue: tag), value)
    }

    /// Reads the parameters from `offset` octets into the PDU to its end, or up to where they cannot be read, which the flaw names.
    static func read(_ pdu: ByteBuffer, from offset: Int) -> (tlvs: [TLV], flaw: PDUFlaw?) {
        var rest = pdu
        rest.moveReaderIndex(forwardBy: offset)
        var tlvs: [TLV] = []
        do {
            while let tlv = try next(from: &rest, at: pdu.readableBytes - rest.readableBytes) { tlvs.append(tlv) }
            return (tlvs, nil)
        } catch {
            return (tlvs, error)
        }
    }
}
