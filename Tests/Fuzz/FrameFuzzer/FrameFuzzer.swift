import NIOCore
import SMPPWire

/// A stream from outside, whole and in pieces: the same frames and the same fault either way.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    // The first octet says how large the pieces are.
    let size = Int(start[0] & 0x3F) + 1
    let stream = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let whole = split(stream, size: max(stream.count, 1))
    precondition(whole == split(stream, size: size))
    precondition(whole.frames.allSatisfy { 16...4_096 ~= $0.readableBytes })
    for frame in whole.frames { _ = try? PDUDecoder.decode(frame) }
    return 0
}

struct Outcome: Equatable {
    var frames: [ByteBuffer] = []
    var error: FrameError?
}

func split(_ stream: [UInt8], size: Int) -> Outcome {
    var outcome = Outcome()
    var buffer = ByteBuffer()
    for place in stride(from: 0, to: stream.count, by: size) {
        buffer.writeBytes(stream[place..<min(place + size, stream.count)])
        do {
            while let frame = try PDUFrame.next(from: &buffer, maximumLength: 4_096) { outcome.frames.append(frame) }
        } catch {
            outcome.error = error
            return outcome
        }
    }
    return outcome
}
