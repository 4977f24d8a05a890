/// Which messages a run sends: accounts, numbers, senders and texts with their weights.
package struct MessageMix: Hashable, Sendable {
    /// How an account says who it is in the form.
    package enum Credentials: Hashable, Sendable, CustomStringConvertible {
        case password(login: String, password: String)
        case key(String)

        /// Never the secret.
        package var description: String {
            switch self {
            case .password(let login, _): "login \(login)"
            case .key: "a key"
            }
        }
    }

    /// An account that forms are posted for.
    package struct Account: Hashable, Sendable {
        /// How messages of the mix name it.
        package var name: String
        package var credentials: Credentials
        /// 1 or more.
        package var weight: Int

        package init(name: String, _ credentials: Credentials, weight: Int = 1) {
            self.name = name
            self.credentials = credentials
            self.weight = weight
        }
    }

    /// Numbers from one to another, both written with the same count of digits, 3 to 15.
    package struct Numbers: Hashable, Sendable {
        package var first: UInt64
        package var last: UInt64
        /// Digits of a number, leading zeros included.
        package var digits: Int

        package init(first: UInt64, last: UInt64, digits: Int) {
            self.first = first
            self.last = last
            self.digits = digits
        }
    }

    /// What a generated text is written in.
    package enum Script: String, Hashable, Sendable, CaseIterable {
        /// GSM 03.38 without its extension table.
        case gsm
        /// Latin-1 letters that GSM 03.38 has not.
        case latin1
        /// Russian: UCS-2.
        case cyrillic
        /// Latin letters and emoji: surrogate pairs.
        case emoji
    }

    /// A piece of a template.
    package enum Piece: Hashable, Sendable {
        case literal(String)
        /// The mark by which the audit knows the message; in front where a template has none.
        case marker
        /// The number of the message in its run, from 1.
        case counter
        /// So many random digits, 1 to 18.
        case digits(Int)
    }

    /// What a text is made of.
    package enum Text: Hashable, Sendable {
        case template([Piece])
        /// Words of a script; the length in Unicode scalars with the marker.
        case generated(Script, length: ClosedRange<Int>)
    }

    /// One kind of message.
    package struct Entry: Hashable, Sendable {
        /// 1 or more.
        package var weight: Int
        package var text: Text
        /// In place of the mix's senders, where not empty.
        package var from: [String]
        /// In place of the mix's numbers, where not empty.
        package var numbers: [Numbers]
        /// The index of the account that sends it; nil: any by weight.
        package var account: Int?

        package init(
            weight: Int = 1, _ text: Text, from: [String] = [], numbers: [Numbers] = [], account: Int? = nil
        ) {
            self.weight = weight
            self.text = text
            self.from = from
            self.numbers = numbers
            self.account = account
        }
    }

    package var accounts: [Account]
    /// Taken in turn at random; empty: no sender, so that the account's default counts.
    package var from: [String]
    package var numbers: [Numbers]
    /// At least one.
    package var entries: [Entry]

    package init(accounts: [Account] = [], from: [String] = [], numbers: [Numbers], entries: [Entry]) {
        self.accounts = accounts
        self.from = from
        self.numbers = numbers
        self.entries = entries
    }

    /// What people send most: short Latin and Russian texts, and some of several segments. Its numbers keep away from the
    /// endings for which `smppost simulate` plays faults.
    package static let standard = MessageMix(
        numbers: [Numbers(first: 79_160_000_000, last: 79_160_599_999, digits: 11)],
        entries: [
            Entry(weight: 60, .generated(.gsm, length: 40...150)),
            Entry(weight: 25, .generated(.cyrillic, length: 30...70)),
            Entry(weight: 10, .generated(.gsm, length: 200...400)),
            Entry(weight: 5, .generated(.cyrillic, length: 90...200)),
        ])

    /// Texts are at least as long as the marker and a word.
    package static let minimumLength = 20
    /// Generated texts are at most this long: more than ten segments of any alphabet.
    package static let maximumLength = 1_600
}
