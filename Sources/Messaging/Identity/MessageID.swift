/// The id of a message: unique, ordered by time, and short enough to be read aloud.
///
/// From the most significant bit: 41 bits of milliseconds since 2025, 16 of the node, 6 of a sequence number.
package struct MessageID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible,
    LosslessStringConvertible
{
    /// Below 2^63, so that a database's signed integer holds it.
    package let rawValue: UInt64

    /// Nil from 2^63 on.
    package init?(rawValue: UInt64) {
        guard rawValue <= UInt64(Int64.max) else { return nil }
        self.rawValue = rawValue
    }

    /// Reads 13 characters of Crockford's base 32, upper or lower case, with `i` and `l` for 1 and `o` for 0.
    package init?(parsing text: String) {
        guard text.utf8.count == Self.length else { return nil }
        var value: UInt64 = 0
        for (offset, character) in text.utf8.enumerated() {
            guard let digit = Self.digit(character), offset > 0 || digit < 8 else { return nil }
            value = value << 5 | digit
        }
        rawValue = value
    }

    /// The same, for generic code.
    package init?(_ description: String) {
        self.init(parsing: description)
    }

    /// 13 characters of Crockford's base 32, lower case; they sort as the ids do.
    package var description: String {
        // Without an array and closures: 900 instructions of every reply before.
        var octets = InlineArray<13, UInt8>(repeating: 0)
        var room = octets.mutableSpan
        write(to: &room, at: 0)
        do {
            return String(copying: try UTF8Span(validating: octets.span))
        } catch {
            preconditionFailure("base 32 is ASCII")
        }
    }

    /// Puts the characters of `description` at `offset` of `octets`, and at `other` if there is one.
    package func write(to octets: inout MutableSpan<UInt8>, at offset: Int, _ other: Int? = nil) {
        let digits = Self.digits.span
        let other = other ?? offset
        var rest = rawValue
        var index = Self.length
        while index > 0 {
            index -= 1
            let digit = digits[Int(truncatingIfNeeded: rest & 31)]
            octets[offset + index] = digit
            octets[other + index] = digit
            rest >>= 5
        }
    }

    /// When the message came, in milliseconds since 1970; up to a few milliseconds later after a burst.
    package var unixMilliseconds: UInt64 { rawValue >> 22 + MessageIDGenerator.epoch }

    /// Which generator made it.
    package var node: UInt16 { UInt16(truncatingIfNeeded: rawValue >> 6) }

    /// By time, as far as clocks agree.
    package static func < (one: MessageID, other: MessageID) -> Bool { one.rawValue < other.rawValue }

    init(milliseconds: UInt64, node: UInt16, sequence: UInt64) {
        rawValue = (milliseconds << 16 | UInt64(node)) << 6 | sequence
    }

    /// Characters of an id.
    package static let length = 13
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private static func digit(_ character: UInt8) -> UInt64? {
        let lower = (0x41...0x5A).contains(character) ? character | 0x20 : character
        switch lower {
        case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
        case UInt8(ascii: "o"): return 0
        default: return digits.firstIndex(of: lower).map(UInt64.init)
        }
    }
}

/// Makes message ids on one event loop. Each generator of all nodes needs a `node` of its own.
package struct MessageIDGenerator: Sendable {
    private let node: UInt16
    /// The time and the number in it of the last id.
    private var milliseconds: UInt64 = 0
    private var sequence: UInt64 = 0

    /// 2025-01-01T00:00:00Z in milliseconds since 1970.
    static let epoch: UInt64 = 1_735_689_600_000
    /// In the year 2094.
    private static let endMilliseconds: UInt64 = 1 << 41
    /// Ids per millisecond; a burst of more takes them from the next ones.
    private static let maximumSequence: UInt64 = 63

    /// - Parameter node: no other generator that may run at the same time has it.
    package init(node: UInt16) {
        self.node = node
    }

    /// An id greater than all before it, whatever the clock says: one outside the years 2025 to 2094 stands still.
    package mutating func next(unixMilliseconds: UInt64) -> MessageID {
        let now = unixMilliseconds > Self.epoch ? unixMilliseconds - Self.epoch : 0
        if now > milliseconds, now < Self.endMilliseconds {
            milliseconds = now
            sequence = 0
        } else if sequence < Self.maximumSequence {
            sequence += 1
        } else {
            milliseconds = (milliseconds + 1) % Self.endMilliseconds
            sequence = 0
        }
        return MessageID(milliseconds: milliseconds, node: node, sequence: sequence)
    }
}
