import CSMPP34
import NIOCore
import SMPP

/// A mandatory field of a PDU as it stands on the wire.
struct MandatoryField: Hashable {
    enum Kind: Hashable { case text, secret, address, integer, octets, status }

    /// The standard's name.
    var name: String
    var kind: Kind
    /// Where its value begins, from the start of the PDU.
    var offset: Int
    /// The value's octets, without a text's NUL.
    var octets: [UInt8]
    /// Whether a text is longer than the standard lets it be, and is taken nevertheless.
    var isOverlong = false

    /// The mandatory fields of a whole PDU up to the first fault, where they end, and the fault.
    ///
    /// A command that has no mandatory body gives nothing: `end` is the header's end.
    static func find(in pdu: ByteBuffer, of id: CommandID) -> (fields: [MandatoryField], end: Int, fault: BodyFault?) {
        if let found = ListedFields.find(in: pdu, of: id) { return found }
        let capacity = Int(CSMPP34_MAXIMUM_FIELDS)
        var report = csmpp34_report()
        let extents = [csmpp34_extent](unsafeUninitializedCapacity: capacity) { extents, count in
            report = pdu.withUnsafeReadableBytes { octets in
                csmpp34_walk(
                    id.rawValue, octets.baseAddress?.assumingMemoryBound(to: UInt8.self), octets.count,
                    extents.baseAddress, &count)
            }
        }
        let fields = extents.map { extent in
            MandatoryField(
                name: String(cString: extent.name), kind: Kind(extent.kind), offset: extent.offset,
                octets: pdu.getBytes(at: pdu.readerIndex + extent.offset, length: extent.length) ?? [],
                isOverlong: extent.length > extent.limit)
        }
        switch report.outcome {
        case .ok: return (fields, report.end, nil)
        case .noSuchBody: return ([], PDUHeader.length, nil)
        case .noRoom, .truncated, .tooLong, .badLength: return (fields, report.end, BodyFault(report))
        }
    }
}

extension MandatoryField.Kind {
    fileprivate init(_ kind: csmpp34_kind) {
        switch kind {
        case .text: self = .text
        case .secret: self = .secret
        case .address: self = .address
        case .integer: self = .integer
        case .octets: self = .octets
        }
    }
}
