import SMPP

/// A destination's ending and what is done with messages to it.
package struct FaultRule: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 20 digits or letters; empty is every destination.
    package let ending: String
    /// Which part of a long text it is for, from 1; nil is every message.
    package let segment: UInt8?
    package let action: FaultAction

    /// The longest address of `submit_sm` (SMPP 3.4 §5.2.9), without its NUL.
    package static let maximumEnding = 20

    /// An ending of `submit_sm`'s address characters. Throws for what no address can end with.
    package init(ending: String, segment: UInt8? = nil, action: FaultAction) throws(OptionProblem) {
        guard ending.utf8.count <= Self.maximumEnding else {
            throw OptionProblem("the ending \"\(ending)\" is longer than an address")
        }
        guard ending.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw OptionProblem("the ending \"\(ending)\" must be digits")
        }
        self.ending = ending
        self.segment = segment
        self.action = action
    }

    /// Reads `ENDING=ACTION` (`0007=late:2s`) and `ENDING=segment:N:ACTION`; `*` as the ending is every destination.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw OptionProblem("\"\(text)\" is not ENDING=ACTION, such as 0007=status:0x0B")
        }
        let (segment, action) = try Self.segment(parts[1])
        try self.init(
            ending: parts[0] == "*" ? "" : parts[0], segment: segment, action: FaultAction(parsing: action))
    }

    /// The N of `segment:N:ACTION`, and the action.
    private static func segment(_ text: String) throws(OptionProblem) -> (UInt8?, action: String) {
        guard text.hasPrefix("segment:") else { return (nil, text) }
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt8(parts[1]),
            number > 0
        else { throw OptionProblem("\"\(text)\" is not segment:N:ACTION, such as segment:2:silent") }
        return (number, String(parts[2]))
    }

    /// The text that `init(parsing:)` reads back.
    package var description: String {
        "\(ending.isEmpty ? "*" : ending)=\(segment.map { "segment:\($0):" } ?? "")\(action)"
    }

    /// The faults that are always on unless they are switched off, beside `66dddd`: a destination whose last six
    /// digits are 66 and four more is answered with the `command_status` of that decimal number.
    package static let standard: [FaultRule] = [
        ("670001", .silent), ("670002", .close), ("670003", .reset),
        ("670004", .status(.invalidDestinationAddress, .headerOnly)),
        ("670005", .status(.invalidDestinationAddress, .emptyID)),
        ("670006", .nack(.invalidCommandID)), ("670007", .late(.seconds(8))), ("670008", .emptyID), ("670009", .tlv),
        ("670010", .once(.throttled)), ("670011", .unbind),
    ].map { FaultRule(valid: $0, $1) }

    private init(valid ending: String, _ action: FaultAction) {
        self.ending = ending
        segment = nil
        self.action = action
    }
}

/// The rules in force, ready to be asked for each message.
struct FaultTable: Sendable {
    private struct Row: Sendable {
        let ending: [UInt8]
        let segment: UInt8?
        let action: FaultAction
    }

    /// Longest first; of equal ones the one that was given, then the standard one.
    private let rows: [Row]
    /// Whether `66dddd` is on, which counts as an ending of six.
    private let hasStatusEndings: Bool

    init(rules: [FaultRule], withStandard: Bool) {
        let all = rules + (withStandard ? FaultRule.standard : [])
        let ordered = all.enumerated().sorted {
            ($1.element.ending.utf8.count, $0.offset) < ($0.element.ending.utf8.count, $1.offset)
        }
        rows = ordered.map { _, rule in
            Row(ending: Array(rule.ending.utf8), segment: rule.segment, action: rule.action)
        }
        hasStatusEndings = withStandard
    }

    /// What to do with a message to this address; nil is to accept it.
    ///
    /// - Parameter part: which part of a long text it is; asked only where a rule wants to know.
    func action(for destination: Span<UInt8>, part: () -> UInt8?) -> FaultAction? {
        let status = hasStatusEndings ? Self.statusEnding(destination) : nil
        for row in rows {
            // A rule shorter than six digits comes after the pattern of six.
            if row.ending.count < 6, let status { return status }
            guard Self.hasSuffix(destination, row.ending) else { continue }
            if let segment = row.segment, segment != part() { continue }
            return row.action
        }
        return status
    }

    private static func hasSuffix(_ text: Span<UInt8>, _ suffix: [UInt8]) -> Bool {
        guard suffix.count <= text.count else { return false }
        var index = suffix.count
        while index > 0 {
            guard suffix[index - 1] == text[text.count - suffix.count + index - 1] else { return false }
            index -= 1
        }
        return true
    }

    private static func statusEnding(_ destination: Span<UInt8>) -> FaultAction? {
        let start = destination.count - 6
        guard start >= 0, destination[start] == UInt8(ascii: "6"), destination[start + 1] == UInt8(ascii: "6") else {
            return nil
        }
        var value: UInt32 = 0
        for index in start + 2..<start + 6 {
            let digit = destination[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + UInt32(digit)
        }
        return .status(CommandStatus(rawValue: value), .headerOnly)
    }
}
