import SMPP

extension Scenario {
    /// While a connection is up, whatever it carries.
    static let links: [Scenario] = [
        Scenario("enquire-link-body", 5, "enquire_link and its response have octets behind the header") {
            $0.quirks.link.enquireLinkBody = [0x00, 0x12]
            $0.quirks.talks = [QuirkTalk(moment: .bound, words: [.enquireLink(sequence: 7, body: [0])])]
        },
        Scenario("odd-sequence", 5, "its enquire_link have the sequence numbers 0, 0x1625D269, 0x80000000, 0xFFFFFFFF")
        {
            let sequences: [UInt32] = [0, 0x1625_D269, 0x8000_0000, 0xFFFF_FFFF]
            $0.quirks.talks = [QuirkTalk(moment: .bound, words: sequences.map { .enquireLink(sequence: $0) })]
        },
        Scenario("enquire-link-not-echoed", 5, "enquire_link_resp always has the sequence number 1") {
            $0.quirks.link.enquireLinkSequence = 1
        },
        Scenario(
            "enquire-link-police", 6, "an enquire_link within 9.5 s of another, or none in 60 s, cuts the connection"
        ) {
            $0.quirks.link.enquireLinkGap = .milliseconds(9_500)...(.seconds(60))
        },
        Scenario(
            "silent-half-open", 7, "from the second message on nothing is answered, though the connection stays; once"
        ) {
            $0.quirks.link.silentFrom = 2
        },
        Scenario("unbind-and-reconnect", 32, "unbind after every third message") {
            $0.quirks.everyMessage = [MessageQuirk(every: 3, action: .unbind)]
        },
        Scenario("cut-without-unbind", 32, "the connection is closed at every third message, unanswered") {
            $0.quirks.everyMessage = [MessageQuirk(every: 3, action: .close)]
        },
        Scenario("reset-without-unbind", 32, "the connection is reset at every third message, unanswered") {
            $0.quirks.everyMessage = [MessageQuirk(every: 3, action: .reset)]
        },
        Scenario("demands-unbind", 32, "a connection that the peer ends without unbind counts as broken") {
            $0.quirks.link.demandsUnbind = true
        },
        Scenario("no-unbind-response", 32, "unbind is not answered") { $0.quirks.link.answersUnbind = false },
        Scenario("talk-before-bind", 35, "enquire_link, a deliver_sm and an unknown PDU come before the bind response")
        {
            $0.quirks.talks = [
                QuirkTalk(moment: .connected, words: [.enquireLink(sequence: 0x1000_0001)]),
                QuirkTalk(moment: .binding, words: earlyWords),
            ]
        },
        Scenario("unknown-pdu", 35, "commands that no ESME knows, and responses to nothing") {
            $0.quirks.talks = [
                QuirkTalk(moment: .bound, words: unknownWords),
                QuirkTalk(moment: .message(2), words: [.unknown(0x7F00_0001, sequence: 0x1000_0010, body: [1, 2, 3])]),
            ]
        },
        Scenario("large-pdu", 35, "a deliver_sm of 60,000 octets") {
            let message = ShortMessage(
                source: SMPPAddress(ton: 1, npi: 1, "79160000002"), destination: SMPPAddress("1234"),
                tlvs: [TLV(.messagePayload, Array(repeating: UInt8(ascii: "x"), count: 60_000))])
            $0.quirks.talks = [
                QuirkTalk(moment: .bound, words: [.pdu(PDU(sequence: 0x1000_0001, .deliver(message)))])
            ]
        },
        Scenario("garbage", 35, "octets that are no PDU at the second message; once") {
            $0.quirks.talks = [noise(Array(repeating: 0xFF, count: 24))]
        },
        Scenario("huge-length", 35, "a PDU that claims 16 MB at the second message; once") {
            $0.quirks.talks = [noise([0x00, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x05, 0, 0, 0, 0, 0, 0, 0, 1])]
        },
        Scenario("short-length", 35, "a PDU that claims 8 octets at the second message; once") {
            $0.quirks.talks = [noise([0, 0, 0, 8, 0, 0, 0, 5])]
        },
    ]

    private static func noise(_ octets: [UInt8]) -> QuirkTalk {
        QuirkTalk(moment: .message(2), words: [.noise(octets)], limit: 1)
    }

    private static let earlyWords: [QuirkWord] = [
        .enquireLink(sequence: 0x1000_0002),
        .pdu(
            PDU(
                sequence: 0x1000_0003,
                .deliver(ShortMessage(destination: SMPPAddress("1234"), shortMessage: Array("early".utf8)))),
            status: .invalidBindStatus),
        .unknown(0x0000_0112, sequence: 0x1000_0004),
        .unasked(.submitSMResponse, sequence: 0x1000_0005, body: [0]),
    ]

    private static let unknownWords: [QuirkWord] = [
        // query_broadcast_sm of SMPP 5.0, replace_sm, submit_multi, a vendor's own.
        .unknown(0x0000_0112, sequence: 0x1000_0001), .unknown(0x0000_0007, sequence: 0x1000_0002, body: [0, 0, 0]),
        .unknown(0x0000_0021, sequence: 0x1000_0003), .unknown(0x0001_0200, sequence: 0x1000_0004, body: [9]),
        .unasked(.submitSMResponse, sequence: 0x1000_0005, body: [0]),
        .unasked(CommandID(rawValue: 0x8000_0112), sequence: 0x1000_0006),
        .unasked(.genericNack, sequence: 0x1000_0007),
    ]
}

extension QuirkWord {
    /// An invitation to bind, which is none to one that is bound: 0x04 by `generic_nack`.
    static func outbind(sequence: UInt32) -> QuirkWord {
        .pdu(
            PDU(sequence: sequence, .outbind(Outbind(systemID: "SMPPSIM", password: "secret"))),
            status: .invalidBindStatus, as: .genericNack)
    }
}
