import Foundation
import HTTPService
import NIOCore
import SMPP
import Settings
import TLS

/// A URL that things are posted to, signed.
struct PostingReceiver: Sendable {
    /// What became of one attempt.
    enum Result: Hashable, Sendable {
        /// 2xx.
        case taken
        /// Another status: it refused this one.
        case refused(Int)
        /// 429, 5xx, or no answer: it takes nothing now.
        case down(String)
    }

    /// For connecting and answering together.
    static let patience = TimeAmount.seconds(10)
    /// The largest body of an answer that is taken, in octets. Nobody reads it, and 32 answers may come at one time.
    private static let bodyLimit = 64 << 10

    /// How long something is tried.
    let giveUpAfter: Duration
    private let client: HTTPClient
    private let secret: [UInt8]

    /// - Throws: `TLSError` for a file of certificates that OpenSSL does not take.
    init(_ settings: PostingSettings, group: any EventLoopGroup) throws {
        client = HTTPClient(
            settings.url, context: try TLSClientContext(caFile: settings.caFile, verifyPeer: true),
            fields: [("Accept", "application/json")], timeout: Self.patience, bodyLimit: Self.bodyLimit, group: group)
        secret = Array(settings.secret.utf8)
        giveUpAfter = settings.giveUpAfter
    }

    /// Posts a form.
    ///
    /// - Parameter name: the same at each attempt: what came twice is known by it.
    func post(_ form: String, event: String, name: String) async -> Result {
        let seconds = Int64(Date.now.timeIntervalSince1970)
        let fields = [
            (name: "X-Smppost-Event", value: event), (name: "X-Smppost-Posting", value: name),
            (name: "X-Smppost-Signature", value: Self.signature(of: form, at: seconds, secret: secret)),
        ]
        do {
            let answer = try await client.post(
                body: ByteBuffer(string: form), type: FormCoding.contentType + "; charset=utf-8", fields: fields)
            switch answer.status {
            case 200...299: return .taken
            case 429, 500...599: return .down("it answers \(answer.status)")
            default: return .refused(answer.status)
            }
        } catch {
            return .down("\(error)")
        }
    }

    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 over `SECONDS.BODY`.
    static func signature(of body: String, at seconds: Int64, secret: [UInt8]) -> String {
        let code = HMACSHA256(key: secret).authenticate(Array("\(seconds).\(body)".utf8))
        return "t=\(seconds),v1=\(code.hexadecimal)"
    }
}
