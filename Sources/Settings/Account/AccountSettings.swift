package import Messaging
package import TLS

/// An entry of `accounts.yaml`: who may send, as whom, to whom and over which carriers.
package struct AccountSettings: Hashable, Sendable {
    /// `name`: unique; letters, digits, `_`, `-` and `.`, at most 64. A label of metrics and log lines.
    package var name = ""
    /// `login`: unique; there with `password` or not at all.
    package var login: String?
    /// `password`, `password_file` or `password_env`: the hash.
    package var password: ScryptHash?
    /// `key`: the hash of an API key, unique.
    package var key: KeyHash?
    /// `enabled`: a disabled account is told that it is.
    package var enabled = true
    /// `senders`: the names that it may send as, as `SenderName.text` gives them; empty = any valid one.
    package var senders: [String] = []
    /// `default_sender`: where a form names none; one of `senders` unless these are empty.
    package var defaultSender: String?
    /// `sender`: `none` where a form that names none is sent without one.
    package var sendsNoSender = false
    /// `carriers`: tried in this order, groups with weights in a drawn one; at least one.
    package var carriers: [CarrierChoice] = []
    /// `routes`: other carriers by the number's prefix, in the file's order; each prefix once.
    package var routes: [PrefixRoute] = []
    /// `destinations`: prefixes of the numbers that it may send to, digits, and behind a `!` of those that it may not; the longest
    /// one decides; empty = all.
    package var destinations: [String] = []
    /// `blocked`, its own and the file's for all: numbers that nothing is sent to.
    package var blocked: [BlockedFile] = []
    /// `quota.day`: messages; 1 to 1,000,000,000; nil = no limit.
    package var quotaOfDay: Int?
    /// `quota.month`: the same.
    package var quotaOfMonth: Int?
    /// `quota.zone`: whose days and months these are, as `Europe/Moscow`; nil = this machine's.
    package var quotaZone: String?
    /// `per_recipient`: messages to one number within an hour, 1 to 1000; nil = no limit.
    package var perRecipient: Int?
    /// `country`: whose national way to write numbers is understood; nil = international numbers only.
    package var country: Country?
    /// `short_numbers`: whether it may send to numbers of 3 to 6 digits.
    package var shortNumbers = false
    /// `class` of its messages, 0 (flash) to 3; nil = none.
    package var messageClass: UInt8?
    /// `validity` of its messages in seconds; nil = the carrier's.
    package var validity: Int64?
    /// `form_fields`: which of `class` and `validity` a form may have; others are passed over.
    package var formFields: Set<OptionalFormField> = []
    /// `language` of replies: `ru` or `en`.
    package var language = "ru"
    /// `rate`: messages per second; nil = no limit.
    package var rate: Double?
    /// `in_flight`: messages that wait for their reply at one time; nil = no limit.
    package var inFlight: Int?
    /// `allow_from`: addresses and CIDR blocks, v4 and v6; empty = everywhere.
    package var allowFrom: [String] = []
    /// `reply_profile`: `strict` or `always200`.
    package var replyProfile = "strict"
    /// `receipts`: where the receipts of its messages are posted; nil = nowhere.
    package var receipts: PostingSettings?
    /// `planfix_chat`: its chat at PlanFix; nil = none.
    package var planFixChat: PlanFixChatSettings?
    /// `planfix_webhook`: in place of `receipts`; nil = none.
    package var planFixWebhook: PlanFixWebhookSettings?

    package init() {}

    /// Every carrier that it names, those of its routes and of its chat included: as often as it does.
    package var carrierNames: [String] {
        (carriers + routes.flatMap(\.carriers) + (planFixChat?.carriers ?? [])).map(\.name)
    }

    /// Whether no list of carriers is empty, which a broken one is.
    var hasAllCarriers: Bool { !carriers.isEmpty && routes.allSatisfy { !$0.carriers.isEmpty } }
}

/// A field of the form that an account may be allowed.
package enum OptionalFormField: String, Hashable, Sendable, CaseIterable {
    case messageClass = "class"
    case validity
}

/// Where an account names the things that must be checked against other accounts and files.
struct AccountPlaces {
    var name: Place
    var login: Place
    var key: Place
    var chatToken = Place(file: "")
    /// One for each of the account's `carrierNames`.
    var carriers: [Place] = []
}

