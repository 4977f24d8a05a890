import Glibc
import NIOCore
import NIOPosix
import SMPP
import SMPPWire
import TLS

/// What an error of the transport means for its bind.
enum TransportFailure {
    /// Words for people, without the names of types where there are better ones.
    static func describe(_ error: any Error) -> BindFailure {
        switch error {
        case let error as TLSError where error.kind == .truncated:
            // A killed peer says no good-bye in TLS either.
            BindFailure(.closed, "the carrier closed the connection")
        case let error as TLSError:
            BindFailure(.tls, "TLS failed: \(error)")
        case let error as FrameError:
            BindFailure(.reset, error.description)
        case let error as NIOConnectionError:
            describe(error)
        case is SocketAddressError:
            BindFailure(.dns, "the host's name could not be resolved")
        case let error as IOError:
            describe(errno: error.errnoCode)
        case ChannelError.connectTimeout:
            BindFailure(.timeout, "no connection in time")
        default:
            BindFailure(.reset, "the connection failed: \(type(of: error))")
        }
    }

    /// The first address's failure says more than a list of all; but not where `bind_from` is of another family.
    private static func describe(_ error: NIOConnectionError) -> BindFailure {
        let telling = error.connectionErrors.first { !isWrongFamily($0.error) }
        if let first = telling ?? error.connectionErrors.first { return describe(first.error) }
        return BindFailure(.dns, "the name \(error.host) could not be resolved")
    }

    private static func isWrongFamily(_ error: any Error) -> Bool {
        guard let code = (error as? IOError)?.errnoCode else { return false }
        return code == EAFNOSUPPORT || code == EINVAL
    }

    private static func describe(errno code: CInt) -> BindFailure {
        switch code {
        case ECONNREFUSED: BindFailure(.connectRefused, "connection refused: nothing listens on the port")
        case ETIMEDOUT: BindFailure(.timeout, "the connection timed out")
        case ECONNRESET, EPIPE: BindFailure(.reset, "the connection was reset")
        case EHOSTUNREACH, ENETUNREACH: BindFailure(.connectRefused, "the host cannot be reached")
        default: BindFailure(.reset, "the connection failed: error \(code)")
        }
    }
}
