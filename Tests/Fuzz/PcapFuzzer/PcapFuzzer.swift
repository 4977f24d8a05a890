import NIOCore
import SMPPWire

/// A capture file from outside: every PDU in it stood in it, the same ones come where it is read anew, and masking changes no
/// length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let file = ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    let events = read(file)
    precondition(events == read(file))
    var octets = 0
    for event in events {
        switch event {
        case .pdu(let frame, let flow, _):
            octets += frame.readableBytes
            precondition(!flow.source.description.isEmpty)
            for showTexts in [false, true] {
                var masked = frame
                PDUMask.apply(to: &masked, showTexts: showTexts)
                precondition(masked.readableBytes == frame.readableBytes)
                precondition(PDUHeader(peeking: masked) == PDUHeader(peeking: frame))
            }
        case .skipped(_, let count): octets += count
        case .gap(_, let count): precondition(count > 0)
        }
    }
    precondition(octets <= count)
    return 0
}

func read(_ file: ByteBuffer) -> [PcapPDUs.Event] {
    var events: [PcapPDUs.Event] = []
    do {
        var pdus = try PcapPDUs(file)
        while let event = try pdus.next() { events.append(event) }
    } catch {
        precondition(!"\(error)".isEmpty)
    }
    return events
}
