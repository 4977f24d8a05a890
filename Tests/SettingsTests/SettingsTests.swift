import Messaging
import SMPP
import TLS
import Testing

@testable import Settings

@Suite("Settings")
struct SettingsTests {
    private func full() throws -> (Settings, Fixture) {
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        return (try fixture.load(), fixture)
    }

    @Test func everyServiceKeyArrives() throws {
        let (settings, fixture) = try full()
        let intake = settings.intake
        #expect(intake.listen == [HostPort(host: "0.0.0.0", port: 443), HostPort(host: "::", port: 443)])
        #expect(intake.path == "/planfix/sms")
        #expect(intake.certificateFile == "\(fixture.root)/config/server.crt")
        #expect(intake.keyFile == "\(fixture.root)/config/server.key")
        #expect(intake.clientCAFile == "\(fixture.root)/config/../carriers/ca.crt")
        #expect(intake.replyWithin == .seconds(20))
        #expect(intake.maxConnections == 500)
        #expect(intake.maxBodyBytes == 32_768)
        #expect(intake.maxHeaderBytes == 8192)
        #expect(intake.requestTimeout == .seconds(5))
        #expect(intake.idleTimeout == .seconds(120))
        #expect(intake.maxPipelined == 4)
        #expect(intake.maxConnectionsPerAddress == 7)
        #expect(intake.maxUnfinishedBytes == 2 << 20)
        #expect(intake.allowFrom == ["198.51.100.0/24"])
        #expect(intake.proxies == ["10.0.0.5", "2001:db8::/64"])
        #expect(intake.lockoutAttempts == 5)
        #expect(intake.lockoutPer == .seconds(3600))
        #expect(intake.lockoutTrusted == ["192.0.2.0/24"])
        #expect(intake.provenFile == "\(fixture.root)/config/../proven")
        #expect(intake.scryptQueue == 16)
        #expect(intake.scryptThreads == 2)
        #expect(intake.defaultLanguage == "en")
        #expect(intake.recipientMemory == 5000)
        #expect(settings.monitor.listen == HostPort(host: "10.0.0.1", port: 9000))
        #expect(settings.monitor.token == "0123456789abcdef")
        #expect(settings.monitor.certificateFile == "\(fixture.root)/config/server.crt")
        #expect(settings.monitor.keyFile == "\(fixture.root)/config/server.key")
        #expect(settings.monitor.sendEvery == .seconds(10))
        #expect(settings.monitor.traceDirectory == "\(fixture.root)/config/../traces")
        #expect(settings.journal?.store == .postgresql(url: "postgresql://smppost@127.0.0.1/smppost"))
        #expect(settings.journal?.keepText == true)
        #expect(settings.journal?.maskNumbers == true)
        #expect(settings.journal?.retention == .seconds(90 * 86_400))
        #expect(settings.journal?.inDoubtTTL == .seconds(3600))
        #expect(settings.journal?.inDoubtReply == .accepted)
        #expect(settings.journal?.duplicateWindow == .seconds(600))
        #expect(settings.journal?.durability == .process)
        #expect(settings.journal?.onOutage == .refuse)
        #expect(settings.journal?.queue == 2000)
        #expect(settings.journal?.batch == 50)
        #expect(settings.journal?.commitWithin == .milliseconds(5))
        #expect(settings.journal?.logSize == 16 << 20)
        #expect(settings.log.level == "debug")
        #expect(settings.log.format == .json)
    }

