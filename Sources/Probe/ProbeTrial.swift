import Messaging
import SMPP
import SMPPWire

/// One thing that is tried by sending a text.
package enum ProbeTrial: String, Hashable, Sendable, CaseIterable {
    /// The default alphabet, `data_coding` 0.
    case gsm
    /// The TLV `user_message_reference`.
    case reference
    /// ISO 8859-1, `data_coding` 3.
    case latin1
    /// UCS-2, `data_coding` 8.
    case ucs2
    case udh8, sar, payload

    /// For people.
    var name: String { self == .reference ? "TLVs (user_message_reference)" : rawValue }

    /// How a long text travels in it; nil for a short one.
    var long: LongMethod? {
        switch self {
        case .gsm, .reference, .latin1, .ucs2: nil
        case .udh8: .udh8
        case .sar: .sar
        case .payload: .payload
        }
    }

    /// The entry of `text.data_coding` that it tries; nil where it tries something else.
    var dataCoding: String? {
        switch self {
        case .gsm: "gsm: 0"
        case .latin1: "latin1: 3"
        case .ucs2: "ucs2: 8"
        case .reference, .udh8, .sar, .payload: nil
        }
    }

    /// What is to be done where it is not taken, for people.
    var advice: String {
        self == .ucs2
            ? ": Cyrillic cannot be sent until its data_coding is known; ask the carrier for it, and put ucs2 into data_coding (without it 8 is used)"
            : ""
    }

    /// What the handset must show, for people.
    var shown: String { long == nil ? text : "one message that ends with \"40 end\"" }

    /// What is sent.
    var text: String {
        switch self {
        case .gsm: "smppost probe, default alphabet: @ £ è"
        case .reference: "smppost probe, with a TLV"
        case .latin1: "smppost probe, latin1: ç Á ý"
        case .ucs2: "smppost probe, ucs2: Привет"
        case .udh8, .sar, .payload: Self.longText(rawValue)
        }
    }

    /// More than one segment holds, less than three.
    private static func longText(_ name: String) -> String {
        let counted = (1...40).map { "\($0)" }.joined(separator: " ")
        return "smppost probe, a long text by \(name), which must come as one: " + counted + " end"
    }

    /// Its PDUs to this number.
    func messages(_ messages: ProbeMessages) -> [ShortMessage] {
        var made = Self.messages(messages, text, long: long ?? .udh8)
        if self == .reference {
            for index in made.indices { made[index].tlvs.append(TLV(.userMessageReference, UInt16(1))) }
        }
        return made
    }

    /// The short ones that are sent at once.
    static func window(_ messages: ProbeMessages) -> [ShortMessage] {
        (1...messages.window).flatMap { number in
            Self.messages(messages, "smppost probe, \(number) of \(messages.window) at once", long: .udh8)
        }
    }

    private static func messages(_ messages: ProbeMessages, _ text: String, long: LongMethod) -> [ShortMessage] {
        let (rules, policy) = (AddressRules(), TextPolicy(long: long))
        guard let cut = try? Segmenter.segment(text, policy: policy, reference: { 0x50 }) else { return [] }
        let isShort = messages.number.utf8.count <= 6
        return cut.segments.map { segment in
            ShortMessage(
                source: rules.address(of: messages.sender),
                destination: rules.address(isShort ? .short : .international, messages.number),
                esmClass: segment.hasUDH ? 0x40 : 0, registeredDelivery: 1, dataCoding: cut.dataCoding,
                shortMessage: segment.isPayload ? [] : segment.octets, tlvs: segment.parameters)
        }
    }
}
