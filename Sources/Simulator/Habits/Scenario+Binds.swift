import SMPP

extension Scenario {
    /// When a bind is asked for.
    static let binds: [Scenario] = [
        Scenario("bind-response-without-nul", 4, "the system_id of the bind response has no NUL") {
            $0.quirks.binds.form = .missingNUL
        },
        Scenario("bind-response-header-only", 4, "the bind response is a header alone") {
            $0.quirks.binds.form = .headerOnly
        },
        Scenario("slow-bind", 8, "a bind is answered after 2 s") { $0.quirks.binds.delay = .seconds(2) },
        Scenario("hasty-bind", 8, "a connection that has not bound after 1 s is cut") {
            $0.bindTimeout = .seconds(1)
        },
        Scenario("throttled-binds", 8, "binds within 1 s of another are answered 0x58") {
            $0.quirks.binds.leastGap = .seconds(1)
        },
        Scenario("two-binds", 12, "a third bind is answered 0x0D") {
            $0.bindLimit = 2
            $0.excessBindStatus = .bindFailed
        },
        Scenario("no-transceiver", 13, "transmitters and receivers only: bind_transceiver is answered 0x0D") {
            $0.quirks.binds.kinds = [.transmitter, .receiver]
        },
        Scenario("no-receiver", 13, "bind_receiver is answered 0x0D") {
            $0.quirks.binds.kinds = [.transmitter, .transceiver]
        },
        Scenario("old-version-3.3", 29, "sc_interface_version 3.3: a message with optional parameters is refused") {
            $0.quirks.binds.version = 0x33
            $0.quirks.demands = [.noTLVs]
        },
        Scenario("no-version", 29, "no sc_interface_version") { $0.quirks.binds.version = nil },
        Scenario("version-5.0", 29, "sc_interface_version 5.0, and congestion_state in responses") {
            $0.quirks.binds.version = 0x50
            $0.quirks.responses = [.congestion(10)]
        },
        Scenario("tls-port", 30, "a plain bind is answered with an alert of TLS, as on a port for TLS") {
            // Alert, TLS 1.2, 2 octets: fatal, protocol_version (RFC 8446 §6).
            $0.quirks.binds.octetsInstead = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]
        },
        Scenario("allow-list", 31, "the connection is closed in place of a bind response") {
            $0.quirks.binds.closes = true
        },
        Scenario("wrong-password", 31, "every bind is answered 0x0E") { $0.quirks.binds.refusal = .invalidPassword },
        Scenario("wrong-system-id", 31, "every bind is answered 0x0F") { $0.quirks.binds.refusal = .invalidSystemID },
        Scenario("bind-failed", 31, "every bind is answered 0x0D: login, address or number of binds") {
            $0.quirks.binds.refusal = .bindFailed
        },
        Scenario("already-bound", 32, "the first bind is answered 0x05: an earlier session is still there") {
            $0.quirks.binds.firstAnswers = [.alreadyBound]
        },
        Scenario("outbind", 33, "outbind comes before the bind response") {
            $0.quirks.talks = [QuirkTalk(moment: .binding, words: [.outbind(sequence: 0x1000_0001)])]
        },
    ]
}
