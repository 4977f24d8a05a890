/// What a part of an inbound message says, as its octets: characters may be cut between parts, so only whole messages are turned
/// into text.
package struct InboundContent: Hashable, Sendable {
    package var alphabet: ReceivedAlphabet
    /// Without a header; of `gsm` one septet an octet.
    package var octets: [UInt8]

    package init(alphabet: ReceivedAlphabet, octets: [UInt8]) {
        self.alphabet = alphabet
        self.octets = octets
    }

    /// Reads what `stored` gave; nil for anything else.
    package init?(stored: String) {
        let parts = stored.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let alphabet = ReceivedAlphabet(storedName: String(parts[0])),
            let octets = [UInt8](hexadecimal: parts[1])
        else { return nil }
        self.init(alphabet: alphabet, octets: octets)
    }

    /// As one word of ASCII: `ucs2:04220435`.
    package var stored: String { alphabet.storedName + ":" + octets.hexadecimal }

    /// The text of all parts in order; `…` stands for parts that are missing. Nil where a part is no text, or cannot be read.
    package static func text(_ parts: [InboundContent?], _ read: CharsetReader) -> String? {
        var text = ""
        var run: InboundContent?
        func flush() -> Bool {
            guard let content = run else { return true }
            run = nil
            guard let more = content.alphabet.text(content.octets, read) else { return false }
            text += more
            return true
        }
        for part in parts {
            guard let part else {
                guard flush() else { return nil }
                if text.last != "…" { text += "…" }
                continue
            }
            if run?.alphabet == part.alphabet {
                run?.octets += part.octets
            } else {
                guard flush() else { return nil }
                run = part
            }
        }
        return flush() ? text : nil
    }
}
