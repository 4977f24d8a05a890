import NIOCore
import SMPP
import SMPPWire

/// One PDU from outside: decoded and written again. What was written must read and write as itself.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    var frame = ByteBuffer(bytes: input)
    // Most inputs are given the length that they have, or nothing behind the length check would be reached.
    if count >= PDUHeader.length, input[count - 1] & 7 != 0 { frame.setInteger(UInt32(count), at: 0) }
    guard let pdu = try? PDUDecoder.decode(frame) else { return 0 }
    var written = ByteBuffer()
    guard (try? PDUEncoder.encode(pdu, into: &written)) != nil else { return 0 }
    guard let again = try? PDUDecoder.decode(written) else { preconditionFailure("what was written is not read") }
    var rewritten = ByteBuffer()
    guard (try? PDUEncoder.encode(again, into: &rewritten)) != nil else {
        preconditionFailure("what was read is not written")
    }
    precondition(written == rewritten)
    return 0
}
