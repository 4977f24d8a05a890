import HTTPService
package import NIOCore
import NIOHTTP1
package import TLS

/// Posts PlanFix's form once over HTTPS, as PlanFix does: one connection, one request, one answer.
package struct FormClient: Sendable {
    /// What came back.
    package struct Answer: Sendable, Equatable {
        /// The HTTP status code.
        package var status: Int
        /// Header fields in order, names as they came.
        package var headers: [(name: String, value: String)]
        /// The body as UTF-8; bytes that are not become U+FFFD.
        package var body: String

        /// The first field of that name, whatever its case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        package static func == (left: Answer, right: Answer) -> Bool {
            left.status == right.status && left.body == right.body
                && left.headers.elementsEqual(right.headers, by: ==)
        }
    }

    /// Why there is no answer.
    package enum Failure: Error, CustomStringConvertible {
        case badURL(String)
        case closedEarly
        case timeout(TimeAmount)
        case bodyTooLarge(limit: Int)

        package var description: String {
            switch self {
            case .badURL(let url): "\(url) is not an https:// address with a host"
            case .closedEarly: "the connection was closed before an answer came"
            case .timeout(let limit): "no answer within \(limit.nanoseconds / 1_000_000_000) s"
            case .bodyTooLarge(let limit): "the answer's body has more than \(limit) bytes"
            }
        }
    }

    /// The bridge's bodies have at most 200 characters; anything much larger is not its answer.
    private static let bodyLimit = 64 << 10

    private let target: FormURL
    private let timeout: TimeAmount
    private let exchange: HTTPExchange

    /// - Parameters:
    ///   - url: `https://HOST[:PORT]/PATH`.
    ///   - timeout: for connecting and answering together; 30 s, a little over the longest `reply_within`.
    /// - Throws: `Failure.badURL`.
    package init(
        url: String, context: TLSClientContext, group: any EventLoopGroup, timeout: TimeAmount = .seconds(30)
    ) throws(Failure) {
        guard let target = FormURL(url) else { throw .badURL(url) }
        self.target = target
        self.timeout = timeout
        exchange = HTTPExchange(
            host: target.host, port: target.port, context: context, timeout: timeout, bodyLimit: Self.bodyLimit,
            group: group)
    }

    /// Posts `fields` in their order.
    ///
    /// - Parameter headers: sent besides Host, Content-Type, Content-Length and Connection.
    /// - Throws: `Failure`, or the error of the connection or of TLS.
    package func post(
        _ fields: [(name: String, value: String)], headers: [(String, String)] = []
    ) async throws -> Answer {
        let body = fields.map { "\($0.name)=\($0.value.formEncoded)" }.joined(separator: "&")
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target.path)
        head.headers = [
            "Host": target.authority, "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": String(body.utf8.count), "Connection": "close",
        ]
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        do {
            let answer = try await exchange.ask(head, body: ByteBuffer(string: body))
            return Answer(
                status: Int(answer.head.status.code), headers: answer.head.headers.map { ($0.name, $0.value) },
                body: String(buffer: answer.body))
        } catch let failure as HTTPExchange.Failure {
            switch failure {
            case .closedEarly: throw Failure.closedEarly
            case .timeout: throw Failure.timeout(timeout)
            case .bodyTooLarge: throw Failure.bodyTooLarge(limit: Self.bodyLimit)
            }
        }
    }
}
