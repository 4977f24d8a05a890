/// A character set of SMPP 3.4 §5.2.19 whose tables are not ours.
package enum Charset: String, Hashable, Sendable, CaseIterable {
    /// `data_coding` 5: JIS X 0208, by any of its usual encodings.
    case jis = "jis"
    /// 6.
    case cyrillic = "iso-8859-5"
    /// 7.
    case hebrew = "iso-8859-8"
    /// 10: "music codes", which is how the standard calls it.
    case iso2022JP = "iso-2022-jp"
    /// 13: JIS X 0212.
    case kanji = "jis-x-0212"
    /// 14: KS X 1001.
    case korean = "ks-c-5601"
}

/// What octets in a character set say; nil where nobody can tell. What is no character of it is U+FFFD.
package typealias CharsetReader = @Sendable (Charset, [UInt8]) -> String?
