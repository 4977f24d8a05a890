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
        let parts = stored.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].count.isMultiple(of: 2),
            let alphabet = ReceivedAlphabet(storedName: String(Substring(parts[0])))
        else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(parts[1].count / 2)
        var high: UInt8?
        for character in parts[1] {
            guard let digit = Self.value(of: character) else { return nil }
            if let first = high {
                octets.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        self.init(alphabet: alphabet, octets: octets)
    }

    /// As one word of ASCII: `ucs2:04220435`.
    package var stored: String {
        var text = alphabet.storedName + ":"
        for octet in octets {
            text.unicodeScalars.append(Unicode.Scalar(Self.digits[Int(octet >> 4)]))
            text.unicodeScalars.append(Unicode.Scalar(Self.digits[Int(octet & 15)]))
        }
        return text
    }

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

    private static let digits = Array("0123456789abcdef".utf8)

    private static func value(of character: UInt8) -> UInt8? {
        digits.firstIndex(of: character).map { UInt8(truncatingIfNeeded: $0) }
    }
}
