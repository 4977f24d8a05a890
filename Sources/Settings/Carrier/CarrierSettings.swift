package import Messaging
package import SMPP
package import TLS

/// A file of the carriers directory: an SMSC, how to bind to it and how to speak to it.
package struct CarrierSettings: Hashable, Sendable, CustomStringConvertible {
    /// The file's name without `.yaml`: lower-case letters, digits, `_` and `-`, at most 32.
    package var name: String
    /// `hosts`: tried in turn; at least one.
    package var hosts: [CarrierHost] = []
    /// `bind_from`: the local address to connect from; nil = the system's choice.
    package var bindFrom: String?
    /// `tls`.
    package var tls = CarrierTLSSettings()
    /// `system_id`, `password` (or `password_file`, `password_env`), `system_type`, `interface_version` and
    /// `address_range`.
    package var request = BindRequest(systemID: "", password: "")
    /// `binds`: at least one.
    package var binds = [BindSettings(kind: .transceiver, count: 1)]
    /// `required`: whether the bridge is ready only while one of this carrier's binds is up.
    package var required = true
    /// `window`: requests without an answer, per bind; 1 to 10,000.
    package var window = 10
    /// `rate`: PDUs per second of the whole carrier; nil = no limit.
    package var rate: Double?
    /// `waiting`: messages before a full window, per bind; 0 to 100,000.
    package var waiting = 1000
    /// `enquire_link.every`: 1 s to 1 h.
    package var enquireLinkEvery: Duration = .seconds(30)
    /// `enquire_link.unanswered`: so many without an answer end the connection; 1 to 10.
    package var enquireLinkUnanswered = 2
    /// `timeouts.connect`: 1 s to 60 s.
    package var connectTimeout: Duration = .seconds(10)
    /// `timeouts.bind`: 1 s to 60 s.
    package var bindTimeout: Duration = .seconds(10)
    /// `timeouts.response`: 100 ms to 60 s.
    package var responseTimeout: Duration = .seconds(5)
    /// `timeouts.unbind`: 100 ms to 60 s.
    package var unbindTimeout: Duration = .seconds(5)
    /// `reconnect.first`: the first wait before another attempt; 100 ms to 10 m.
    package var reconnectFirst: Duration = .seconds(1)
    /// `reconnect.max`: the longest; not less than the first, up to 1 h.
    package var reconnectMax: Duration = .seconds(60)
    /// `reconnect.refused`: the longest wait after a connection that nobody took, which costs the carrier nothing; 100 ms to 10 m.
    package var reconnectRefused: Duration = .seconds(1)
    /// `credentials_backoff`: the wait after wrong credentials, which lock accounts when repeated; 1 s to 24 h.
    package var credentialsBackoff: Duration = .seconds(300)
    /// `addresses`.
    package var addresses = AddressRules()
    /// `text`.
    package var text = TextPolicy()
    /// `receipts.request`: whether receipts are asked for.
    package var receiptsRequested = true
    /// `receipts.ids`: how a receipt writes the id that the response gave.
    package var receiptIDs = ReceiptIDForm.auto
    /// `receipts.retry_status`: the answer to a `deliver_sm` that could not be kept, after which the carrier sends it again.
    package var retryStatus = CommandStatus.systemError
    /// `deliver.within`: how long a `deliver_sm` waits for its answer at most; 100 ms to 60 s.
    package var deliverWithin: Duration = .seconds(5)
    /// `deliver.queue`: how many of a connection may wait for their answer; 1 to 100,000.
    package var deliverQueue = 1000
    /// `inbound`: where messages of subscribers are posted; nil = nowhere.
    package var inbound: PostingSettings?
    /// `esm_class`: bits to set besides 0x40, which a user data header brings by itself (SMPP 3.4 §5.2.12).
    package var esmClass: UInt8 = 0
    /// `validity`: as `validity_period` is sent, empty or 16 octets in the relative form (SMPP 3.4 §7.1.1.2).
    package var validityPeriod = ""
    /// `priority`: 0 to 3 (SMPP 3.4 §5.2.14).
    package var priority: UInt8 = 0
    /// `service_type`: 0 to 5 octets (SMPP 3.4 §5.2.11).
    package var serviceType = ""
    /// `protocol_id` (3GPP TS 23.040 §9.2.3.9).
    package var protocolID: UInt8 = 0
    /// `statuses`: rows of the status table that this carrier means otherwise.
    package var statuses: [CommandStatus: StatusOverride] = [:]

    package init(name: String) {
        self.name = name
    }

    /// Never the password.
    package var description: String { "CarrierSettings(\(name))" }
}

/// A host name or address (without brackets) of an SMSC, and its port.
package struct CarrierHost: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    /// 1 to 65535.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// `smsc1.example.net:2775`, `[2001:db8::1]:2775`.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// So many binds of one kind.
package struct BindSettings: Hashable, Sendable {
    package var kind: BindKind
    /// 1 to 100.
    package var count: Int
    /// `window`: of each of them; nil = the carrier's.
    package var window: Int?
    /// `rate`: PDUs per second of each of them, beside the carrier's; nil = no limit of its own.
    package var rate: Double?

    package init(kind: BindKind, count: Int, window: Int? = nil, rate: Double? = nil) {
        self.kind = kind
        self.count = count
        self.window = window
        self.rate = rate
    }
}

/// `tls:` of a carrier.
package struct CarrierTLSSettings: Hashable, Sendable {
    /// `enabled`: the other keys are checked even when it is false.
    package var enabled = false
    /// `ca`: authorities in PEM; nil = the system's.
    package var caFile: String?
    /// `server_name`: for SNI and verification; nil = the host's name.
    package var serverName: String?
    /// `certificate`: ours, for carriers that ask for one.
    package var certificateFile: String?
    /// `key`: its private key.
    package var keyFile: String?
    /// `verify`: whether the carrier's certificate is verified.
    package var verify = true
    /// SHA-256 of what is in those files, in the order of the properties: a file that is written anew makes other settings.
    package var contents: [KeyHash] = []

    package init() {}
}
