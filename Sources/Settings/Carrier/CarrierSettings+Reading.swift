import SMPP

extension CarrierSettings {
    /// Reads a carrier's file.
    init(name: String, reading reader: MappingReader, context: LoadContext) {
        self.init(name: name)
        readHosts(reader)
        tls = CarrierTLSSettings(reading: reader.section("tls"), context: context)
        readBindRequest(reader, context: context)
        readBinds(reader)
        setup.required = reader.flag("required", default: setup.required)
        setup.limits.window = reader.integer("window", in: 1...10_000, default: setup.limits.window)
        setup.rate = reader.rate("rate")
        setup.limits.waiting = reader.integer("waiting", in: 0...100_000, default: setup.limits.waiting)
        setup.timings.read(reader)
        readScheduling(reader)
        readAddresses(reader.section("addresses"))
        text.read(reader.section("text"))
        sendsNoSender = reader.choice("sender", ["account": false, "none": true], default: false)
        readSubmitFields(reader)
        let inbound = reader.section("inbound")
        self.inbound = PostingSettings(reading: inbound, context: context)
        inboundChats = inbound.chats("chats")
        inbound.finish()
        setup.statuses = StatusTable(overrides: StatusReading.overrides(reader))
        reader.finish()
    }

    private mutating func readHosts(_ reader: MappingReader) {
        let wanted = "a host and a port like smsc.example.net:2775 or [2001:db8::1]:2775"
        let addresses = reader.texts("hosts", limit: 32, ifEmpty: "names no host", wanted: wanted) { text in
            NetworkText.hostPort(text).flatMap { $0.port > 0 ? HostPort(host: $0.host, port: $0.port) : nil }
        }
        setup.hosts = addresses?.map(\.value) ?? []
        if addresses == nil { reader.missing("hosts", hint: "for example [\"smsc.example.net:2775\"]") }
        if let node = reader.value("bind_from") {
            setup.bindFrom = reader.scalar(node, named: "bind_from", wanted: "an address of this machine") {
                NetworkText.isAddress($0) ? $0 : nil
            }
        }
    }

    private mutating func readBindRequest(_ reader: MappingReader, context: LoadContext) {
        if reader.has("system_id") {
            setup.request.systemID = reader.octets("system_id", limit: 15)
            if setup.request.systemID.isEmpty, reader.optionalString("system_id") == "" {
                reader.log.problem("\"system_id\" is empty", at: reader.place(of: "system_id"))
            }
        } else {
            reader.missing("system_id")
        }
        let sendsWhole = reader.flag("long_password", default: false)
        if let secret = reader.secret("password", context: context, mayBeEmpty: true) {
            setup.request.password = secret.text
            let count = secret.text.unicodeScalars.count
            if let reason = MappingReader.octetFault(secret.text, limit: .max) {
                reader.log.problem("the password \(reason)", at: secret.place)
            } else if count > Self.longestPassword {
                reader.log.problem("the password is longer than \(Self.longestPassword) octets", at: secret.place)
            } else if !sendsWhole, count > Self.standardPassword {
                setup.request.password = String(
                    String.UnicodeScalarView(secret.text.unicodeScalars.prefix(Self.standardPassword)))
                reader.log.warning(
                    "the password is longer than the 8 octets that SMPP 3.4 allows: its first 8 are sent; "
                        + "\"long_password: true\" sends it whole", at: secret.place)
            }
        } else if !["password", "password_file", "password_env"].contains(where: { reader.has($0) }) {
            reader.missing("password_file", hint: "or \"password_env\", or \"password\"")
        }
        setup.request.systemType = reader.octets("system_type", limit: 12)
        setup.request.interfaceVersion = reader.choice(
            "interface_version", ["3.3": 0x33, "3.4": 0x34, "5.0": 0x50], default: setup.request.interfaceVersion)
        let range = reader.section("address_range")
        setup.request.addrTON = range.octet("ton", default: setup.request.addrTON)
        setup.request.addrNPI = range.octet("npi", default: setup.request.addrNPI)
        setup.request.addressRange = range.octets("range", limit: 40)
        range.finish()
    }

