package import HTTPService
import NIOCore
import NIOPosix

extension HTTPURL {
    /// `http://HOST[:PORT]` of a status page: the simulator's, or the bridge's monitor. Nil for anything else.
    package init?(statusPage text: String) {
        self.init(text)
        guard scheme == .http, target == "/" else { return nil }
    }
}

/// The pages of the simulator, or of the bridge's monitor. Off every message's path.
struct PageReader: Sendable {
    /// The largest page that is taken, in octets.
    private static let bodyLimit = 16 << 20

    private let client: HTTPClient

    init(_ url: HTTPURL) {
        client = HTTPClient(
            url, context: nil, bodyLimit: Self.bodyLimit, group: MultiThreadedEventLoopGroup.singleton)
    }

    var url: HTTPURL { client.url }

    /// Asks for something to be done.
    func post(_ path: String) async throws(LoadFailure) {
        let answer: HTTPClient.Answer
        do {
            answer = try await client.post(path)
        } catch {
            throw LoadFailure(description: "\(url)\(path): \(error)")
        }
        guard answer.status == 200 else {
            throw LoadFailure(description: "\(url)\(path) answered with HTTP \(answer.status)")
        }
    }

    /// The body of the page at `path`; anything but 200 is a failure.
    func get(_ path: String) async throws(LoadFailure) -> ByteBuffer {
        let answer: HTTPClient.Answer
        do {
            answer = try await client.get(path)
        } catch {
            throw LoadFailure(description: "\(url)\(path): \(error)")
        }
        guard answer.status == 200 else {
            throw LoadFailure(description: "\(url)\(path) answered with HTTP \(answer.status)")
        }
        return answer.body
    }
}
