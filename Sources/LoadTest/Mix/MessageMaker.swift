import HTTPService
import NIOCore
import SMPP

/// One message of a run, as the audit expects it.
package struct LoadMessage: Hashable, Sendable {
    /// Its number in the run, from 0.
    package var number: Int
    /// Empty: the account's default.
    package var from: String
    /// Digits.
    package var to: String
    package var text: String
}

/// Makes the messages of a run. Each is a function of the seed and its number alone, so that nothing of it has to be kept
/// until the audit.
package struct MessageMaker: Sendable {
    /// A text whose expensive parts are made beforehand.
    private struct Prepared: Sendable {
        enum Part: Sendable {
            case literal(String, encoded: ByteBuffer)
            case marker, counter
            case digits(Int)
        }
        var parts: [Part]
    }

    private struct Kind: Sendable {
        /// One, or a pool of generated texts.
        var texts: [Prepared]
        var from: [(text: String, encoded: ByteBuffer)]
        var numbers: [MessageMix.Numbers]
        var account: Int?
    }

    /// What chance decided of a message.
    private struct Choice {
        var kind: Int
        var text: Int
        var from: Int
        var account: Int
        var to: UInt64
        var digits: Int
        var random: SplitMix64
    }

    /// Generated texts of an entry: as many as make every length likely, few enough to stay in the cache.
    private static let poolSize = 128

    package let marker: MessageMarker
    private let seed: UInt64
    private let kinds: [Kind]
    private let kindTable: [Int]
    /// `login=…&password=…&` or `key=…&` of each account.
    private let accounts: [ByteBuffer]
    private let accountTable: [Int]

    /// `mix` is as `MixReading` gives it: weights are positive, entries have texts, numbers are in order.
    package init(_ mix: MessageMix, seed: UInt64, run: UInt64) {
        self.seed = seed
        marker = MessageMarker(run: run)
        var random = SplitMix64(seed: seed ^ 0x6D69_78)
        kinds = mix.entries.map { entry in
            let from = entry.from.isEmpty ? mix.from : entry.from
            return Kind(
                texts: Self.prepare(entry.text, &random),
                from: (from.isEmpty ? [""] : from).map { ($0, ByteBuffer(string: $0.formEncoded)) },
                numbers: entry.numbers.isEmpty ? mix.numbers : entry.numbers, account: entry.account)
        }
        kindTable = Self.table(mix.entries.map(\.weight))
        accounts = mix.accounts.map { account in
            switch account.credentials {
            case .password(let login, let password):
                ByteBuffer(string: "login=\(login.formEncoded)&password=\(password.formEncoded)&")
            case .key(let key): ByteBuffer(string: "key=\(key.formEncoded)&")
            }
        }
        accountTable = Self.table(mix.accounts.map(\.weight))
    }

    /// The message with this number.
    package func message(_ number: Int) -> LoadMessage {
        var choice = choose(number)
        let kind = kinds[choice.kind]
        var text = ""
        for part in kind.texts[choice.text].parts {
            switch part {
            case .literal(let literal, _): text += literal
            case .marker: text += marker.text(number)
            case .counter: text += String(number + 1)
            case .digits(let count):
                for _ in 0..<count { text.unicodeScalars.append(Unicode.Scalar(0x30 + UInt8(choice.random.below(10)))) }
            }
        }
        let to = String(choice.to)
        return LoadMessage(
            number: number, from: kind.from[choice.from].text,
            to: String(repeating: "0", count: max(0, choice.digits - to.utf8.count)) + to, text: text)
    }

    /// Appends the body of the form that sends the message with this number.
    func writeForm(_ number: Int, into body: inout ByteBuffer) {
        var choice = choose(number)
        let kind = kinds[choice.kind]
        if !accounts.isEmpty { body.writeImmutableBuffer(accounts[choice.account]) }
        body.writeStaticString("from=")
        body.writeImmutableBuffer(kind.from[choice.from].encoded)
        body.writeStaticString("&to=")
        body.writeDecimal(choice.to, width: choice.digits)
        body.writeStaticString("&text=")
        for part in kind.texts[choice.text].parts {
            switch part {
            case .literal(_, let encoded): body.writeImmutableBuffer(encoded)
            case .marker: marker.write(number) { body.writeInteger($0) }
            case .counter: body.writeDecimal(UInt64(number + 1), width: 1)
            case .digits(let count):
                for _ in 0..<count { body.writeInteger(0x30 + UInt8(choice.random.below(10))) }
            }
        }
    }

    private func choose(_ number: Int) -> Choice {
        var random = SplitMix64(seed: seed, message: number)
        let index = kindTable[random.below(kindTable.count)]
        let text = random.below(kinds[index].texts.count)
        let from = random.below(kinds[index].from.count)
        let anyAccount = accountTable.isEmpty ? 0 : accountTable[random.below(accountTable.count)]
        let range = kinds[index].numbers[random.below(kinds[index].numbers.count)]
        let to = range.first + UInt64(random.below(Int(range.last - range.first) + 1))
        return Choice(
            kind: index, text: text, from: from, account: kinds[index].account ?? anyAccount, to: to,
            digits: range.digits, random: random)
    }

    /// Indices, each as often as its weight says, so that a choice is one look-up.
    private static func table(_ weights: [Int]) -> [Int] {
        weights.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
    }

    private static func prepare(_ text: MessageMix.Text, _ random: inout SplitMix64) -> [Prepared] {
        switch text {
        case .template(var pieces):
            if !pieces.contains(.marker) { pieces = [.marker, .literal(" ")] + pieces }
            return [Prepared(parts: pieces.map(part))]
        case .generated(let script, let length):
            let own = MessageMarker.length + 1
            return (0..<poolSize).map { _ in
                let count = length.lowerBound + random.below(length.count)
                let words = TextGenerator.text(script, length: max(1, count - own), &random)
                return Prepared(parts: [.marker, part(.literal(" " + words))])
            }
        }
    }

    private static func part(_ piece: MessageMix.Piece) -> Prepared.Part {
        switch piece {
        case .literal(let text): .literal(text, encoded: ByteBuffer(string: text.formEncoded))
        case .marker: .marker
        case .counter: .counter
        case .digits(let count): .digits(count)
        }
    }
}

extension ByteBuffer {
    /// Appends a number in decimal digits, with zeros in front up to `width`, at most 20.
    mutating func writeDecimal(_ value: UInt64, width: Int) {
        var divisor: UInt64 = 1
        var digits = 1
        while digits < 20, value / divisor >= 10 || digits < width {
            divisor *= 10
            digits += 1
        }
        var rest = value
        while divisor > 0 {
            writeInteger(0x30 + UInt8(truncatingIfNeeded: rest / divisor % 10))
            rest %= divisor
            divisor /= 10
        }
    }
}