    /// SMPP 3.4 §5.2.2: nine octets with the closing NUL.
    private static let standardPassword = 8
    private static let longestPassword = 64

    private mutating func readBinds(_ reader: MappingReader) {
        guard let nodes = reader.list("binds", limit: 32, ifEmpty: "names no bind") else { return }
        setup.binds = []
        for node in nodes {
            let bind = MappingReader(
                node, path: "\(reader.path).binds", place: node.place, log: reader.log, called: "a bind")
            let kinds: KeyValuePairs = [
                "transceiver": BindKind.transceiver, "transmitter": .transmitter, "receiver": .receiver,
            ]
            if !bind.has("kind") { bind.missing("kind", hint: "transceiver, transmitter or receiver") }
            let kind = bind.optionalChoice("kind", kinds)
            let count = bind.integer("count", in: 1...100, default: 1)
            let window = bind.optionalInteger("window", in: 1...10_000)
            let rate = bind.rate("rate")
            bind.finish()
            setup.binds.append(BindPlan(kind: kind ?? .transceiver, count: count, window: window, rate: rate))
        }
        if setup.binds.reduce(0, { $0 + $1.count }) > 100 {
            reader.log.problem("\"binds\" are more than 100 together", at: reader.place(of: "binds"))
        }
    }

    /// `lanes`, `throttle`, `breaker` and `in_time`.
    private mutating func readScheduling(_ reader: MappingReader) {
        setup.lanes = reader.optionalInteger("lanes", in: 1...64)

        let throttle = reader.section("throttle")
        let pauses = Duration.milliseconds(100)...(.seconds(3600))
        setup.throttle.pause = throttle.duration("pause", in: pauses, default: setup.throttle.pause)
        setup.throttle.max = throttle.duration("max", in: pauses, default: setup.throttle.max)
        Self.check(setup.throttle.pause, notAbove: setup.throttle.max, throttle)
        setup.throttle.run = throttle.integer("run", in: 1...1000, default: setup.throttle.run)
        setup.throttle.stop = throttle.flag("stop", default: setup.throttle.stop)
        setup.throttle.forget = throttle.duration(
            "forget", in: .seconds(1)...(.seconds(86_400)), default: setup.throttle.forget)
        throttle.finish()

        let breaker = reader.section("breaker")
        setup.breaker.refusals = breaker.integer("refusals", in: 1...1000, default: setup.breaker.refusals)
        setup.breaker.pause = breaker.duration("pause", in: pauses, default: setup.breaker.pause)
        setup.breaker.max = breaker.duration("max", in: pauses, default: setup.breaker.max)
        Self.check(setup.breaker.pause, notAbove: setup.breaker.max, breaker)
        setup.breaker.silence = breaker.duration("silence", in: pauses, default: setup.timings.response * 2)
        setup.breaker.quiet = breaker.duration(
            "quiet", in: .milliseconds(100)...(.seconds(60)), default: setup.breaker.quiet)
        breaker.finish()

        let inTime = reader.section("in_time")
        setup.inTime.least = inTime.duration(
            "least", in: .milliseconds(10)...(.seconds(10)), default: setup.inTime.least)
        setup.inTime.reserve = inTime.duration(
            "reserve", in: .milliseconds(10)...(.seconds(60)), default: setup.timings.response)
        inTime.finish()
    }

    private static func check(_ pause: Duration, notAbove longest: Duration, _ section: MappingReader) {
        guard longest < pause else { return }
        section.log.problem(
            "\"max\" (\(DurationText.text(longest))) is less than \"pause\" (\(DurationText.text(pause)))",
            at: section.place(of: section.has("max") ? "max" : "pause"))
    }

    private mutating func readAddresses(_ reader: MappingReader) {
        func numbering(_ key: String, _ fallback: AddressRules.Numbering) -> AddressRules.Numbering {
            let section = reader.section(key)
            defer { section.finish() }
            return .init(
                ton: section.octet("ton", default: fallback.ton), npi: section.octet("npi", default: fallback.npi))
        }
        addresses.alphanumeric = numbering("alphanumeric", addresses.alphanumeric)
        addresses.short = numbering("short", addresses.short)
        addresses.international = numbering("international", addresses.international)
        addresses.keepPlus = reader.flag("keep_plus", default: addresses.keepPlus)
        reader.finish()
    }

