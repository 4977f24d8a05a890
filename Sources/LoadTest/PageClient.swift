import HTTPService
import NIOCore
import NIOHTTP1
import NIOPosix

/// `http://HOST[:PORT]` of a status page: the simulator's, or the bridge's monitor.
package struct PageURL: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    /// 80 where the address names none.
    package var port: Int

    /// Nil for anything but http with a host, a port from 1 to 65535 and no path.
    package init?(_ text: String) {
        let scheme = "http://"
        guard text.lowercased().hasPrefix(scheme) else { return nil }
        var rest = text.dropFirst(scheme.count)
        if rest.last == "/" { rest = rest.dropLast() }
        // The rules of host and port are the same as for https.
        guard !rest.contains("/"), let url = FormURL("https://" + rest), url.path == "/" else { return nil }
        host = url.host
        port = url.authority.hasSuffix(":\(url.port)") ? url.port : 80
    }

    package var description: String { "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

/// Gets pages over plain HTTP, one connection each. Off every message's path.
struct PageClient: Sendable {
    /// Why there is no page.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The largest page that is taken.
    static let maximumPage = 16 << 20

    let url: PageURL
    let group: any EventLoopGroup
    var timeout = TimeAmount.seconds(10)

    /// The body of the page at `path`; anything but 200 is a failure.
    func get(_ path: String) async throws -> ByteBuffer {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
        head.headers = ["Host": "\(url.host):\(url.port)", "Connection": "close"]
        let exchange = HTTPExchange(
            host: url.host, port: url.port, context: nil, timeout: timeout, bodyLimit: Self.maximumPage, group: group)
        let answer: HTTPExchange.Answer
        do {
            answer = try await exchange.ask(head)
        } catch {
            throw Failure(description: words(error, path))
        }
        guard answer.head.status == .ok else {
            throw Failure(description: "answered with HTTP \(answer.head.status.code)")
        }
        return answer.body
    }

    private func words(_ error: any Error, _ path: String) -> String {
        switch error {
        case HTTPExchange.Failure.closedEarly: "the connection was closed before the page was whole"
        case HTTPExchange.Failure.timeout: "no answer in time"
        case HTTPExchange.Failure.bodyTooLarge: "the page has more than \(Self.maximumPage) bytes"
        case is NIOConnectionError, ChannelError.connectTimeout: "\(url) cannot be reached: \(error)"
        default: "\(url)\(path): \(error)"
        }
    }
}
