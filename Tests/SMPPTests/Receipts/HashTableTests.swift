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
                if let old = indices[hash] { table.remove(hash, at: old) }
                table.add(hash, index) { _ in true }
                indices[hash] = index
            }
            #expect(table.count == indices.count)
        }
        for hash in UInt64.min..<3_000 {
            let hash = hash &- 500
            #expect(all(table, hash) == indices[hash].map { [$0] } ?? [])
        }
    }

    private func all(_ table: HashTable, _ hash: UInt64) -> [Int] {
        var indices: [Int] = []
        table.forEach(hash) { indices.append($0) }
        return indices.sorted()
    }

    /// Entries of one hash are all found, and one that is erased leaves the others.
    @Test func entriesOfOneHash() {
        var table = HashTable()
        for index in [10, 20, 30] { table.add(7, index) { _ in false } }
        #expect(table.count == 3)
        #expect(all(table, 7) == [10, 20, 30])
        table.remove(7, at: 20)
        #expect(all(table, 7) == [10, 30])
        table.remove(7, at: 99)
        #expect(table.count == 2)
    }

    /// An id that is given again and again is found at its newest entries.
    @Test func entriesOfOneID() {
        var table = HashTable()
        table.add(7, 1) { _ in false }
        for index in 10..<60 { table.add(7, index) { $0 >= 10 } }
        #expect(table.count == 33)
        #expect(all(table, 7) == [1] + Array(28..<60))
        for index in [1] + Array(10..<60) { table.remove(7, at: index) }
        #expect(table.count == 0 && all(table, 7).isEmpty)
    }

    @Test func idsHaveHashesOfTheirOwn() {
        let ids =
            ["", "0", "1", "00", "a", "A", "12345678", "123456789", "1234567812345678"] + (0..<10_000).map(String.init)
        #expect(Set(ids.map(HashTable.hash)).count == Set(ids).count)
    }
}
