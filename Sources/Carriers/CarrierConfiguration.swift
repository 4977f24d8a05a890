package import SMPP
package import TLS

/// TLS to a carrier.
package struct CarrierTLS: Sendable {
    package var context: TLSClientContext
    /// The name that the carrier's certificate must have; nil = the host's.
    package var serverName: String?

    package init(context: TLSClientContext, serverName: String? = nil) {
        self.context = context
        self.serverName = serverName
    }
}

/// What a carrier is made of: its rules, and the TLS that its connections take.
package struct CarrierConfiguration: Sendable {
    package var setup: CarrierSetup
    /// nil = plain TCP.
    package var tls: CarrierTLS?

    package init(_ setup: CarrierSetup, tls: CarrierTLS? = nil) {
        self.setup = setup
        self.tls = tls
    }
}
