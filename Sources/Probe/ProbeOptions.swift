package import Messaging
package import SMPP

/// What a probe is told: whom to ask, as whom, and how much of it. It prints without its password.
package struct ProbeOptions: Hashable, Sendable, CustomStringConvertible {
    /// Whether the connection is made with TLS.
    package enum TLSChoice: String, Hashable, Sendable, CaseIterable {
        /// With it; without it where the port has none.
        case auto
        /// With it or not at all.
        case yes
        /// Without it.
        case no
    }

    package var address: HostPort
    /// 1 to 15 octets.
    package var systemID: String
    /// 0 to 64 octets. It is sent whole.
    package var password: String
    /// 0 to 12 octets.
    package var systemType = ""
    package var tls = TLSChoice.auto
    /// PEM, an absolute path; the only certificates trusted. Nil: those of the system.
    package var caFile: String?
    /// Whether a certificate that does not verify is taken.
    package var takesAnyCertificate = false
    /// So many binds are held at once, in `ProbeLimits.binds`.
    package var binds = 3
    /// How long the SMSC's own `enquire_link` is waited for, in `ProbeLimits.listen`.
    package var listen = Duration.seconds(35)
    /// After this nothing new is begun, in `ProbeLimits.within`.
    package var within = Duration.seconds(300)
    /// Nil: no message is sent.
    package var messages: ProbeMessages?

    package init(address: HostPort, systemID: String, password: String) {
        self.address = address
        self.systemID = systemID
        self.password = password
    }

    package var description: String { "probe of \(address) as \(systemID)" }
}

/// The messages of a probe: to whom, from whom and how many.
package struct ProbeMessages: Hashable, Sendable {
    /// 3 to 15 digits: the operator's own number.
    package var number: String
    package var sender = SenderName.absent
    /// Short messages that are sent at once, in `ProbeLimits.window`.
    package var window = 5
    /// How long receipts are waited for, in `ProbeLimits.receipts`.
    package var receipts = Duration.seconds(30)

    package init(number: String) {
        self.number = number
    }
}

/// The bounds of a probe.
package enum ProbeLimits {
    package static let binds = 1...20
    package static let window = 1...20
    package static let listen = Duration.zero...(.seconds(600))
    package static let within = Duration.seconds(10)...(.seconds(3600))
    package static let receipts = Duration.zero...(.seconds(600))
    /// From the end of one attempt to bind to the next one, and before several messages are sent at once.
    static let gap = Duration.seconds(1)
    /// From a message's answer to the next message: at most two a second.
    static let submitGap = Duration.milliseconds(500)
    /// The same after ESME_RALYBND, once: the SMSC may need some time to forget the session before.
    static let patience = Duration.seconds(5)
    /// For a connection, and again for the TLS handshake.
    static let connect = Duration.seconds(5)
    /// For a response.
    static let answer = Duration.seconds(10)
    /// For the response to our `unbind`.
    static let unbind = Duration.seconds(2)
    /// Receipts that are kept.
    static let kept = 1000
}