    @Test func everyAccountKeyArrives() throws {
        let account = try #require(try full().0.accounts.first)
        #expect(account.name == "acme")
        #expect(!account.enabled)
        #expect(account.login == "acme-login")
        #expect(account.password?.description == Fixture.hash)
        #expect(account.key?.description == FullConfiguration.key)
        #expect(account.senders == ["ACME", "7000", "79160000000"])
        #expect(account.defaultSender == "7000")
        #expect(account.carriers == [CarrierChoice("main", weight: 3)])
        #expect(
            account.routes == [
                PrefixRoute(prefix: "7916", carriers: [CarrierChoice("main")]),
                PrefixRoute(prefix: "375", carriers: [CarrierChoice("main", weight: 1000)]),
            ])
        #expect(account.carrierNames == ["main", "main", "main", "main"])
        #expect(account.destinations == ["7", "375", "!77"])
        #expect((account.quotaOfDay, account.quotaOfMonth, account.quotaZone) == (5000, 100_000, "Asia/Almaty"))
        #expect(account.perRecipient == 5)
        #expect(account.blocked.map(\.numbers.count) == [2, 1])
        #expect(account.country == .ru)
        #expect(account.shortNumbers)
        #expect(account.language == "en")
        #expect(account.rate == 10)
        #expect(account.inFlight == 200)
        #expect(account.allowFrom == ["203.0.113.0/24", "2001:db8::1"])
        #expect(account.replyProfile == "always200")
    }

    @Test func everyCarrierKeyArrives() throws {
        let (settings, fixture) = try full()
        let carrier = try #require(settings.carriers.first)
        #expect(carrier.name == "main")
        #expect(carrier.setup.hosts.map(\.description) == ["smsc1.example.net:2775", "[2001:db8::1]:2776"])
        #expect(carrier.setup.bindFrom == "192.0.2.10")
        #expect(carrier.tls.enabled)
        #expect(carrier.tls.caFile == "\(fixture.root)/carriers/ca.crt")
        #expect(carrier.tls.serverName == "smsc.example.net")
        #expect(carrier.tls.certificateFile == "\(fixture.root)/carriers/../config/server.crt")
        #expect(carrier.tls.keyFile == "\(fixture.root)/carriers/../config/server.key")
        #expect(!carrier.tls.verify)
        #expect(
            carrier.setup.request
                == BindRequest(
                    systemID: "acme", password: "s3cret", systemType: "VMA", interfaceVersion: 0x50, addrTON: 1,
                    addrNPI: 2, addressRange: "^7"))
        #expect(
            carrier.setup.binds == [
                BindPlan(kind: .transmitter, count: 3, window: 30, rate: 10),
                BindPlan(kind: .receiver, count: 1),
            ])
        #expect(!carrier.setup.required)
        #expect((carrier.setup.limits.window, carrier.setup.limits.waiting) == (20, 50))
        #expect(carrier.setup.rate == 30)
        #expect(carrier.setup.lanes == 2)
        #expect(
            carrier.setup.throttle
                == CarrierLimits.Throttle(
                    pause: .seconds(2), max: .seconds(30), run: 4, stop: true, forget: .seconds(120)))
        #expect(
            carrier.setup.breaker
                == CarrierLimits.Breaker(
                    refusals: 3, pause: .seconds(3), silence: .seconds(20), max: .seconds(120),
                    quiet: .milliseconds(250)))
        #expect(carrier.setup.inTime == InTime(least: .milliseconds(100), reserve: .seconds(1)))
        #expect(carrier.setup.timings.enquireLinkEvery == .seconds(60))
        #expect(carrier.setup.timings.enquireLinkUnanswered == 3)
        #expect((carrier.setup.timings.connect, carrier.setup.timings.bind) == (.seconds(3), .seconds(4)))
        #expect((carrier.setup.timings.response, carrier.setup.timings.unbind) == (.seconds(6), .milliseconds(500)))
        #expect(
            (carrier.setup.timings.reconnectFirst, carrier.setup.timings.reconnectMax) == (.seconds(2), .seconds(120)))
        #expect(carrier.setup.timings.reconnectRefused == .seconds(3))
        #expect(carrier.setup.timings.credentialsBackoff == .seconds(600))
        #expect(!carrier.receiptsRequested)
        #expect(carrier.receipts.ids == .hex && !carrier.receipts.comparesNumbers)
        #expect(carrier.receipts.signs == [.esmClass, .text])
        #expect(carrier.setup.limits.readAhead == 100_000)
        #expect(carrier.receiptLimits.segments == 5_000 && carrier.receiptLimits.knownFor == .seconds(6 * 3_600))
        #expect(carrier.receiptLimits.undecided == 50 && carrier.receiptLimits.undecidedFor == .seconds(2 * 3_600))
        #expect(carrier.receiptLimits.lost == 500 && carrier.sendsReference)
        #expect((carrier.esmClass, carrier.priority, carrier.protocolID) == (3, 2, 65))
        #expect(carrier.serviceType == "CMT")
        #expect(carrier.validity == 129_600 && carrier.validityIsAbsolute)
        #expect(
            carrier.setup.statuses
                == StatusTable(overrides: [
                    CommandStatus(rawValue: 0x400): StatusOverride(
                        http: 422, statusClass: .request, retry: .never, russian: "Нет {c}.", english: "No."),
                    CommandStatus(rawValue: 0x401): StatusOverride(
                        http: 503, statusClass: .temporary, retry: .times(3, after: .seconds(2))),
                ]))
    }

    @Test func addressesAndTextsArrive() throws {
        let carrier = try #require(try full().0.carriers.first)
        #expect(
            carrier.addresses
                == AddressRules(
                    alphanumeric: .init(ton: 0, npi: 5), short: .init(ton: 0, npi: 1),
                    international: .init(ton: 2, npi: 3), keepPlus: true))
        #expect(carrier.addresses.address(.international, "79160000000") == SMPPAddress(ton: 2, npi: 3, "+79160000000"))
        #expect(carrier.addresses.address(.short, "7000") == SMPPAddress(ton: 0, npi: 1, "7000"))
        #expect(AddressRules().address(.international, "79160000000") == SMPPAddress(ton: 1, npi: 1, "79160000000"))
        #expect(AddressRules().address(.alphanumeric, "ACME") == SMPPAddress(ton: 5, npi: 0, "ACME"))
        var limits = SegmentLimits.standard
        (limits.gsmSingle, limits.gsmPart, limits.ucs2Single) = (150, 140, 60)
        (limits.ucs2Part, limits.octetsSingle, limits.octetsPart) = (50, 130, 120)
        #expect(
            carrier.text
                == TextPolicy(
                    defaultAlphabet: .latin1, dataCoding: [.latin1: 1, .gsm: 241, .ascii: 17, .ucs2: 24], long: .sar,
                    maxParts: 3, packedGSM: true, transliterate: true, replacesAstral: true,
                    shiftTables: [.turkish, .spanish], limits: limits))
    }

    @Test func defaultsAreThoseOfTheDesign() throws {
        let settings = try Fixture().load()
        #expect(settings.intake.path == "/sms")
        #expect(settings.intake.replyWithin == .seconds(10))
        #expect(settings.intake.maxBodyBytes == 65_536)
        #expect(settings.monitor.listen.description == "127.0.0.1:8080")
        #expect(settings.journal == nil)
        #expect((settings.log.level, settings.log.format) == ("info", .text))
        let account = try #require(settings.accounts.first)
        #expect(account.enabled && account.language == "ru" && account.replyProfile == "strict")
        let carrier = try #require(settings.carriers.first)
        #expect(carrier.text == TextPolicy())
        #expect(carrier.addresses == AddressRules())
        #expect(carrier.setup.binds == [BindPlan(kind: .transceiver, count: 1)])
        #expect(carrier.validity == nil)
        #expect((carrier.setup.limits.window, carrier.setup.rate) == (10, nil))
    }

    /// Coding 0 means the default alphabet there: GSM must not be sent under it.
    @Test(arguments: [
        ("latin1", [Alphabet.latin1: UInt8(0), .ucs2: 8]), ("ascii", [.ascii: 0, .latin1: 3, .ucs2: 8]),
    ])
    func codingFollowsTheDefaultAlphabet(_ alphabet: String, _ codings: [Alphabet: UInt8]) throws {
        let carrier = (Fixture.valid["carriers/main.yaml"] ?? "") + "\ntext: { default_alphabet: \(alphabet) }\n"
        #expect(try Fixture(["carriers/main.yaml": carrier]).load().carriers.first?.text.dataCoding == codings)
    }

    /// Longer than SMPP 3.4 allows: whole where the file says so, else its first octets and a warning.
    @Test func longPasswords() throws {
        let carrier = (Fixture.valid["carriers/main.yaml"] ?? "").replacing("passw rd", with: "0123456789")
        var settings = try Fixture(["carriers/main.yaml": carrier]).load()
        #expect(settings.carriers.first?.setup.request.password == "01234567")
        #expect(settings.warnings.contains { "\($0)".contains("its first 8 are sent; \"long_password: true\"") })
        settings = try Fixture(["carriers/main.yaml": carrier + "\nlong_password: true\n"]).load()
        #expect(settings.carriers.first?.setup.request.password == "0123456789")
        #expect(!settings.warnings.contains { "\($0)".contains("password") })
    }

    @Test func countries() throws {
        for country in ["RU", "BY", "KZ", "UA"] {
            let accounts = (Fixture.valid["config/accounts.yaml"] ?? "").replacing("RU", with: country)
            let settings = try Fixture(["config/accounts.yaml": accounts]).load()
            #expect(settings.accounts.first?.country?.rawValue == country)
            #expect(!settings.warnings.contains { "\($0)".contains("country") })
        }
        let without = (Fixture.valid["config/accounts.yaml"] ?? "").replacing("country: RU", with: "")
        let warnings = try Fixture(["config/accounts.yaml": without]).load().warnings
        #expect(warnings.contains { "\($0)".contains("\"country\" is missing") })
    }

    @Test func textOptions() throws {
        let (settings, _) = try full()
        let text = try #require(settings.carriers.first?.text)
        #expect(text.shiftTables == [.turkish, .spanish] && text.replacesAstral)
        #expect(settings.senderlessCarriers == ["main"])
        let carrier = (Fixture.valid["carriers/main.yaml"] ?? "") + "\ntext: { default_alphabet: utf8 }\n"
        let policy = try #require(try Fixture(["carriers/main.yaml": carrier]).load().carriers.first?.text)
        #expect(policy.defaultAlphabet == .utf8 && policy.dataCoding[.utf8] == 0)
    }

    @Test(arguments: [
        ("none", ""), ("1m", "000000000100000R"), ("30d", "000030000000000R"), ("90s", "000000000130000R"),
    ])
    func validity(_ text: String, _ period: String) throws {
        let file = (Fixture.valid["carriers/main.yaml"] ?? "") + "\nvalidity: \(text)\n"
        let carrier = try #require(try Fixture(["carriers/main.yaml": file]).load().carriers.first)
        #expect((carrier.validity.map { ValidityPeriod(seconds: $0).text { 0 } } ?? "") == period)
    }

    @Test func optionsOfMessages() throws {
        let (settings, _) = try full()
        let carrier = try #require(settings.carriers.first)
        #expect(carrier.cancelsPartial)
        #expect(
            carrier.tlvs == [
                TLV(TLVTag(rawValue: 0x1400), [0x0A, 0xFF]), TLV(TLVTag(rawValue: 0x1401), cString: "acme"),
                TLV(TLVTag(rawValue: 0x1402), Array("ab".utf8)),
            ])
        let account = try #require(settings.accounts.first)
        #expect(account.messageClass == 1 && account.validity == 7200)
        #expect(account.formFields == [.messageClass, .validity])
    }

    @Test(arguments: [
        "{ hex: \"01\" }", "{ tag: 0x1400 }", "{ tag: 0, hex: \"01\" }", "{ tag: 0x1400, hex: \"0\" }",
        "{ tag: 0x0424, hex: \"01\" }", "{ tag: 0x1400, hex: \"01\", text: a }", "{ tag: 0x1400, hex: xy }",
        "{ tag: 5, hex: \"01\" }, { tag: 5, hex: \"02\" }",
    ])
    func brokenStaticParameters(_ text: String) throws {
        let carrier = (Fixture.valid["carriers/main.yaml"] ?? "") + "\ntlvs: [\(text)]\n"
        #expect(try Fixture(["carriers/main.yaml": carrier]).problems().count >= 1)
    }

    /// Two of one tag on a submit would be nobody's reference.
    @Test func theReferenceIsWrittenOnce() throws {
        let base = (Fixture.valid["carriers/main.yaml"] ?? "") + "\ntlvs: [{ tag: 0x0204, hex: \"0001\" }]\n"
        #expect(try Fixture(["carriers/main.yaml": base]).load().carriers.first?.tlvs.count == 1)
        let both = base + "receipts: { reference: true }\n"
        let problems = try Fixture(["carriers/main.yaml": both]).problems()
        #expect(problems.count == 1 && problems.first.map { "\($0)" }?.contains("receipts.reference") == true)
    }

    /// A reply never says one thing by its status and another by its class.
    @Test func statusFollowsItsClass() throws {
        let (settings, _) = try full()
        let table = settings.carriers.first?.setup.statuses ?? .standard
        #expect(table.row(for: CommandStatus(rawValue: 0x401)).http == 503)
        #expect(table.row(for: CommandStatus(rawValue: 0x400)).russian == "Нет 0x00000400.")
    }

    /// An empty list looks like "none" and would mean "all", so it is refused everywhere.
    @Test(arguments: [
        ("config/smppost.yaml", "[\"127.0.0.1:8443\"]", "2:11: \"listen\" names no address"),
        ("config/accounts.yaml", "[ACME, \"Acme Shop\"]", "5:14: \"senders\" is empty; remove the key to allow any"),
        ("config/accounts.yaml", "[main]", "7:15: \"carriers\" names no carrier"),
        ("carriers/main.yaml", "[\"smsc.example.net:2775\"]", "1:8: \"hosts\" names no host"),
    ])
    func emptyLists(_ path: String, _ list: String, _ expected: String) throws {
        let text = try #require(Fixture.valid[path])
        try #require(text.contains(list))
        let fixture = try Fixture([path: text.replacing(list, with: "[]")])
        #expect(fixture.problems() == ["\(path):\(expected)"])
        try fixture.write("config/accounts.yaml", "accounts: []\n")
        #expect(fixture.problems().contains("config/accounts.yaml:1:11: \"accounts\" has no account"))
    }

    /// Senders are the same when recipients would see the same.
    @Test func sendersAreComparedAsSenders() throws {
        let text = try #require(Fixture.valid["config/accounts.yaml"])
        func load(_ senders: String, _ name: String) throws -> Fixture {
            let changed = text.replacing("[ACME, \"Acme Shop\"]", with: senders)
                .replacing("default_sender: ACME", with: "default_sender: \(name)")
            return try Fixture(["config/accounts.yaml": changed])
        }
        #expect(try load("[\"+7 916 000-00-00\"]", "79160000000").problems() == [])
        #expect(try load("[ACME]", "acme").problems().count == 1)
        #expect(
            try load("[\"+79160000000\", \"79160000000\"]", "79160000000").problems() == [
                "config/accounts.yaml:5:31: \"79160000000\" stands twice in \"senders\""
            ])
    }

    @Test func theFileNameEndsThePath() {
        #expect(FileProbe.resolve("/a/b", from: "c/d.yaml") == "/a/b")
        #expect(FileProbe.resolve("a/b", from: "c/d.yaml") == "c/a/b")
        #expect(FileProbe.resolve("a/b", from: "d.yaml") == "a/b")
        #expect(FileProbe.join("config/", "x") == "config/x")
        #expect(FileProbe.join("", "x") == "x")
    }

    @Test func warningsOfAWorkingConfiguration() throws {
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        try fixture.write(
            "carriers/main.yaml",
            (FullConfiguration.files["carriers/main.yaml"] ?? "")
                .replacing("response: 6s", with: "response: 21s").replacing("every: 60s", with: "every: 5s"))
        try fixture.write("carriers/old.yml", "")
        #expect(
            fixture.warnings() == [
                "carriers/main.yaml:9:11: \"verify\" is false: anybody on the way can pretend to be this carrier",
                "carriers/main.yaml:27:24: \"every\" is less than 10s; many carriers cut a connection for that",
                "carriers/main.yaml:28:46: \"response\" (21s) is longer than the intake's \"reply_within\" (20s), which ends "
                    + "the wait",
                "carriers/old.yml:1:1: not read: a carrier's file ends in .yaml",
                "config/accounts.yaml:1:1: account acme: with \"mask_numbers\" of the journal \"per_recipient\" begins "
                    + "anew at each start",
                "config/accounts.yaml:1:1: with \"mask_numbers\" of the journal nobody knows after a start whose chat an answer "
                    + "belongs to; name them in \"inbound.chats\" of the carriers",
            ])
    }
}
