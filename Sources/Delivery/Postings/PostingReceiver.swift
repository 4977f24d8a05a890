import Foundation
import HTTPService
import Messaging
import NIOCore
import SMPP
import Settings
import TLS

/// A URL that things are posted to: signed, or as PlanFix takes them.
struct PostingReceiver: Sendable {
    /// What became of one attempt.
    enum Result: Hashable, Sendable {
        /// 2xx.
        case taken
        /// Another status: it refused this one.
        case refused(Int)
        /// It will never take this one.
        case rejected(Int)
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
    private let manner: Manner

    /// What its receiver wants besides the fields.
    private enum Manner {
        case signed(secret: [UInt8])
        /// PlanFix's API for chats: who we are, which stands in no journal.
        case chat(providerID: String, token: String)
        /// A webhook of PlanFix, whose address is its secret.
        case webhook(isJSON: Bool)
    }

    private init(
        _ url: HTTPURL, caFile: String?, giveUpAfter: Duration, _ manner: Manner, _ group: any EventLoopGroup
    ) throws {
        client = HTTPClient(
            url, context: try TLSClientContext(caFile: caFile, verifyPeer: true),
            fields: [("Accept", "application/json")], timeout: Self.patience, bodyLimit: Self.bodyLimit, group: group)
        self.giveUpAfter = giveUpAfter
        self.manner = manner
    }

    /// - Throws: `TLSError` for a file of certificates that OpenSSL does not take.
    init(_ settings: PostingSettings, group: any EventLoopGroup) throws {
        try self.init(
            settings.url, caFile: settings.caFile, giveUpAfter: settings.giveUpAfter,
            .signed(secret: Array(settings.secret.utf8)), group)
    }

    /// - Throws: as above.
    init(_ settings: PlanFixChatSettings, group: any EventLoopGroup) throws {
        try self.init(
            settings.url, caFile: settings.caFile, giveUpAfter: settings.giveUpAfter,
            .chat(providerID: settings.providerID, token: settings.planfixToken), group)
    }

    /// - Throws: as above.
    init(_ settings: PlanFixWebhookSettings, group: any EventLoopGroup) throws {
        try self.init(
            settings.url, caFile: settings.caFile, giveUpAfter: settings.giveUpAfter,
            .webhook(isJSON: settings.isJSON), group)
    }

    /// Posts a form.
    ///
    /// - Parameter name: the same at each attempt: what came twice is known by it.
    func post(_ form: String, event: String, name: String) async -> Result {
        var fields = [(name: "X-Smppost-Event", value: event), (name: "X-Smppost-Posting", value: name)]
        var (body, type) = (form, FormCoding.contentType + "; charset=utf-8")
        switch manner {
        case .signed(let secret):
            let seconds = Int64(Date.now.timeIntervalSince1970)
            fields.append(("X-Smppost-Signature", Self.signature(of: form, at: seconds, secret: secret)))
        case .chat(let providerID, let token):
            body += "&" + FormCoding.encode([("providerId", providerID), ("planfix_token", token)])
        case .webhook(let isJSON):
            if isJSON { (body, type) = (Self.json(form), "application/json") }
        }
        do {
            return result(try await client.post(body: ByteBuffer(string: body), type: type, fields: fields).status)
        } catch {
            return .down("\(error)")
        }
    }

    private func result(_ status: Int) -> Result {
        switch (status, manner) {
        case (200...299, _): .taken
        case (429, _), (500...599, _): .down("it answers \(status)")
        // Wrong parameters stay wrong; a wrong token is the same for all until somebody mends it.
        case (400, .chat): .rejected(status)
        case (401, .chat): .down("it answers 401: it does not take our token")
        default: .refused(status)
        }
    }

    /// The fields of a form as one object, by name.
    private static func json(_ form: String) -> String {
        let fields = FormCoding.decode(form[...]) ?? [:]
        var json = JSONWriter()
        json.object { json in
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                json.string(value)
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 over `SECONDS.BODY`.
    static func signature(of body: String, at seconds: Int64, secret: [UInt8]) -> String {
        let code = HMACSHA256(key: secret).authenticate(Array("\(seconds).\(body)".utf8))
        return "t=\(seconds),v1=\(code.hexadecimal)"
    }
}
