/// Where the entry of an id is, by the id's hash: open addressing, as every accepted segment is written here and erased
/// again. A dictionary of strings cost five times as much.
///
/// ```
///   home = hash mod size        | a |   | b | c | d |   |      looked for from home on, up to a free slot;
///                                         ▲───┴───┘            what is erased is filled from behind
/// ```
///
/// Two ids may have one hash: whoever asks says which of the entries he means.
struct PlaceTable: Sendable {
    private struct Slot {
        var hash: UInt64 = 0
        /// Negative = free.
        var place = -1
    }

    private var slots = ContiguousArray(repeating: Slot(), count: 16)
    private(set) var count = 0

    /// Keyed by this process's chance, as dictionaries are: nobody can choose ids that meet.
    private static let key = UInt64(truncatingIfNeeded: Hasher().finalize()) | 1

    /// Eight octets at a time are multiplied to 128 bits and folded.
    static func hash(of id: String) -> UInt64 {
        let octets = id.utf8.span
        var hash = key
        var word: UInt64 = 0
        for place in octets.indices {
            word = word << 8 | UInt64(octets[place])
            if place & 7 == 7 {
                hash = mix(hash ^ word)
                word = 0
            }
        }
        return mix(mix(hash ^ word) ^ UInt64(octets.count))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: key ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// The place of the entry with this hash that `isMeant`.
    func place(of hash: UInt64, where isMeant: (Int) -> Bool) -> Int? {
        var slot = home(hash)
        while slots[slot].place >= 0 {
            if slots[slot].hash == hash, isMeant(slots[slot].place) { return slots[slot].place }
            slot = next(slot)
        }
        return nil
    }

    /// Sets the place of an id; the entry that had it before is the one that `isMeant`.
    mutating func set(_ hash: UInt64, to place: Int, where isMeant: (Int) -> Bool) {
        if count * 2 >= slots.count { grow() }
        var slot = home(hash)
        while slots[slot].place >= 0 {
            if slots[slot].hash == hash, isMeant(slots[slot].place) {
                slots[slot].place = place
                return
            }
            slot = next(slot)
        }
        slots[slot] = Slot(hash: hash, place: place)
        count += 1
    }

    /// Erases what leads to this place under this hash, if something does.
    mutating func remove(_ hash: UInt64, at place: Int) {
        var slot = home(hash)
        while slots[slot].place >= 0, slots[slot].hash != hash || slots[slot].place != place { slot = next(slot) }
        guard slots[slot].place >= 0 else { return }
        count -= 1
        var free = slot
        slot = next(slot)
        while slots[slot].place >= 0 {
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
        for filled in old where filled.place >= 0 {
            var slot = home(filled.hash)
            while slots[slot].place >= 0 { slot = next(slot) }
            slots[slot] = filled
        }
    }
}
