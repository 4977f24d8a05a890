import Glibc
import NIOCore

/// Ends a connection with a RST instead of a FIN, as a crashed SMSC's host does.
enum SocketReset {
    /// Closes the channel; what it had not sent is lost.
    static func perform(on channel: any Channel) {
        // With a linger time of 0 the kernel throws the connection away (socket(7)).
        guard let options = channel as? any SocketOptionProvider else {
            channel.close(promise: nil)
            return
        }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }
}
