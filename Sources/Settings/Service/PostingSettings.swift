package import HTTPService

/// Where inbound messages of a carrier (`inbound`) or receipts of an account's messages (`receipts`) are posted.
package struct PostingSettings: Hashable, Sendable, CustomStringConvertible {
    /// `url`: `https://HOST[:PORT][/PATH]`, or `http://` on a trusted way.
    package var url: HTTPURL
    /// `secret`, `secret_file` or `secret_env`: the key of the signature. Never printed.
    package var secret: String
    /// `ca`: the certificates to trust in place of the system's.
    package var caFile: String?
    /// `give_up_after`: how long it is tried; 1 m to 48 h.
    package var giveUpAfter: Duration = .seconds(24 * 3600)

    package init(url: HTTPURL, secret: String) {
        self.url = url
        self.secret = secret
    }

    /// Never the secret, nor what a URL may hold of one.
    package var description: String { "PostingSettings" }
}

extension MappingReader {
    /// `give_up_after` of whatever is posted; nil where it is missing, or after a report.
    func giveUpAfter() -> Duration? { optionalDuration("give_up_after", in: .seconds(60)...(.seconds(48 * 3600))) }
}

extension PostingSettings {
    /// Reads the mapping with `url`; nil where it has none, or after a report.
    init?(reading reader: MappingReader, context: LoadContext) {
        let wanted = "an address like https://host.example/path, without a query"
        var url: HTTPURL?
        if let node = reader.value("url") {
            url = reader.scalar(node, named: "url", wanted: wanted, Self.address)
        }
        let secret = reader.secret("secret", context: context)
        let caFile = reader.authorityFile("ca", context: context)
        let giveUpAfter = reader.giveUpAfter()
        let isSecretNamed = ["secret", "secret_file", "secret_env"].contains { reader.has($0) }
        if reader.has("url"), !isSecretNamed {
            reader.missing("secret_file", hint: "what is posted is signed with it; or \"secret_env\", or \"secret\"")
        }
        if !reader.has("url"), isSecretNamed || caFile != nil || giveUpAfter != nil { reader.missing("url") }
        guard let url, let secret else { return nil }
        if secret.text.utf8.count < Self.shortestSecret {
            reader.log.warning(
                "the secret has fewer than \(Self.shortestSecret) characters: it can be guessed", at: secret.place)
        }
        if url.scheme == .http {
            reader.log.warning(
                "\"url\" is not https: everybody on the way can read what is posted", at: reader.place(of: "url"))
        }
        self.init(url: url, secret: secret.text)
        self.caFile = caFile
        if let giveUpAfter { self.giveUpAfter = giveUpAfter }
    }

    private static let shortestSecret = 16

    private static func address(_ text: String) -> HTTPURL? {
        guard let url = HTTPURL(text), !url.hasQuery, NetworkText.isHostName(url.host) || NetworkText.isIPv6(url.host)
        else { return nil }
        return url
    }
}
