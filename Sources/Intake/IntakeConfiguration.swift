package import NIOCore
package import SMPP
package import TLS

/// Where the intake listens, and every bound it keeps.
package struct IntakeConfiguration: Sendable {
    /// The addresses to listen on; port 0 = any free one.
    package var listen: [(host: String, port: Int)]
    /// The path of the form.
    package var path = "/sms"
    /// The path of the messages of PlanFix's chats.
    package var chatPath = "/planfix/chat"
    /// Certificates; nil (plain HTTP) only in tests.
    package var tls: TLSServerContext?
    /// How forms are passed on to other nodes; nil: there are none.
    package var passing: PassingRules?
    /// How long a client waits for its reply, counted from the request's last byte.
    package var replyWithin = TimeAmount.seconds(10)
    /// Connections open at one time; further ones are closed at once.
    package var maxConnections = 10_000
    /// Of one address (of IPv6: its /64).
    package var maxConnectionsPerAddress = Int.max
    /// Where connections may come from; empty = from everywhere.
    package var allowFrom: [AddressBlock] = []
    /// Balancers, whose connections begin with a PROXY header; no other's may.
    package var proxies: [AddressBlock] = []
    /// Octets of heads and bodies that have not arrived whole, of all connections together.
    package var maxUnfinishedBytes = 64 << 20
    /// Bytes of a body.
    package var maxBodyBytes = 65_536
    /// Bytes of a request's target and header fields.
    package var maxHeaderBytes = 16_384
    /// Header fields of a request.
    package var maxHeaderFields = 100
    /// The time in which a request must arrive whole, from its first byte to its last.
    package var requestTimeout = TimeAmount.seconds(10)
    /// The time in which a TLS handshake must be done.
    package var handshakeTimeout = TimeAmount.seconds(10)
    /// How long a connection may do nothing, or not read what it asked for.
    package var idleTimeout = TimeAmount.seconds(60)
    /// How long, at most, the rest of a refused request is read and dropped, so that its reply is not lost.
    package var lingerTimeout = TimeAmount.seconds(1)
    /// Requests of one connection that may be worked on at one time; more wait in the socket.
    package var maxPipelined = 16
    /// When wrong passwords lock out.
    package var lockOut = LockOut.Rules()
    /// Where the logins that proved themselves are kept over a restart; nil = nowhere.
    package var provenFile: String?
    /// Password verifications that may wait or run at one time; as many places again are for logins that were proven before.
    package var scryptQueue = 64
    /// Threads for password verification.
    package var scryptThreads = 1
    /// How long a verified password is known.
    package var rememberCredentials = TimeAmount.hours(24)
    /// A known password that is used after this time is verified anew in the background.
    package var renewCredentials = TimeAmount.hours(1)
    /// Messages of the last hour that are remembered for limits by recipient, of all accounts.
    package var recipientMemory = 200_000
    /// The language of replies to those who did not say who they are.
    package var defaultLanguage = Language.ru
    /// The first of the node numbers of message ids; each event loop takes one, from here up.
    package var firstNode: UInt16 = 0

    /// A configuration with defaults for all but the addresses.
    package init(listen: [(host: String, port: Int)], tls: TLSServerContext? = nil) {
        self.listen = listen
        self.tls = tls
    }

    /// How long after the deadline a handler that did not reply is given up.
    static let handlerGrace = TimeAmount.milliseconds(250)
    /// Connections that the kernel holds until they are accepted.
    static let backlog: CInt = 4096
    /// Bytes read and dropped after a refused request.
    static let lingerBytes = 1 << 20
}
