import SMPP

extension Scenario {
    /// What messages must be like.
    static let texts: [Scenario] = [
        Scenario(
            "strict-numbering", 14, "senders with letters have TON 5 and NPI 0, recipients 1 and 1: else 0x48, 0x50"
        ) {
            $0.quirks.demands = [numbering(.init(ton: 5, npi: 0))]
        },
        Scenario("numbering-0-5", 14, "senders with letters have TON 0 and NPI 5, recipients 1 and 1: else 0x48, 0x50")
        {
            $0.quirks.demands = [numbering(.init(ton: 0, npi: 5))]
        },
        Scenario("plain-senders", 15, "senders have at most 11 letters, digits and blanks: else 0x0A") {
            $0.quirks.demands = [.plainSender]
        },
        Scenario("latin1-default", 16, "data_coding 0 is Latin-1; others than 0 and 8 get 0x0104") {
            $0.quirks.demands = [.dataCoding([0, 8])]
            $0.quirks.alphabets = [0: .latin1]
        },
        Scenario("own-data-codings", 16, "data_coding 0 is GSM, 1 is Latin-1, 2 is UCS-2; others get 0x0104") {
            $0.quirks.demands = [.dataCoding([0, 1, 2])]
            $0.quirks.alphabets = [1: .latin1, 2: .ucs2]
        },
        Scenario("packed-gsm", 17, "data_coding 0 is GSM with eight septets in seven octets") {
            $0.quirks.demands = [.longest(140)]
            $0.quirks.alphabets = [0: .packedGSM]
        },
        Scenario("whole-characters", 18, "a part that ends inside a character gets 0x01") {
            $0.quirks.demands = [.wholeCharacters]
        },
        Scenario("no-surrogates", 18, "UCS-2 with surrogates gets 0x01") { $0.quirks.demands = [.noSurrogates] },
        Scenario("spare-octet", 19, "a part of more than 139 octets, its header included, gets 0x01") {
            $0.quirks.demands = [.longest(139)]
        },
        Scenario("payload-only", 20, "long texts by message_payload alone: else 0x43, 0xC1") {
            $0.quirks.demands = [.noUserDataHeader, .noSAR, .oneText]
        },
        Scenario("sar-only", 20, "long texts by SAR parameters alone: else 0x43, 0xC1") {
            $0.quirks.demands = [.noUserDataHeader, .noPayload]
        },
        Scenario("no-parameters", 20, "optional parameters get 0xC1") { $0.quirks.demands = [.noTLVs] },
        Scenario("strict-esm-class", 22, "an esm_class that is neither 0x00 nor 0x40 gets 0x43") {
            $0.quirks.demands = [.esmClass([0x00, 0x40])]
        },
        Scenario("strict-registered-delivery", 26, "a registered_delivery that is neither 0 nor 1 gets 0x07") {
            $0.quirks.demands = [.registeredDelivery([0, 1])]
        },
        Scenario("no-validity", 27, "a validity_period gets 0x62") { $0.quirks.demands = [.validity(.none)] },
        Scenario("relative-validity", 27, "a validity_period that is not relative gets 0x62") {
            $0.quirks.demands = [.validity(.relative)]
        },
    ]

    private static func numbering(_ alphanumeric: SubmitDemand.Numbering) -> SubmitDemand {
        .numbering(alphanumeric: alphanumeric, recipient: .init(ton: 1, npi: 1))
    }
}