extension AccountSettings {
    /// Reads an entry of `accounts:`.
    init(reading reader: MappingReader, context: LoadContext, places: inout AccountPlaces) {
        self.init()
        readIdentity(reader, context: context)
        places = AccountPlaces(
            name: reader.place(of: "name"), login: reader.place(of: "login"), key: reader.place(of: "key"))
        enabled = reader.flag("enabled", default: enabled)
        readSenders(reader)
        readRoutes(reader, places: &places)
        readOptions(reader)
        language = reader.choice("language", ["ru": "ru", "en": "en"], default: language)
        rate = reader.rate("rate")
        inFlight = reader.optionalInteger("in_flight", in: 1...1_000_000)
        readQuota(reader)
        blocked = reader.blockedFiles("blocked", country: country, context: context)
        allowFrom = reader.addressBlocks("allow_from", ifEmpty: "is empty; remove the key to allow every address")
        replyProfile = reader.choice(
            "reply_profile", ["strict": "strict", "always200": "always200"], default: replyProfile)
        let receipts = reader.section("receipts")
        self.receipts = PostingSettings(reading: receipts, context: context)
        receipts.finish()
        planFixWebhook = PlanFixWebhookSettings(reading: reader, context: context)
        planFixChat = PlanFixChatSettings(reading: reader, account: self, context: context, places: &places)
        reader.finish()
    }

    private mutating func readIdentity(_ reader: MappingReader, context: LoadContext) {
        name = reader.requiredString("name", limit: 64)
        let isLabel = name.utf8.allSatisfy { $0.isLetter || $0.isDigit || "_-.".utf8.contains($0) }
        if !isLabel {
            reader.log.problem(
                "\"name\" must have only letters, digits, _, - and ., not \(name.quoted)", at: reader.place(of: "name"))
        }
        if reader.has("login") { login = reader.requiredString("login", limit: 64) }
        password = readPassword(reader, context: context)
        key = readKey(reader)
        let hasPassword = ["password", "password_file", "password_env"].contains { reader.has($0) }
        if reader.has("login"), !hasPassword {
            reader.missing("password", hint: "it belongs to \"login\"; make one with: smppost hash password")
        }
        if hasPassword, !reader.has("login") { reader.missing("login", hint: "it belongs to \"password\"") }
        if !reader.has("login"), !hasPassword, !reader.has("key"), !reader.has("planfix_chat") {
            reader.missing(
                "login", hint: "an account needs \"login\" and \"password\", or \"key\", or \"planfix_chat\"")
        }
    }

    private func readPassword(_ reader: MappingReader, context: LoadContext) -> ScryptHash? {
        guard let secret = reader.secret("password", context: context) else { return nil }
        guard secret.text.hasPrefix("$scrypt$") else {
            reader.log.problem(
                "\"password\" must be a hash, not the password itself; make one with: smppost hash password",
                at: secret.place)
            return nil
        }
        do throws(HashFormatError) {
            return try ScryptHash(parsing: secret.text)
        } catch {
            reader.log.problem("\"password\" is not a whole $scrypt$ hash: \(error.reason)", at: secret.place)
            return nil
        }
    }

    private func readKey(_ reader: MappingReader) -> KeyHash? {
        guard let text = reader.optionalString("key", secret: true) else { return nil }
        let place = reader.place(of: "key")
        guard text.hasPrefix("$sha256$") else {
            reader.log.problem(
                "\"key\" must be a hash, not the key itself; make both with: smppost hash key", at: place)
            return nil
        }
        do throws(HashFormatError) {
            return try KeyHash(parsing: text)
        } catch {
            reader.log.problem("\"key\" is not a whole $sha256$ hash: \(error.reason)", at: place)
            return nil
        }
    }

