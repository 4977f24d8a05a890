package import NIOCore
import NIOPosix

/// Why there is no answer to a request; the description says it to people.
package enum HTTPFailure: Error, CustomStringConvertible {
    /// The host's name has no address.
    case unknownHost
    /// There is no connection, or it, TLS or HTTP failed on it.
    case connection(any Error)
    case closedEarly
    /// Neither connected nor answered within this.
    case timeout(TimeAmount)
    /// More octets than the client takes.
    case bodyTooLarge(limit: Int)

    init(_ error: any Error, timeout: TimeAmount) {
        switch error {
        case let failure as HTTPFailure: self = failure
        case ChannelError.connectTimeout: self = .timeout(timeout)
        case let error as NIOConnectionError:
            // One for each address of the host: the first is the one that was wanted most.
            guard let first = error.connectionErrors.first else {
                self = .unknownHost
                return
            }
            self.init(first.error, timeout: timeout)
        case is SocketAddressError: self = .unknownHost
        default: self = .connection(error)
        }
    }

    package var description: String {
        switch self {
        case .unknownHost: ConnectionWords.unknownHost
        case .connection(let error): ConnectionWords.of(error)
        case .closedEarly: "the connection was closed before an answer came"
        case .timeout(let limit): "no answer within \(limit.nanoseconds / 1_000_000_000) s"
        case .bodyTooLarge(let limit): "the answer's body has more than \(limit) octets"
        }
    }
}
