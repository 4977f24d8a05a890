import Intake

/// The first bytes of a balancer's connection: whatever is taken as a header is whole, and every beginning of it is incomplete.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard case .header(let header) = ProxyHeader.read(bytes) else { return 0 }
    precondition((1...count).contains(header.length) && (0...65_535).contains(header.port))
    precondition(ProxyHeader.read(Array(bytes[..<header.length])) == .header(header))
    precondition(ProxyHeader.read(Array(bytes[..<(header.length - 1)])) == .incomplete)
    return 0
}
