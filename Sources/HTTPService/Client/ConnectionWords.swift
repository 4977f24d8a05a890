import NIOCore
import NIOPosix
import TLS

/// Why there is no connection, for people: never a library's raw text.
package enum ConnectionWords {
    /// Of an error that connecting, TLS or reading threw.
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            // One for each address of the host: the first is the one that was wanted most.
            return error.connectionErrors.first.map { of($0.error) } ?? unknownHost
        case is SocketAddressError: return unknownHost
        case let error as IOError: return words(error.errnoCode)
        case let error as TLSError: return "\(error)"
        case let error as HTTPFailure: return "\(error)"
        case ChannelError.connectTimeout: return "no answer in time: a firewall, or the host is down"
        case is ChannelError: return "the connection was closed"
        default: return "the connection failed (\(type(of: error)))"
        }
    }

    static let unknownHost = "the host is not known: look at the name's spelling, and at the DNS"

    private static func words(_ code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused: nothing listens there"
        case ETIMEDOUT: "no answer in time: a firewall, or the host is down"
        case ECONNRESET, EPIPE: "the connection was reset"
        case EHOSTUNREACH, ENETUNREACH: "the host cannot be reached"
        case EADDRNOTAVAIL: "this machine has no address or port left for it"
        case EMFILE, ENFILE: "too many open files"
        default: "the system's error \(code)"
        }
    }
}
