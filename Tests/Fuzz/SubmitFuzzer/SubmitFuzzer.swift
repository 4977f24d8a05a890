import NIOCore
import SMPP

@testable import SMPPWire

/// A submit_sm or submit_sm_resp from outside: the Swift bodies and libsmpp34's read the same, or refuse it in the same
/// way, and write what was read as the same octets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    var frame = ByteBuffer(bytes: input)
    // Other commands have one codec only; most inputs are given the length that they have.
    if count >= PDUHeader.length {
        let id: CommandID = input[4] & 0x80 == 0 ? .submitSM : .submitSMResponse
        frame.setInteger(id.rawValue, at: 4)
        if input[count - 1] & 7 != 7 { frame.setInteger(UInt32(count), at: 0) }
    }
    let ours = Result { () throws(PDUDecodingError) in try PDUDecoder.decode(frame) }
    let library = Result { () throws(PDUDecodingError) in
        try PDUDecoder.decode(frame, by: BodyCodec.unpackByLibrary)
    }
    precondition(ours == library, "one reads otherwise than the other")
    guard let pdu = try? ours.get() else { return 0 }
    precondition(write(pdu, by: BodyCodec.pack) == write(pdu, by: BodyCodec.packByLibrary), "one writes otherwise")
    return 0
}

func write(
    _ pdu: PDU, by pack: (PDUBody, inout ByteBuffer) throws(PDUEncodingError) -> Void
) -> Result<ByteBuffer, PDUEncodingError> {
    Result { () throws(PDUEncodingError) in
        var buffer = ByteBuffer()
        try PDUEncoder.encode(pdu, into: &buffer, by: pack)
        return buffer
    }
}
