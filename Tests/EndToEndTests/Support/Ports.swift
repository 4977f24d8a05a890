import Glibc
import Synchronization
import TestPrograms

/// Free TCP ports on 127.0.0.1, below the range from which the system takes the local ports of outgoing connections:
/// a port given here is not lost to one of those before its server listens.
enum Ports {
    private static let range: Range<UInt16> = 15_000..<32_000
    private static let next = Mutex(range.lowerBound + UInt16(getpid() % 1_000) * 17)

    /// A port on which nothing listens, different at each call.
    static func free() throws -> Int {
        for _ in range {
            let port = next.withLock { next in
                defer { next = next + 1 < range.upperBound ? next + 1 : range.lowerBound }
                return next
            }
            if isFree(port) {
                return Int(port)
            }
        }
        throw HarnessError("no free port in \(range)")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
