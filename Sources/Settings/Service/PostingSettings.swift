/// Where inbound messages of a carrier (`inbound`) or receipts of an account's messages (`receipts`) are posted.
package struct PostingSettings: Hashable, Sendable, CustomStringConvertible {
    /// `url`: `https://HOST[:PORT][/PATH]`, or `http://` on a trusted way.
    package var url: String
    /// `secret`, `secret_file` or `secret_env`: the key of the signature. Never printed.
    package var secret: String
    /// `ca`: the certificates to trust in place of the system's.
    package var caFile: String?
    /// `give_up_after`: how long it is tried; 1 m to 48 h.
    package var giveUpAfter: Duration = .seconds(24 * 3600)

    package init(url: String, secret: String) {
        self.url = url
        self.secret = secret
    }

    /// Never the secret, nor what a URL may hold of one.
    package var description: String { "PostingSettings" }
}

extension PostingSettings {
    /// Reads the mapping with `url`; nil where it has none, or after a report.
    init?(reading reader: MappingReader, context: LoadContext) {
        let wanted = "an address like https://host.example/path, without a query"
        var url: String?
        if let node = reader.value("url") {
            url = reader.scalar(node, named: "url", wanted: wanted) { Self.isAddress($0) ? $0 : nil }
        }
        let secret = reader.secret("secret", context: context)
        let caFile = reader.authorityFile("ca", context: context)
        let longest = Duration.seconds(48 * 3600)
        let giveUpAfter = reader.optionalDuration("give_up_after", in: .seconds(60)...longest)
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
        if url.hasPrefix("http:") {
            reader.log.warning(
                "\"url\" is not https: everybody on the way can read what is posted", at: reader.place(of: "url"))
        }
        self.init(url: url, secret: secret.text)
        self.caFile = caFile
        if let giveUpAfter { self.giveUpAfter = giveUpAfter }
    }

    private static let shortestSecret = 16

    /// Scheme, host and perhaps a port and a path of visible ASCII; neither user, query nor fragment.
    private static func isAddress(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let rest = text.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"?#@\\".utf8.contains($0) }) else { return false }
        let authority = String(rest.prefix { $0 != "/" })
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return false }
            let port = authority[authority.index(after: end)...]
            return NetworkText.isIPv6(String(authority[authority.index(after: authority.startIndex)..<end]))
                && (port.isEmpty || isPort(port))
        }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let host = parts.first, NetworkText.isHostName(String(host)) else { return false }
        return parts.count == 1 || isPort(":" + parts[1])
    }

    private static func isPort(_ text: some StringProtocol) -> Bool {
        guard text.first == ":", let port = Int(text.dropFirst()), text.dropFirst().utf8.allSatisfy(\.isDigit) else {
            return false
        }
        return (1...65_535).contains(port)
    }
}
