import HTTPService
import Messaging
import TLS

extension PlanFixChatSettings {
    /// Reads the mapping below `planfix_chat`; nil where there is none, or after a report.
    ///
    /// - Parameters:
    ///   - account: as far as it is read.
    ///   - places: of the carriers that it names.
    init?(reading parent: MappingReader, account: AccountSettings, context: LoadContext, places: inout AccountPlaces) {
        let reader = parent.section("planfix_chat")
        defer { reader.finish() }
        let isThere = parent.has("planfix_chat")
        let token = Self.token(reader)
        let url = reader.planFixURL("url", "an address like https://ACCOUNT.planfix.ru/webchat/api, without a query")
        let planfixToken = reader.secret("planfix_token", context: context)
        let providerID = Self.providerID(reader)
        let channel = reader.optionalString("channel", limit: 64)
        let sender = Self.sender(reader, account)
        var carriers: [CarrierChoice] = []
        if reader.has("carriers") {
            let chosen = reader.carrierChoices()
            carriers = chosen.choices
            places.carriers += chosen.places
        }
        let idKey = Self.idKey(reader, context: context)
        let ttl = reader.optionalDuration("conversation_ttl", in: .seconds(3600)...(.seconds(30 * 86_400)))
        let delivered = reader.choice("delivered", ["sent": DeliveredStatus.sent, "read": .read], default: .read)
        let texts = Self.texts(reader.section("texts"))
        let zone = reader.timeZone("zone")
        let takesAttachments = reader.choice("attachments", ["links": true, "refuse": false], default: true)
        let replies = Replies(reading: reader.section("replies"))
        let caFile = reader.authorityFile("ca", context: context)
        let giveUpAfter = reader.giveUpAfter()
        guard isThere else { return nil }
        places.chatToken = reader.place(of: "token")
        if !reader.has("token") {
            reader.missing("token", hint: "what smppost hash key prints second; PlanFix gets the first line")
        }
        if !reader.has("url") { reader.missing("url") }
        if !["planfix_token", "planfix_token_file", "planfix_token_env"].contains(where: reader.has) {
            reader.missing("planfix_token_file", hint: "PlanFix shows it where the chat is set up")
        }
        if sender == nil, account.defaultSender == nil, !account.sendsNoSender {
            reader.missing("sender", hint: "or give the account a \"default_sender\"")
        }
        guard let token, let url, let planfixToken, let providerID else { return nil }
        self.init(token: token, url: url, planfixToken: planfixToken.text, providerID: providerID)
        (self.channel, self.sender, self.carriers, self.idKey) = (channel, sender, carriers, idKey)
        if let ttl { conversationTTL = ttl }
        (self.delivered, self.texts, self.zone) = (delivered, texts, zone)
        (self.takesAttachments, self.replies, self.caFile) = (takesAttachments, replies, caFile)
        if let giveUpAfter { self.giveUpAfter = giveUpAfter }
    }

    private static func token(_ reader: MappingReader) -> KeyHash? {
        guard let text = reader.optionalString("token", secret: true) else { return nil }
        do throws(HashFormatError) {
            return try KeyHash(parsing: text)
        } catch {
            reader.log.problem(
                "\"token\" must be the hash of the token; make both with: smppost hash key",
                at: reader.place(of: "token"))
            return nil
        }
    }

    private static func providerID(_ reader: MappingReader) -> String? {
        let text = reader.optionalString("provider_id", limit: 64) ?? "smppost"
        guard text.isEmpty || text.contains("~") else { return text }
        reader.log.problem("\"provider_id\" must be a word without \"~\"", at: reader.place(of: "provider_id"))
        return nil
    }

