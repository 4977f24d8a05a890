package import NIOCore
package import SMPP

/// The way of a carrier's accepted segments to those who wait for their receipts: gathered on the event loop where they become
/// known, and handed over once a turn of it.
package struct AcceptedFeeds: Sendable {
    /// So many are handed over at once before the turn ends.
    static let maxBatch = 1000
    /// There is room for so many from the start of a turn.
    private static let usualBatch = 32

    private let handOver: @Sendable ([AcceptedSegment]) -> Void
    private let feeds: [NIOLoopBoundBox<Feed>]
    private let loops: [any EventLoop]

    /// - Parameters:
    ///   - group: the loops on which `add` is called, in the order of its `loop`.
    ///   - handOver: called on any of them; must not block.
    package init(group: any EventLoopGroup, handOver: @escaping @Sendable ([AcceptedSegment]) -> Void) {
        self.handOver = handOver
        loops = Array(group.makeIterator())
        feeds = loops.map { .makeBoxSendingValue(Feed(), eventLoop: $0) }
    }

    /// An accepted segment; call it on the loop with this index.
    package func add(_ segment: consuming AcceptedSegment, loop: Int) {
        let feed = feeds[loop].value
        feed.pending.append(segment)
        if feed.pending.count >= Self.maxBatch { return flush(feed) }
        guard !feed.isScheduled else { return }
        feed.isScheduled = true
        loops[loop].assumeIsolated().execute {
            feed.isScheduled = false
            flush(feed)
        }
    }

    private func flush(_ feed: Feed) {
        let batch = feed.pending
        feed.pending = []
        // Under load a turn is like the one before; growing step by step costs 350 instructions a segment.
        feed.pending.reserveCapacity(max(Self.usualBatch, batch.count))
        handOver(batch)
    }

    /// What one loop has gathered in this turn.
    private final class Feed {
        var pending: [AcceptedSegment] = []
        var isScheduled = false
    }
}
