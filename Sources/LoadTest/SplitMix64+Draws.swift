package import SMPP

extension SplitMix64 {
    /// The generator of one message of a run: messages can be made anew in any order.
    package init(seed: UInt64, message: Int) {
        // Two odd constants: neighbouring messages of neighbouring seeds have nothing in common.
        let own = UInt64(truncatingIfNeeded: message) &* 0xD1B5_4A32_D192_ED03 &- 0x9E37_79B9_7F4A_7C15
        var mixer = SplitMix64(seed: seed &+ own)
        self.init(seed: mixer.next())
    }

    /// A number from 0 to `bound` - 1, near enough to evenly for bounds below 2^32; `bound` is at least 1.
    package mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// From 0 up to, and without, 1.
    package mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
