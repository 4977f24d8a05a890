/// How many there were in the last second, in eighths of it.
struct RecentCount: Hashable, Sendable {
    private static let slot: UInt64 = 125_000_000

    /// The last seven whole eighths, newest first.
    private var slots: SIMD8<Int32> = .zero
    private var newest: UInt64 = 0
    private var current = 0

    mutating func add(now: MonotonicTime) {
        advance(now)
        current += 1
    }

    /// The eighth that has only begun and seven before it.
    mutating func lastSecond(now: MonotonicTime) -> Int {
        advance(now)
        return current + Int(slots.wrappedSum())
    }

    private mutating func advance(_ now: MonotonicTime) {
        let slot = now.nanoseconds / Self.slot
        guard slot > newest else { return }
        push(Int32(clamping: current))
        for _ in 0..<min(8, slot - newest - 1) { push(0) }
        current = 0
        newest = slot
    }

    private mutating func push(_ count: Int32) {
        for index in (1..<7).reversed() { slots[index] = slots[index - 1] }
        slots[0] = count
    }
}
