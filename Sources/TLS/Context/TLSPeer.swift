/// Whom a client must find at the other end.
enum TLSPeer: Hashable, Sendable {
    /// A certificate for this host name (RFC 6125), which is also asked for by SNI.
    case host(String)
    /// A certificate for this IP address (RFC 2818 §3.1); SNI has no addresses (RFC 6066 §3).
    case address(String)
    /// Anyone: the context does not verify. The name is asked for by SNI.
    case unchecked(String?)

    /// - Parameters:
    ///   - serverName: a host name or an IP address, as configured.
    ///   - address: the peer's IP address, which its certificate must name where no name was configured.
    ///   - verify: whether the context verifies at all.
    /// - Returns: nil where it should be verified and there is nothing to verify it against.
    init?(serverName: String?, address: String?, verify: Bool) {
        // The root's dot is no part of a certificate's or of SNI's name.
        let name = serverName.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
        let isAddress = name.map { IPFamily(of: $0) != nil } ?? false
        if !verify {
            self = .unchecked(isAddress ? nil : name)
        } else if let name {
            self = isAddress ? .address(name) : .host(name)
        } else if let address {
            self = .address(address)
        } else {
            return nil
        }
    }

    /// What its sessions are kept under.
    var sessionKey: String {
        switch self {
        case .host(let name): "host \(name)"
        case .address(let address): "address \(address)"
        case .unchecked(let name): "unchecked \(name ?? "")"
        }
    }
}
