import SMPP

extension SplitMix64 {
    /// A text of so many random elements.
    mutating func text(of elements: [String], count: Int) -> String {
        (0..<count).map { _ in elements.randomElement(using: &self) ?? "" }.joined()
    }
}
