import Messaging

extension MessageContent {
    /// The message as people read it, where `data_coding` means what this SMSC's quirks say.
    func text(by quirks: SharedQuirks?) -> String {
        guard let alphabet = quirks?.quirks.alphabets[dataCoding] else { return text }
        let start = header?.textStart ?? 0
        let octets = octets.dropFirst(start)
        return switch alphabet {
        case .gsm: TextDecoding.text(octets, alphabet: .gsm)
        case .packedGSM: TextDecoding.text(octets, alphabet: .gsm, packed: true, headerLength: start)
        case .ascii: TextDecoding.text(octets, alphabet: .ascii)
        case .latin1: TextDecoding.text(octets, alphabet: .latin1)
        case .ucs2: TextDecoding.text(octets, alphabet: .ucs2)
        }
    }
}
