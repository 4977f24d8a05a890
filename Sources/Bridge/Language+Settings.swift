package import SMPP

extension Language {
    /// Settings has checked that it is one of ours.
    package init(_ code: String) {
        self = Language(rawValue: code) ?? .ru
    }
}