    private static func sender(_ reader: MappingReader, _ account: AccountSettings) -> String? {
        guard let node = reader.value("sender") else { return nil }
        let wanted = "a sender: up to 11 Latin letters, digits and signs, a short code or a whole number"
        let name = reader.scalar(node, named: "sender", wanted: wanted) { text in
            (try? SenderName(text)).map { (text: text, name: $0.text) }
        }
        guard let name else { return nil }
        if !account.senders.isEmpty, !account.senders.contains(name.name) {
            let hint = Suggestion.hint(for: name.text, among: account.senders)
            reader.log.problem("\"sender\" \(name.text.quoted) is not one of \"senders\"\(hint)", at: node.place)
        }
        return name.text
    }

    private static func idKey(_ reader: MappingReader, context: LoadContext) -> String? {
        let isSealed = reader.choice("ids", ["number": false, "sealed": true], default: false)
        let key = reader.secret("id_key", context: context)
        let isNamed = ["id_key", "id_key_file", "id_key_env"].contains(where: reader.has)
        if isSealed, !isNamed {
            reader.missing("id_key_file", hint: "\"ids: sealed\" needs a key of \(shortestKey) characters or more")
        }
        if isNamed, !isSealed { reader.log.problem("\"id_key\" belongs to \"ids: sealed\"", at: reader.place) }
        if let key, key.text.utf8.count < shortestKey {
            reader.log.problem("the key of \"ids\" has fewer than \(shortestKey) characters", at: key.place)
        }
        return isSealed ? key?.text : nil
    }

    private static let shortestKey = 16

    private static func texts(_ reader: MappingReader) -> [Text: String] {
        var texts: [Text: String] = [:]
        for text in Text.allCases {
            if let words = reader.optionalString(text.rawValue, limit: 200) { texts[text] = words }
        }
        reader.finish()
        return texts
    }
}

extension PlanFixChatSettings.Replies {
    init(reading reader: MappingReader) {
        self.init()
        func status(_ key: String, _ fallback: Int) -> Int {
            reader.choice(key, ["200": 200, "400": 400, "503": 503], default: fallback)
        }
        refused = status("refused", refused)
        notSent = status("not_sent", notSent)
        unknown = status("unknown", unknown)
        reader.finish()
    }
}

extension PlanFixWebhookSettings {
    /// Reads the mapping below `planfix_webhook`; nil where there is none, or after a report.
    init?(reading parent: MappingReader, context: LoadContext) {
        let reader = parent.section("planfix_webhook")
        defer { reader.finish() }
        let secret = reader.secret("url", context: context)
        let isJSON = reader.choice("format", ["form": false, "json": true], default: false)
        let zone = reader.timeZone("zone")
        let caFile = reader.authorityFile("ca", context: context)
        let giveUpAfter = reader.giveUpAfter()
        guard parent.has("planfix_webhook") else { return nil }
        if !["url", "url_file", "url_env"].contains(where: reader.has) {
            reader.missing("url_file", hint: "PlanFix shows it where the webhook is set up")
        }
        if parent.has("receipts") {
            reader.log.problem(
                "\"planfix_webhook\" stands in place of \"receipts\": only one of them may be there", at: reader.place)
        }
        guard let secret else { return nil }
        guard let url = MappingReader.planFixURL(secret.text) else {
            // The address is a secret.
            reader.log.problem(
                "\"url\" must be an address like https://ACCOUNT.planfix.ru/webhook/…, without a query",
                at: secret.place)
            return nil
        }
        self.init(url: url)
        (self.isJSON, self.zone, self.caFile) = (isJSON, zone, caFile)
        if let giveUpAfter { self.giveUpAfter = giveUpAfter }
    }
}

extension MappingReader {
    fileprivate func planFixURL(_ key: String, _ wanted: String) -> HTTPURL? {
        guard let node = value(key) else { return nil }
        let url = scalar(node, named: key, wanted: wanted, Self.planFixURL)
        if url?.scheme == .http {
            log.warning("\"\(key)\" is not https: everybody on the way can read the token", at: node.place)
        }
        return url
    }

    fileprivate static func planFixURL(_ text: String) -> HTTPURL? {
        guard let url = HTTPURL(text), !url.hasQuery, NetworkText.isHostName(url.host) || NetworkText.isIPv6(url.host)
        else { return nil }
        return url
    }
}