    private mutating func readReceipts(_ reader: MappingReader) {
        receiptsRequested = reader.flag("request", default: receiptsRequested)
        receipts.ids = reader.choice(
            "ids", ["same": .same, "hex": .hex, "decimal": .decimal, "auto": .auto], default: receipts.ids)
        receipts.comparesNumbers = reader.choice(
            "numbers", ["compare": true, "ignore": false], default: receipts.comparesNumbers)
        receipts.signs = reader.choices(
            "signs", ["esm_class": .esmClass, "id": .messageID, "text": .text], default: receipts.signs)
        receiptLimits.segments = reader.integer("known", in: 1_000...10_000_000, default: receiptLimits.segments)
        sendsReference = reader.flag("reference", default: sendsReference)
        receiptLimits.lost = reader.integer("lost", in: 100...1_000_000, default: receiptLimits.lost)
        receiptLimits.knownFor = reader.duration(
            "known_for", in: .seconds(3600)...(.seconds(14 * 86_400)), default: receiptLimits.knownFor)
        receiptLimits.undecided = reader.integer("undecided", in: 1...100_000, default: receiptLimits.undecided)
        receiptLimits.undecidedFor = reader.duration(
            "undecided_for", in: .seconds(60)...(.seconds(3 * 86_400)), default: receiptLimits.undecidedFor)
        receiptLimits.heldFor = reader.duration(
            "hold", in: .milliseconds(1)...(.seconds(60)), default: receiptLimits.heldFor)
        if let status = reader.optionalInteger("retry_status", in: 1...0xFFFF_FFFF) {
            setup.deliveryRetryStatus = CommandStatus(rawValue: UInt32(status))
        }
        reader.finish()
    }

    private mutating func readSubmitFields(_ reader: MappingReader) {
        readReceipts(reader.section("receipts"))
        setup.limits.readAhead = reader.integer(
            "read_ahead", in: 65_536...67_108_864, default: setup.limits.readAhead)
        let deliver = reader.section("deliver")
        setup.limits.deliveryWithin = deliver.duration(
            "within", in: .milliseconds(100)...(.seconds(60)), default: setup.limits.deliveryWithin)
        setup.limits.deliveries = deliver.integer("queue", in: 1...100_000, default: setup.limits.deliveries)
        deliver.finish()
        esmClass = reader.octet("esm_class", default: esmClass)
        if esmClass & 0x40 != 0 {
            reader.log.problem(
                "\"esm_class\" must be without 0x40, which is set where a text has a user data header",
                at: reader.place(of: "esm_class"))
        }
        priority = UInt8(reader.integer("priority", in: 0...3, default: 0))
        serviceType = reader.octets("service_type", limit: 5)
        protocolID = reader.octet("protocol_id", default: protocolID)
        readValidity(reader)
        cancelsPartial = reader.choice("partial", ["keep": false, "cancel": true], default: cancelsPartial)
        tlvs = StaticTLVReading.tlvs(reader, sendsReference: sendsReference)
    }

    private mutating func readValidity(_ reader: MappingReader) {
        validity = reader.validity(mayBeNone: true)
        validityIsAbsolute = reader.choice(
            "validity_form", ["relative": false, "absolute": true], default: validityIsAbsolute)
    }
}

extension MappingReader {
    /// `validity` in seconds; nil where the key is missing or says `none`.
    func validity(mayBeNone: Bool) -> Int64? {
        guard let node = value("validity") else { return nil }
        let wanted = (mayBeNone ? "none or " : "") + "a duration from 1m to 30d, a number with s, m, h or d"
        let period = scalar(node, named: "validity", wanted: wanted) { text -> Int64? in
            if mayBeNone, text == "none" { return 0 }
            guard let duration = DurationText.parse(text), (.seconds(60)...(.seconds(30 * 86_400))).contains(duration)
            else { return nil }
            return duration.components.seconds
        }
        return period.flatMap { $0 > 0 ? $0 : nil }
    }
}

