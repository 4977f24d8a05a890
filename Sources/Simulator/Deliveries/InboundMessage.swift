import Messaging
import SMPP

/// Messages of subscribers that the simulator sends by itself.
package struct InboundOptions: Hashable, Sendable {
    /// Messages a second, above 0 and up to `maximumRate`, to the `system_id`s that have a bind for them, in turns.
    package var rate: Double
    /// Nil is another subscriber's number each time.
    package var from: String?
    package var to: String
    /// Nil is a text that counts the messages; every tenth is so long that it needs several parts.
    package var text: String?

    package static let maximumRate = 100_000.0
    package static let defaultDestination = "1234"

    package init(
        rate: Double, from: String? = nil, to: String = InboundOptions.defaultDestination, text: String? = nil
    ) {
        self.rate = rate
        self.from = from
        self.to = to
        self.text = text
    }

    /// Reads `10/s`, `0.5/s` or `600/m`.
    package static func rate(parsing text: String) throws(OptionProblem) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "s" || parts[1] == "m" else {
            throw OptionProblem("\"\(text)\" is no rate; write 10/s or 600/m")
        }
        let number = try OptionText.number(parts[0])
        let rate = parts[1] == "s" ? number : number / 60
        guard rate > 0, rate <= maximumRate else {
            throw OptionProblem("\"\(text)\" is not above 0 and up to \(Int(maximumRate))/s")
        }
        return rate
    }
}

/// One message of a subscriber, as the `deliver_sm`s that it takes.
package struct InboundMessage: Hashable, Sendable {
    package let from: String
    package let to: String
    package let text: String

    /// The longest address (SMPP 3.4 §4.6.1), without its NUL.
    package static let maximumAddress = 20
    /// The most parts of a text.
    package static let maximumParts = 10

    /// Throws for addresses that do not fit and texts that are empty or need too many parts.
    package init(from: String, to: String, text: String) throws(OptionProblem) {
        self.from = from
        self.to = to
        self.text = text
        try Self.check(from, "from")
        try Self.check(to, "to")
        _ = try segments(reference: 0)
    }

    private static func check(_ address: String, _ name: String) throws(OptionProblem) {
        guard (1...maximumAddress).contains(address.utf8.count), address.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { throw OptionProblem("\(name) is not 1 to \(maximumAddress) ASCII characters") }
    }

    private func segments(reference: UInt16) throws(OptionProblem) -> SegmentedText {
        do throws(TextProblem) {
            return try Segmenter.segment(text, policy: TextPolicy(maxParts: Self.maximumParts)) { reference }
        } catch {
            switch error {
            case .empty: throw OptionProblem("text is empty")
            case .tooLong(let parts, let max): throw OptionProblem("text takes \(parts) parts, at most \(max) go")
            }
        }
    }

    /// The bodies of its `deliver_sm`s, part by part.
    ///
    /// - Parameter reference: what its parts have in common.
    func deliveries(reference: UInt16) -> [Delivery] {
        guard let segmented = try? segments(reference: reference) else { return [] }
        return segmented.segments.map { segment in
            var body: [UInt8] = [0]
            Self.write(from, into: &body)
            Self.write(to, into: &body)
            body += [segment.hasUDH ? 0x40 : 0, 0, 0, 0, 0, 0, 0, segmented.dataCoding, 0]
            body.append(UInt8(truncatingIfNeeded: segment.octets.count))
            body += segment.octets
            return Delivery(kind: .inbound, body: body)
        }
    }

    /// With the usual type and plan: 1/1 for an international number, 0/1 for a short one, 5/0 for a name.
    private static func write(_ address: String, into body: inout [UInt8]) {
        let digits = address.utf8.first == UInt8(ascii: "+") ? address.dropFirst() : address[...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        body += isNumber ? [digits.utf8.count > 8 ? 1 : 0, 1] : [5, 0]
        body += address.utf8
        body.append(0)
    }
}
