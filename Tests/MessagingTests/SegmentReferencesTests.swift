import SMPP
import Testing

@testable import Messaging

struct SegmentReferencesTests {
    @Test func `no two open texts to one destination share a reference`() {
        var references = SegmentReferences(first: 0)
        var random = SplitMix64(seed: 5)
        var open: [String: [UInt16]] = [:]
        for _ in 0..<20_000 {
            let destination = "7916000000\(Int.random(in: 0...3, using: &random))"
            if open[destination, default: []].count < 200, Bool.random(using: &random) {
                let reference = references.take(for: destination, bits: 8)
                #expect(reference < 256)
                #expect(!open[destination, default: []].contains(reference))
                open[destination, default: []].append(reference)
            } else if let place = open[destination]?.indices.randomElement(using: &random) {
                references.release(open[destination]?.remove(at: place) ?? 0, for: destination)
            }
        }
    }

    @Test(arguments: [8, 16])
    func `each loop has its own`(bits: Int) {
        var seen: Set<UInt16> = []
        for loop in 0..<3 as Range<UInt16> {
            var references = SegmentReferences(first: 1000 * loop, stride: 3, offset: loop)
            let mine = Set((0..<300).map { _ in references.take(for: "7", bits: bits) })
            #expect(mine.allSatisfy { $0 % 3 == loop })
            #expect(seen.isDisjoint(with: mine))
            seen.formUnion(mine)
        }
        #expect(seen.count == (bits == 8 ? 256 : 900))
    }

    @Test func `one that is free again comes back late`() {
        var references = SegmentReferences(first: 0)
        var order: [UInt16] = []
        for _ in 0..<257 {
            order.append(references.take(for: "7", bits: 8))
            references.release(order[order.count - 1], for: "7")
        }
        #expect(Set(order.prefix(256)).count == 256)
        #expect(order[256] == order[0])
    }

    @Test func `where all are open, the oldest is given`() {
        var references = SegmentReferences(first: 0, stride: 64, offset: 1)
        let four = (0..<4).map { _ in references.take(for: "7", bits: 8) }
        #expect(four == [1, 65, 129, 193])
        #expect((0..<4).map { _ in references.take(for: "7", bits: 8) } == four)
        #expect(references.take(for: "8", bits: 8) < 256)
        references.release(four[2], for: "7")
        #expect(references.take(for: "7", bits: 8) == four[2])
    }

    @Test func `16 bits pass the first 256`() {
        var references = SegmentReferences(first: 250)
        let taken = (0..<10).map { _ in references.take(for: "7", bits: 16) }
        #expect(taken == Array(250..<260))
    }

    @Test func `memory is bounded, and odd slices are put right`() {
        var references = SegmentReferences(first: 7, stride: 4, offset: 9)
        #expect(references.take(for: "7", bits: 8) % 4 == 1)
        references.release(999, for: "7")
        references.release(1, for: "nobody")
        var zero = SegmentReferences(first: 0, stride: 0, offset: 5)
        #expect(zero.take(for: "7", bits: 8) == 0)
        for number in 0..<SegmentReferences.maximumOpen + 10 { _ = zero.take(for: "\(number)", bits: 16) }
        #expect(zero.take(for: "7", bits: 8) != 0)
    }
}
