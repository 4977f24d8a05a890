import SMPP

/// Makes texts of random words, the same for one seed.
enum TextGenerator {
    /// A text of exactly `length` scalars of words in `script`, beginning and ending with a letter.
    static func text(_ script: MessageMix.Script, length: Int, _ random: inout SplitMix64) -> String {
        let letters = letters(of: script)
        var scalars = String.UnicodeScalarView()
        var word = 2 + random.below(7)
        for index in 0..<max(0, length) {
            if word == 0, index < length - 1 {
                scalars.append(" ")
                word = 2 + random.below(7)
            } else {
                scalars.append(letter(of: letters, script, isFirst: index == 0, &random))
                word = max(0, word - 1)
            }
        }
        return String(scalars)
    }

    /// Each script has what decides its alphabet in every text: of `latin1` and `emoji` the first letter is of the rare kind.
    private static func letter(
        of letters: [Unicode.Scalar], _ script: MessageMix.Script, isFirst: Bool, _ random: inout SplitMix64
    ) -> Unicode.Scalar {
        switch script {
        case .gsm, .cyrillic: return letters[random.below(letters.count)]
        case .latin1: return isFirst ? "ê" : letters[random.below(letters.count)]
        case .emoji:
            let isEmoji = isFirst || random.below(12) == 0
            return isEmoji ? emoji[random.below(emoji.count)] : letters[random.below(letters.count)]
        }
    }

    private static func letters(of script: MessageMix.Script) -> [Unicode.Scalar] {
        switch script {
        case .gsm: gsm
        case .latin1: latin1
        case .cyrillic: cyrillic
        case .emoji: gsm
        }
    }

    private static let plain = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    private static let gsm = Array((plain + "0123456789.,:!?@£$ÄÖÜäöüàèé").unicodeScalars)
    private static let latin1 = Array((plain + "êëîïôûçÿ").unicodeScalars)
    private static let cyrillic = Array("абвгдежзиклмнопрстуфхцчшщыьэюяАБВГДЕЖЗИКЛМНОПРСТУ0123456789.,!".unicodeScalars)
    private static let emoji = Array("😀😎🚀🎉👍💬📱🌍".unicodeScalars)
}
