/// Hands out the references that join the segments of a text, so that two open texts to one destination never share one.
///
/// Each event loop owns the references that are its `offset` modulo `stride`. They are given in turn, so that one comes
/// back as late as possible.
package struct SegmentReferences: Sendable {
    /// The slice: `offset`, `offset` + `stride`, and so on.
    private let offset: Int
    private let stride: Int
    /// Which reference of the slice comes next, by its index.
    private var nextIndex: Int
    /// The open references of each destination, the oldest first.
    private var open: [String: [UInt16]] = [:]
    private var openCount = 0

    /// References of more texts than this are not remembered while open.
    package static let maximumOpen = 65_536

    /// - Parameters:
    ///   - first: the index of the reference of the slice that comes first: a random one keeps a restart from repeating the last references.
    ///   - stride: how many slices there are, 1 to 256.
    ///   - offset: which slice this is, from 0.
    package init(first: UInt16, stride: UInt16 = 1, offset: UInt16 = 0) {
        self.stride = min(max(1, Int(stride)), 256)
        self.offset = Int(offset) % self.stride
        nextIndex = Int(first)
    }

    /// A reference of 8 or 16 bits that no open text to this destination has. Where all of the slice are open, the one
    /// that was handed out first is handed out again.
    ///
    /// - Parameter bits: 8 for `udh8`, 16 for `udh16` and `sar`.
    package mutating func take(for destination: String, bits: Int) -> UInt16 {
        let range = bits == 8 ? 0x100 : 0x1_0000
        let slots = (range - offset + stride - 1) / stride
        let taken = open[destination] ?? []
        var reference = next(slots)
        var tries = 1
        while tries < slots, tries <= taken.count, taken.contains(reference) {
            reference = next(slots)
            tries += 1
        }
        if taken.contains(reference), let oldest = taken.first(where: { Int($0) < range }) {
            release(oldest, for: destination)
            reference = oldest
        }
        if openCount < Self.maximumOpen {
            open[destination, default: []].append(reference)
            openCount += 1
        }
        return reference
    }

    /// Closes a text: its reference may be used again.
    package mutating func release(_ reference: UInt16, for destination: String) {
        guard let index = open[destination]?.firstIndex(of: reference) else { return }
        open[destination]?.remove(at: index)
        if open[destination]?.isEmpty == true { open[destination] = nil }
        openCount -= 1
    }

    private mutating func next(_ slots: Int) -> UInt16 {
        let reference = offset + stride * (nextIndex % slots)
        nextIndex += 1
        return UInt16(truncatingIfNeeded: reference)
    }
}
