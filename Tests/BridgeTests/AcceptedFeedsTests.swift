import NIOCore
import NIOPosix
import SMPP
import Synchronization
import Testing

@testable import Bridge

@Suite struct AcceptedFeedsTests {
    private final class Batches: Sendable {
        private let batches = Mutex<[[AcceptedSegment]]>([])

        var all: [[AcceptedSegment]] { batches.withLock { $0 } }
        func add(_ batch: [AcceptedSegment]) { batches.withLock { $0.append(batch) } }
    }

    /// Segments of one turn of a loop are handed over together, in their order, each once.
    @Test func aTurnIsHandedOverTogether() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        let batches = Batches()
        let feeds = AcceptedFeeds(group: group) { batches.add($0) }
        let loops = Array(group.makeIterator())
        let perLoop = 2 * AcceptedFeeds.maxBatch + 500
        for index in loops.indices {
            try await loops[index].submit {
                for number in 0..<perLoop {
                    let tag = UInt64(index * perLoop + number)
                    feeds.add(AcceptedSegment(tag: tag, segment: 0, carrierID: String(tag)), loop: index)
                }
            }.get()
        }
        // What a turn has gathered leaves at its end.
        for loop in loops { try await loop.submit {}.get() }
        #expect(batches.all.count == 3 * loops.count)
        for index in loops.indices {
            let mine = batches.all.filter { Int($0[0].tag) / perLoop == index }
            #expect(mine.map(\.count) == [AcceptedFeeds.maxBatch, AcceptedFeeds.maxBatch, 500])
            #expect(mine.joined().map { Int($0.tag) } == Array(index * perLoop..<(index + 1) * perLoop))
        }
        try await group.shutdownGracefully()
    }
}
