import Glibc
import NIOCore

/// What becomes of the bytes that a socket has not sent when it is closed, or its process dies (socket(7), SO_LINGER).
enum SocketLinger {
    /// - Parameter resets: whether they are thrown away and the peer gets a RST; otherwise the kernel goes on to send them.
    static func resets(_ resets: Bool, on channel: any Channel) {
        guard let options = channel as? any SocketOptionProvider else { return }
        // On the channel's event loop it is done at once; on a socket that is closed it does not matter any more.
        options.setSoLinger(linger(l_onoff: resets ? 1 : 0, l_linger: 0)).whenFailure { _ in }
    }
}
