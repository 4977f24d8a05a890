/// SplitMix64 (Steele, Lea, Flood 2014): small, fast and the same everywhere for one seed, so that a run can be repeated.
///
/// Each seed gives a sequence of its own, also 0 and neighbouring ones. Nothing that must be secret may be made of it.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter seed: any 64 bits.
    package init(seed: UInt64) {
        state = seed
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