    private mutating func readSenders(_ reader: MappingReader) {
        let wanted = "a sender: up to 11 Latin letters, digits and signs, a short code or a whole number"
        let names = reader.texts(
            "senders", limit: 1000, ifEmpty: "is empty; remove the key to allow any", wanted: wanted
        ) { try? SenderName($0) }
        senders = names?.map(\.value.text) ?? []
        sendsNoSender = reader.choice("sender", ["account": false, "none": true], default: false)
        if sendsNoSender, reader.has("default_sender") {
            reader.log.problem(
                "\"sender: none\" and \"default_sender\" exclude each other", at: reader.place(of: "sender"))
        }
        guard let node = reader.value("default_sender"),
            let (text, name) = reader.scalar(
                node, named: "default_sender", wanted: wanted, { text in (try? SenderName(text)).map { (text, $0) } })
        else { return }
        defaultSender = text
        if let names, !names.isEmpty, !names.contains(where: { $0.value == name }) {
            let hint = Suggestion.hint(for: text, among: senders)
            reader.log.problem(
                "\"default_sender\" \(text.quoted) is not one of \"senders\"\(hint)", at: node.place)
        }
    }

    private mutating func readOptions(_ reader: MappingReader) {
        messageClass = reader.optionalChoice("class", ["flash": 0, "0": 0, "1": 1, "2": 2, "3": 3])
        validity = reader.validity(mayBeNone: false)
        let fields = reader.texts(
            "form_fields", limit: 2, ifEmpty: "is empty; remove the key", wanted: "class or validity"
        ) { OptionalFormField(rawValue: $0) }
        formFields = Set(fields?.map(\.value) ?? [])
    }

    private mutating func readRoutes(_ reader: MappingReader, places: inout AccountPlaces) {
        (carriers, places.carriers) = reader.carrierChoices()
        readPrefixRoutes(reader, places: &places)
        let prefixes = reader.texts(
            "destinations", limit: 1000, ifEmpty: "is empty; remove the key to allow all",
            wanted: MappingReader.wantedPrefix + ", or one behind \"!\" that is left out"
        ) { text in
            guard text.hasPrefix("!") else { return MappingReader.prefix(text) }
            return MappingReader.prefix(String(text.dropFirst())).map { "!" + $0 }
        }
        destinations = prefixes?.map(\.value) ?? []
        country = reader.optionalChoice("country", ["RU": .ru, "BY": .by, "KZ": .kz, "UA": .ua])
        if country == nil, !reader.has("country") {
            reader.log.warning(
                "\"country\" is missing: only international numbers are understood; RU, BY, KZ or UA", at: reader.place)
        }
        shortNumbers = reader.flag("short_numbers", default: shortNumbers)
    }

    private mutating func readQuota(_ reader: MappingReader) {
        let quota = reader.section("quota")
        quotaOfDay = quota.optionalInteger("day", in: 1...1_000_000_000)
        quotaOfMonth = quota.optionalInteger("month", in: 1...1_000_000_000)
        quotaZone = quota.timeZone("zone")
        if reader.has("quota"), !quota.has("day"), !quota.has("month") {
            quota.missing("day", hint: "a quota has \"day\" or \"month\" or both")
        }
        quota.finish()
        guard let node = reader.value("per_recipient") else { return }
        perRecipient = reader.scalar(
            node, named: "per_recipient", wanted: "messages to one number an hour, like 5/h, from 1/h to 1000/h"
        ) { text in
            guard text.hasSuffix("/h"), let count = MappingReader.wholeNumber(String(text.dropLast(2))),
                (1...1000).contains(count)
            else { return nil }
            return count
        }
    }

    private mutating func readPrefixRoutes(_ reader: MappingReader, places: inout AccountPlaces) {
        let nodes = reader.list("routes", limit: 1000, ifEmpty: "is empty; remove the key to send all the same way")
        var lines: [String: Int] = [:]
        for node in nodes ?? [] {
            let entry = MappingReader(
                node, path: "\(reader.path).routes", place: node.place, log: reader.log, called: "a route")
            if !entry.has("prefix") {
                entry.missing("prefix", hint: "the first digits of the numbers that go this way")
            }
            let prefix = entry.value("prefix").flatMap { value in
                entry.scalar(
                    value, named: "prefix", wanted: MappingReader.wantedPrefix, MappingReader.prefix)
            }
            let (choices, choicePlaces) = entry.carrierChoices()
            entry.finish()
            guard let prefix else { continue }
            let place = entry.place(of: "prefix")
            if let line = lines[prefix] {
                reader.log.problem("another route has this prefix already, in line \(line)", at: place)
                continue
            }
            lines[prefix] = place.line
            routes.append(PrefixRoute(prefix: prefix, carriers: choices))
            places.carriers += choicePlaces
        }
    }
}
