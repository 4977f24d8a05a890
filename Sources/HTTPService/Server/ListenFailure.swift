package import NIOCore
package import NIOPosix

/// An address cannot be listened on: `127.0.0.1:8443: address already in use (intake.listen)`.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    private let address: String
    private let reason: String
    /// Whether it may be free later, or for another user: it is in use, or below 1024.
    package let mayPass: Bool
    /// What the configuration, or an option, calls the address.
    package var key: String?

    /// - Parameter error: what `bind`, or the search for the host's address, threw.
    package init(host: String, port: Int, _ error: any Error) {
        address = SocketAddress.text(host: host, port: port)
        let code = (error as? IOError)?.errnoCode
        mayPass = code == EADDRINUSE || code == EACCES
        switch error {
        case let error as IOError: reason = Self.words(error.errnoCode)
        case is SocketAddressError: reason = "the host's name could not be resolved"
        default: reason = "cannot be listened on (\(type(of: error)))"
        }
    }

    package var description: String { "\(address): \(reason)" + (key.map { " (\($0))" } ?? "") }

    private static func words(_ code: CInt) -> String {
        switch code {
        case EADDRINUSE: "address already in use"
        case EADDRNOTAVAIL: "this machine has no such address"
        case EACCES: "ports below 1024 need CAP_NET_BIND_SERVICE"
        case EAFNOSUPPORT: "this machine has no addresses of that family"
        default: "cannot be listened on (error \(code))"
        }
    }
}

extension SocketAddress {
    /// `127.0.0.1:8443`, IPv6 in brackets.
    package var hostAndPort: String { Self.text(host: ipAddress ?? "", port: port ?? 0) }

    fileprivate static func text(host: String, port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension ServerBootstrap {
    /// `bind(host:port:)`.
    package func listen(host: String, port: Int) async throws(ListenFailure) -> any Channel {
        do {
            return try await bind(host: host, port: port).get()
        } catch {
            throw ListenFailure(host: host, port: port, error)
        }
    }
}
