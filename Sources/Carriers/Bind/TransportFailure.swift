import Glibc
import NIOCore
import NIOPosix
package import SMPP
import SMPPWire
import TLS

/// What an error of the transport means for its bind.
package enum TransportFailure {
    /// Of an error that connecting, TLS or the stream of PDUs threw.
    ///
    /// - Parameter bindFrom: the address of ours that was to be used; nil = the system's choice, or there is a connection.
    package static func cause(of error: any Error, bindFrom: String? = nil) -> BindFailure.Cause {
        switch error {
        // A killed peer says no good-bye in TLS either.
        case let error as TLSError where error.kind == .truncated: .closed
        case let error as TLSError: .tls(cause(of: error))
        case FrameError.tooShort(let length), FrameError.tooLong(let length, _): .notSMPP(commandLength: length)
        case FrameError.incomplete(let octets): .incomplete(octets: octets)
        case let error as NIOConnectionError: cause(of: error, bindFrom)
        case is SocketAddressError: .nameNotFound
        case let error as IOError: cause(ofErrno: error.errnoCode, bindFrom)
        case ChannelError.connectTimeout(let time): .connectTimeout(.nanoseconds(time.nanoseconds))
        default: .reset
        }
    }

    private static func cause(of error: TLSError) -> BindFailure.TLSCause {
        switch error.fault {
        case .plainPort: .plainPort
        case .closed: .closed
        case .certificateWanted: .wantsCertificate
        case .certificateRefused: .certificateRefused
        case .wrongName(let names): .wrongName(names)
        case .selfSigned: .selfSigned
        case .unknownIssuer: .unknownIssuer
        case .expired: .expired
        case .notYetValid: .notYetValid
        case .noCommonVersion: .noCommonVersion
        case .refused: .refused
        case .keyMismatch, nil: error.kind == .timeout ? .timeout : .other(error.reason)
        }
    }

    /// The first address's failure says more than a list of all; but not where `bind_from` is of another family.
    private static func cause(of error: NIOConnectionError, _ bindFrom: String?) -> BindFailure.Cause {
        let telling = error.connectionErrors.first { !isWrongFamily($0.error) }
        guard let first = telling ?? error.connectionErrors.first else { return .nameNotFound }
        return cause(of: first.error, bindFrom: bindFrom)
    }

    private static func isWrongFamily(_ error: any Error) -> Bool {
        guard let code = (error as? IOError)?.errnoCode else { return false }
        return code == EAFNOSUPPORT || code == EINVAL
    }

    private static func cause(ofErrno code: CInt, _ bindFrom: String?) -> BindFailure.Cause {
        switch code {
        case ECONNREFUSED: .connectRefused
        case ETIMEDOUT: .transportTimeout
        case ECONNRESET, EPIPE: .reset
        case EHOSTUNREACH, ENETUNREACH: .unreachable
        // Without it, no port of this machine is free.
        case EADDRNOTAVAIL: bindFrom.map(BindFailure.Cause.noSuchAddress) ?? .system(code)
        default: .system(code)
        }
    }
}
