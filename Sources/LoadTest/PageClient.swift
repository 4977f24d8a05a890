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
        let page = group.next().makePromise(of: ByteBuffer.self)
        let (timeout, url) = (timeout, url)
        let connected = ClientBootstrap(group: page.futureResult.eventLoop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(PageHandler(page: page, timeout: timeout, limit: Self.maximumPage))
                }
            }
            .connect(host: url.host, port: url.port)
        connected.whenFailure { page.fail(Failure(description: "\(url) cannot be reached: \($0)")) }
        connected.whenSuccess { channel in
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
            head.headers = ["Host": "\(url.host):\(url.port)", "Connection": "close"]
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        do {
            return try await page.futureResult.get()
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(description: "\(url)\(path): \(error)")
        }
    }
}

/// Collects one page and closes.
private final class PageHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let page: EventLoopPromise<ByteBuffer>
    private let timeout: TimeAmount
    private let limit: Int
    private var deadline: Scheduled<Void>?
    private var status = 0
    private var body = ByteBuffer()

    init(page: EventLoopPromise<ByteBuffer>, timeout: TimeAmount, limit: Int) {
        self.page = page
        self.timeout = timeout
        self.limit = limit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (page, channel) = (page, context.channel)
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            page.fail(PageClient.Failure(description: "no answer in time"))
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let part):
            body.writeImmutableBuffer(part)
            if body.readableBytes > limit {
                page.fail(PageClient.Failure(description: "the page has more than \(limit) bytes"))
                context.close(promise: nil)
            }
        case .end:
            if status == 200 {
                page.succeed(body)
            } else {
                page.fail(PageClient.Failure(description: "answered with HTTP \(status)"))
            }
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        page.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        page.fail(PageClient.Failure(description: "the connection was closed before the page was whole"))
        context.fireChannelInactive()
    }
}
