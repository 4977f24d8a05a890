/// The mark in each text by which the audit finds the message again: `L`, four characters of the run, a dot and the number of
/// the message in base 36. All of it is in every alphabet that carriers have, and always of the same length.
package struct MessageMarker: Hashable, Sendable {
    /// Scalars of a mark.
    package static let length = 13
    private static let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    private static let runDigits = 4
    private static let numberDigits = 7

    /// `L`, the run, and the dot.
    package let prefix: String
    private let prefixBytes: [UInt8]

    /// - Parameter run: tells runs apart that are in the same record; only its low 20 bits count.
    package init(run: UInt64) {
        prefixBytes = [UInt8(ascii: "L")] + Self.base36(run % 1_679_616, width: Self.runDigits) + [UInt8(ascii: ".")]
        prefix = String(decoding: prefixBytes, as: UTF8.self)
    }

    /// The mark of a message, 0 ..< 36^7.
    package func text(_ number: Int) -> String {
        prefix + String(decoding: Self.base36(UInt64(number), width: Self.numberDigits), as: UTF8.self)
    }

    /// Gives the octets of a message's mark one by one.
    func write(_ number: Int, _ put: (UInt8) -> Void) {
        for byte in prefixBytes { put(byte) }
        var divisor: UInt64 = 2_176_782_336
        var rest = UInt64(truncatingIfNeeded: number)
        for _ in 0..<Self.numberDigits {
            put(Self.digits[Int(rest / divisor % 36)])
            rest %= divisor
            divisor /= 36
        }
    }

    /// The number in the first mark of this run within a text; nil where there is none.
    package func number(in text: String) -> Int? {
        let bytes = text.utf8
        var start = bytes.startIndex
        while let found = bytes[start...].firstIndex(of: prefixBytes[0]) {
            let rest = bytes[found...]
            if rest.starts(with: prefixBytes) {
                let digits = rest.dropFirst(prefixBytes.count).prefix(Self.numberDigits)
                if digits.count == Self.numberDigits, let number = Self.number(digits) { return number }
            }
            start = bytes.index(after: found)
        }
        return nil
    }

    private static func base36(_ value: UInt64, width: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: digits[0], count: width)
        var rest = value
        for index in bytes.indices.reversed() {
            bytes[index] = digits[Int(rest % 36)]
            rest /= 36
        }
        return bytes
    }

    private static func number(_ digits: some Sequence<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number * 36 + Int(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): number = number * 36 + Int(digit - UInt8(ascii: "a")) + 10
            default: return nil
            }
        }
        return number
    }
}
