import HTTPService
import SMPP

extension JSONWriter {
    /// Two members: `NAME` in English and `NAME_ru` in Russian, or null.
    mutating func member(_ name: String, _ value: Phrase?) {
        member(name, value?.en)
        member(name + "_ru", value?.ru)
    }
}
