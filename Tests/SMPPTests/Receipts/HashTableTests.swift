import Testing

@testable import SMPP

/// The table of ids against a dictionary.
@Suite struct HashTableTests {
    @Test(arguments: UInt64(1)...8)
    func isADictionary(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = HashTable()
        var indices: [UInt64: Int] = [:]
        for index in 0..<5_000 {
            // Few hashes, many of them neighbours: long rows of taken slots, across the table's end too.
            let hash = UInt64(random.below(random.chance(50) ? 64 : 2_000)) &- 32
            if random.chance(40), let old = indices[hash] {
                table.remove(hash, at: old)
                indices[hash] = nil
            } else {
                table.set(hash, to: index) { _ in true }
                indices[hash] = index
            }
            #expect(table.count == indices.count)
        }
        for hash in UInt64.min..<3_000 {
            let hash = hash &- 500
            #expect(table.index(of: hash) { _ in true } == indices[hash])
        }
    }

    /// Two ids of one hash are both found, and one that is erased leaves the other.
    @Test func twoIDsOfOneHash() {
        var table = HashTable()
        for index in [10, 20, 30] { table.set(7, to: index) { $0 == index } }
        #expect(table.count == 3)
        table.set(7, to: 21) { $0 == 20 }
        for index in [10, 21, 30] { #expect(table.index(of: 7) { $0 == index } == index) }
        table.remove(7, at: 21)
        #expect(table.index(of: 7) { $0 == 21 } == nil)
        for index in [10, 30] { #expect(table.index(of: 7) { $0 == index } == index) }
        table.remove(7, at: 99)
        #expect(table.count == 2)
    }

    @Test func idsHaveHashesOfTheirOwn() {
        let ids =
            ["", "0", "1", "00", "a", "A", "12345678", "123456789", "1234567812345678"] + (0..<10_000).map(String.init)
        #expect(Set(ids.map(HashTable.hash)).count == Set(ids).count)
    }
}
