import Settings

/// Why the text of an option was not understood.
package struct OptionProblem: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Times and shares as the simulator's options write them.
enum OptionText {
    /// The longest time that an option takes.
    static let maximumTime = Duration.seconds(3600)

    /// Reads a time as the configuration writes it, an hour at most.
    static func time(_ text: some StringProtocol) throws(OptionProblem) -> Duration {
        guard let time = DurationText.parse(String(text)) else {
            throw OptionProblem("\"\(text)\" is no time; write 500ms, 8s or 1m")
        }
        guard time <= maximumTime else { throw OptionProblem("\"\(text)\" is more than an hour") }
        return time
    }

    /// The text that `time` reads back, for whole milliseconds.
    static func text(_ time: Duration) -> String {
        let milliseconds = time / .milliseconds(1)
        return milliseconds.truncatingRemainder(dividingBy: 1000) == 0
            ? "\(Int(milliseconds / 1000))s" : "\(Int(milliseconds))ms"
    }

    /// Reads a number without sign or exponent: `12`, `0.05`.
    static func number(_ text: some StringProtocol) throws(OptionProblem) -> Double {
        guard let first = text.utf8.first, (0x30...0x39).contains(first), text.utf8.count <= 20,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let number = Double(text)
        else { throw OptionProblem("\"\(text)\" is no number") }
        return number
    }

    /// Reads a probability above 0 and up to 1, or as a percentage: `0.01`, `1%`.
    static func probability(_ text: some StringProtocol) throws(OptionProblem) -> Double {
        let value = text.last == "%" ? try number(text.dropLast()) / 100 : try number(text)
        guard value > 0, value <= 1 else { throw OptionProblem("\"\(text)\" is not above 0 and up to 1") }
        return value
    }
}
