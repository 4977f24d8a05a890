import NIOCore
import NIOHTTP1
import TLS

/// Who may use a server.
package struct HTTPServerAccess: Sendable {
    private let token: [UInt8]?
    private let openPaths: Set<String>
    private let localNamesOnly: Bool

    /// - Parameters:
    ///   - token: what `Authorization: Bearer` must carry; nil asks for none, which suits a loopback address only.
    ///   - openPaths: served without the token: they must not tell anything about the service.
    ///   - localNamesOnly: whether only `localhost` and IP addresses are taken as `Host`. It keeps a page of another site from
    ///     reading a server without a token under a name of its own (DNS rebinding).
    package init(token: String? = nil, openPaths: Set<String> = [], localNamesOnly: Bool = false) {
        self.token = token.map { Array($0.utf8) }
        self.openPaths = openPaths
        self.localNamesOnly = localNamesOnly
    }

    /// Why a request is not served; nil where it is.
    func refusal(of head: HTTPRequestHead) -> HTTPServerResponse? {
        if localNamesOnly, let host = head.headers.first(name: "Host"), !Self.isLocalName(host) { return .foreignName }
        if let token, !openPaths.contains(Self.path(of: head)), !Self.carries(token, head.headers) {
            return head.headers.contains(name: "Authorization") ? .wrongToken : .unauthorized
        }
        switch head.method {
        case .GET, .HEAD: return nil
        case .POST: return Self.isForeign(head.headers) ? .foreignOrigin : nil
        default: return .methodNotAllowed("GET, HEAD, POST")
        }
    }

    private static func path(of head: HTTPRequestHead) -> String {
        String(head.uri.prefix { $0 != "?" })
    }

    private static func carries(_ token: [UInt8], _ headers: HTTPHeaders) -> Bool {
        let values = headers["Authorization"]
        guard values.count == 1 else { return false }
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return constantTimeEquals(Array(parts[1].utf8), token)
    }

    /// Whether a browser sends this for a page of another site: such a page must not press our buttons.
    ///
    /// A browser tells it by `Sec-Fetch-Site` (W3C Fetch Metadata), which also holds behind a proxy; an older one only by `Origin`.
    private static func isForeign(_ headers: HTTPHeaders) -> Bool {
        if let site = headers.first(name: "Sec-Fetch-Site") { return site != "same-origin" && site != "none" }
        guard let origin = headers.first(name: "Origin") else { return false }
        guard let host = headers.first(name: "Host") else { return true }
        return origin != "http://" + host && origin != "https://" + host
    }

    /// Whether no name server had a say in this `Host`: `localhost`, or an address.
    private static func isLocalName(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let name = host.split(separator: ":", omittingEmptySubsequences: false).first ?? ""
        return name.lowercased() == "localhost" || (try? SocketAddress(ipAddress: String(name), port: 0)) != nil
    }
}
