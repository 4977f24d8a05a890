/// Where the entry of an id is, by the id's hash: open addressing, as every accepted segment is written here and erased
/// again. A dictionary of strings cost three times as much.
///
/// ```
///   home = hash mod size        | a |   | b | c | d |   |      looked for from home on, up to a free slot;
///                                         ▲───┴───┘            what is erased is filled from behind
/// ```
///
/// Two ids may have one hash, and a carrier may give one id to several segments: whoever asks looks at each of the entries.
struct HashTable: Sendable {
    private struct Slot {
        var hash: UInt64 = 0
        /// Negative = free.
        var index = -1
    }

    /// So many entries of one id are found at most; then the newest one stands in the place of the oldest.
    private static let entriesPerID = 32

    private var slots = ContiguousArray(repeating: Slot(), count: 16)
    private(set) var count = 0

    /// Of this process, as dictionaries have one: ids that meet in one process are not known beforehand for another.
    private static let key = UInt64(truncatingIfNeeded: Hasher().finalize()) | 1

    static func hash(of id: String) -> UInt64 {
        let octets = id.utf8.span
        let key = key
        var hash = UInt64(octets.count)
        for offset in octets.indices { hash = (hash ^ UInt64(octets[offset])) &* key }
        // The upper bits, which all octets reach, go to the lower ones, which choose the slot.
        let product = hash.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }

    /// The index of each entry with this hash.
    func forEach(_ hash: UInt64, _ body: (Int) -> Void) {
        var slot = home(hash)
        while slots[slot].index >= 0 {
            if slots[slot].hash == hash { body(slots[slot].index) }
            slot = next(slot)
        }
    }

    /// Adds an entry.
    ///
    /// - Parameters:
    ///   - index: higher than those of before.
    ///   - isSame: whether an entry with this hash has the same id.
    mutating func add(_ hash: UInt64, _ index: Int, isSame: (Int) -> Bool) {
        if count * 2 >= slots.count { grow() }
        var slot = home(hash)
        var same = 0
        var oldest = slot
        while slots[slot].index >= 0 {
            if slots[slot].hash == hash, isSame(slots[slot].index) {
                if same == 0 || slots[slot].index < slots[oldest].index { oldest = slot }
                same += 1
            }
            slot = next(slot)
        }
        guard same < Self.entriesPerID else {
            slots[oldest].index = index
            return
        }
        slots[slot] = Slot(hash: hash, index: index)
        count += 1
    }

    /// Erases what leads to this index under this hash, if something does.
    mutating func remove(_ hash: UInt64, at index: Int) {
        var slot = home(hash)
        while slots[slot].index >= 0, slots[slot].hash != hash || slots[slot].index != index { slot = next(slot) }
        guard slots[slot].index >= 0 else { return }
        count -= 1
        var free = slot
        slot = next(slot)
        while slots[slot].index >= 0 {
            // What may stand at the free slot: not what has its home behind it.
            if (slot - home(slots[slot].hash)) & (slots.count - 1) >= (slot - free) & (slots.count - 1) {
                slots[free] = slots[slot]
                free = slot
            }
            slot = next(slot)
        }
        slots[free] = Slot()
    }

    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

    private func next(_ slot: Int) -> Int { (slot + 1) & (slots.count - 1) }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(), count: old.count * 2)
        for filled in old where filled.index >= 0 {
            var slot = home(filled.hash)
            while slots[slot].index >= 0 { slot = next(slot) }
            slots[slot] = filled
        }
    }
}
