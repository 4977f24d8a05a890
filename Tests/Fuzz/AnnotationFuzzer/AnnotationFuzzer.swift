import NIOCore
import SMPPWire

/// Whatever comes is explained, in lines without control characters.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    var frame = ByteBuffer(bytes: input)
    if count >= PDUHeader.length, input[count - 1] & 7 != 0 { frame.setInteger(UInt32(count), at: 0) }
    for revealSecrets in [false, true] {
        let text = PDUAnnotation.describe(frame, revealSecrets: revealSecrets)
        precondition(text.hasSuffix("\n"))
        precondition(text.utf8.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 != 0x7F) })
    }
    return 0
}
