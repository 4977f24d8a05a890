import Foundation

@testable import Intake

/// The bytes of a connection from outside: what the intake accepts, NIOHTTP1 accepts and reads the same, and the pieces
/// in which they come make no difference. The first byte chooses the pieces and the bounds.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 1, let start else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let choice = Int(start[0])
    let differential = RequestDifferential(
        bytes, maxHeaderBytes: choice & 0x80 == 0 ? 16_384 : 100, maxFields: choice & 0x40 == 0 ? 100 : 5)
    let pieces = [1 + choice & 0x07, 1 + choice & 0x3F, 1 + (choice >> 3) & 0x07]
    if let difference = differential.difference(pieces: pieces) {
        FileHandle.standardError.write(Data("\(difference)\n".utf8))
        preconditionFailure()
    }
    return 0
}
