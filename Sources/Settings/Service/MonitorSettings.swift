package import SMPP

/// `monitor:` of `smppost.yaml`.
package struct MonitorSettings: Hashable, Sendable, CustomStringConvertible {
    /// `listen`: one address. Port 0 takes any free port.
    package var listen = HostPort(host: "127.0.0.1", port: 8080)
    /// `token`, `token_file` or `token_env`: at least 16 octets; there whenever `listen` is not loopback. Never printed.
    package var token: String?
    /// `tls.certificate`: the certificate chain in PEM; nil = plain HTTP, which away from loopback must be asked for.
    package var certificateFile: String?
    /// `tls.key`: its private key in PEM; there with the certificate.
    package var keyFile: String?
    /// `trace_directory`: where PDU traces are written, its path resolved; made when it is needed.
    package var traceDirectory = "var/trace"
    /// `send_every`: a message by hand, on the page or by `smppost send --account`, is taken no sooner after the last; 1 s to 1 h.
    package var sendEvery = Duration.seconds(2)

    package init() {}

    /// Never the token.
    package var description: String { "MonitorSettings(\(listen))" }
}

extension MonitorSettings {
    /// Reads `monitor:`; with no key at all it listens on loopback.
    init(reading reader: MappingReader, context: LoadContext) {
        self.init()
        if let node = reader.value("listen") {
            let address = reader.scalar(node, named: "listen", wanted: HostPort.wanted, HostPort.parse)
            listen = address ?? listen
        }
        if let secret = reader.secret("token", context: context) {
            token = secret.text
            if secret.text.utf8.count < 16 || !secret.text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                reader.log.problem(
                    "the token must have at least 16 visible ASCII characters, without spaces", at: secret.place)
            }
        }
        traceDirectory = FileProbe.resolve(
            reader.string("trace_directory", default: traceDirectory), from: reader.place(of: "trace_directory").file)
        sendEvery = reader.duration("send_every", in: .seconds(1)...Duration.seconds(3600), default: sendEvery)
        let saysTLS = readTLS(reader, context: context)
        checkOpen(reader, saysTLS: saysTLS)
        reader.finish()
    }

    /// Reads `tls:`; whether it says anything: `enabled: false` is said too.
    private mutating func readTLS(_ reader: MappingReader, context: LoadContext) -> Bool {
        guard reader.has("tls") else { return false }
        let tls = reader.section("tls")
        let isEnabled = tls.flag("enabled", default: true)
        if let pair = tls.certificatePair(context: context) {
            if isEnabled { (certificateFile, keyFile) = pair }
        } else if isEnabled, !tls.has("certificate"), !tls.has("key") {
            tls.missing("certificate")
            tls.missing("key")
        }
        tls.finish()
        return true
    }

    /// Reports what is missing where more than this machine can reach the monitor.
    private func checkOpen(_ reader: MappingReader, saysTLS: Bool) {
        guard !NetworkText.isLoopback(listen.host) else { return }
        if !["token", "token_file", "token_env"].contains(where: reader.has) {
            reader.log.problem(
                "the monitor listens on more than this machine, so it needs \"token_file\", \"token_env\" or \"token\"",
                at: reader.place(of: "listen"))
        }
        if !saysTLS {
            reader.log.problem(
                "the monitor listens on more than this machine, so it needs \"tls\": { certificate: FILE, key: FILE }, or "
                    + "{ enabled: false } where a proxy in front of it has TLS", at: reader.place(of: "listen"))
        }
    }
}
