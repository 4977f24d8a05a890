import Foundation
import NIOCore

/// The socket on which a service manager hears of us (sd_notify(3)): one datagram a message.
package struct NotifySocket: Sendable {
    /// `sockaddr_un` as the kernel reads it, in pieces of the size of a `sockaddr`.
    private let address: [sockaddr]
    private let addressLength: socklen_t

    /// From `NOTIFY_SOCKET`; nil where there is no service manager, or one whose address is none of a Unix socket.
    package init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let name = environment["NOTIFY_SOCKET"] else { return nil }
        self.init(name)
    }

    /// - Parameter name: an absolute path, or `@` and the name of an abstract socket (unix(7)); else nil.
    package init?(_ name: String) {
        var path = Array(name.utf8)
        // At most 107 octets: a path is followed by one that is 0.
        guard path.count > 1, path.count < 108, !path.contains(0) else { return nil }
        switch path[0] {
        case UInt8(ascii: "@"): path[0] = 0
        case UInt8(ascii: "/"): path.append(0)
        default: return nil
        }
        // An abstract name is as long as the address says: what follows must not count.
        addressLength = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        address = Self.pieces(path)
    }

    private static func pieces(_ path: [UInt8]) -> [sockaddr] {
        var rest = path[...]
        var pieces: [sockaddr] = []
        func next() -> CChar { CChar(bitPattern: rest.popFirst() ?? 0) }
        func data() -> (CChar, CChar, CChar, CChar, CChar, CChar, CChar) {
            (next(), next(), next(), next(), next(), next(), next())
        }
        repeat {
            var piece = sockaddr()
            if pieces.isEmpty {
                piece.sa_family = sa_family_t(AF_UNIX)
            } else {
                let low = UInt8(bitPattern: next())
                let high = UInt8(bitPattern: next())
                piece.sa_family = UInt16(littleEndian: UInt16(low) | UInt16(high) << 8)
            }
            let (a, b) = (data(), data())
            piece.sa_data = (a.0, a.1, a.2, a.3, a.4, a.5, a.6, b.0, b.1, b.2, b.3, b.4, b.5, b.6)
            pieces.append(piece)
        } while !rest.isEmpty
        return pieces
    }

    /// The service listens, or has read its configuration anew.
    @discardableResult
    package func ready() -> Bool { send(["READY=1"]) }

    /// The configuration is read anew; `ready` comes after it.
    @discardableResult
    package func reloading() -> Bool {
        send(["RELOADING=1", "MONOTONIC_USEC=\(NIODeadline.now().uptimeNanoseconds / 1_000)"])
    }

    /// Sends one message: lines of `NAME=value`. Never blocks.
    ///
    /// - Returns: whether the kernel took it; false where nobody listens, or where the listener's queue is full.
    @discardableResult
    package func send(_ lines: [String]) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let message = Array(lines.joined(separator: "\n").utf8)
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        return sendto(descriptor, message, message.count, flags, address, addressLength) == message.count
    }
}