extension BindTimings {
    /// Reads `enquire_link`, `timeouts`, `reconnect` and `credentials_backoff` of a carrier over the defaults.
    fileprivate mutating func read(_ reader: MappingReader) {
        let enquire = reader.section("enquire_link")
        enquireLinkEvery = enquire.duration("every", in: .seconds(1)...(.seconds(3600)), default: enquireLinkEvery)
        enquireLinkUnanswered = enquire.integer("unanswered", in: 1...10, default: enquireLinkUnanswered)
        if enquireLinkEvery < .seconds(10) {
            enquire.log.warning(
                "\"every\" is less than 10s; many carriers cut a connection for that", at: enquire.place(of: "every"))
        }
        enquire.finish()

        let timeouts = reader.section("timeouts")
        let toMinute = Duration.seconds(1)...(.seconds(60))
        let fromTenth = Duration.milliseconds(100)...(.seconds(60))
        connect = timeouts.duration("connect", in: toMinute, default: connect)
        bind = timeouts.duration("bind", in: toMinute, default: bind)
        response = timeouts.duration("response", in: fromTenth, default: response)
        unbind = timeouts.duration("unbind", in: fromTenth, default: unbind)
        timeouts.finish()

        let reconnect = reader.section("reconnect")
        reconnectFirst = reconnect.duration(
            "first", in: .milliseconds(100)...(.seconds(600)), default: reconnectFirst)
        reconnectMax = reconnect.duration("max", in: .milliseconds(100)...(.seconds(3600)), default: reconnectMax)
        if reconnectMax < reconnectFirst {
            let (first, longest) = (DurationText.text(reconnectFirst), DurationText.text(reconnectMax))
            reconnect.log.problem(
                "\"max\" (\(longest)) is less than \"first\" (\(first))",
                at: reconnect.place(of: reconnect.has("max") ? "max" : "first"))
        }
        reconnectRefused = reconnect.duration(
            "refused", in: .milliseconds(100)...(.seconds(600)), default: reconnectRefused)
        reconnect.finish()
        credentialsBackoff = reader.duration(
            "credentials_backoff", in: .seconds(1)...(.seconds(86_400)), default: credentialsBackoff)
    }
}

extension CarrierTLSSettings {
    /// Reads `tls:` of a carrier.
    init(reading reader: MappingReader, context: LoadContext) {
        self.init()
        enabled = reader.flag("enabled", default: enabled)
        caFile = reader.authorityFile("ca", context: context, end: .warning)
        if let node = reader.value("server_name") {
            serverName = reader.scalar(node, named: "server_name", wanted: "a host name or an address") {
                NetworkText.isHostName($0) || NetworkText.isIPv6($0) ? $0 : nil
            }
        }
        if let pair = reader.certificatePair(context: context, end: .warning) { (certificateFile, keyFile) = pair }
        verify = reader.flag("verify", default: verify)
        contents = MappingReader.contents(of: [caFile, certificateFile, keyFile])
        if enabled, !verify {
            reader.log.warning(
                "\"verify\" is false: anybody on the way can pretend to be this carrier", at: reader.place(of: "verify")
            )
        }
        reader.finish()
    }
}

extension MappingReader {
    /// A number from 0 to 255.
    func octet(_ key: String, default fallback: UInt8) -> UInt8 {
        UInt8(integer(key, in: 0...255, default: Int(fallback)))
    }

    /// A string of a PDU: at most `limit` Latin-1 characters; empty where the key is missing.
    func octets(_ key: String, limit: Int) -> String {
        guard let text = optionalString(key) else { return "" }
        if let fault = Self.octetFault(text, limit: limit) {
            log.problem("\"\(key)\" \(fault)", at: place(of: key))
            return ""
        }
        return text
    }

    /// What keeps `text` out of a C-octet string of a PDU (SMPP 3.4 §3.1), in words; nil where nothing does.
    static func octetFault(_ text: String, limit: Int) -> String? {
        let scalars = text.unicodeScalars
        if scalars.contains(where: { $0.value > 0xFF }) { return "must have only Latin-1 characters" }
        if scalars.count > limit { return "is longer than the \(limit) octets that SMPP allows" }
        return nil
    }
}
