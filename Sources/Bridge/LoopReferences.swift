import Messaging
package import NIOCore

/// The segment references in use, one pool an event loop: a message stays on its loop, so no lock is needed.
///
/// The pools hand out disjoint numbers, so that two loops never join one recipient's parts wrongly.
package struct LoopReferences: Sendable {
    private let pools: [NIOLoopBoundBox<SegmentReferences>]

    /// - Parameter group: the loops that messages are on.
    package init(group: any EventLoopGroup) {
        let loops = Array(group.makeIterator())
        pools = loops.enumerated().map { index, loop in
            let pool = SegmentReferences(
                first: UInt16.random(in: 0...UInt16.max), stride: UInt16(loops.count), offset: UInt16(index))
            return .makeBoxSendingValue(pool, eventLoop: loop)
        }
    }

    /// A number for one message whose text needs one.
    func lease(for recipient: PhoneNumber, policy: TextPolicy, loop: Int) -> ReferenceLease {
        ReferenceLease(pool: pools[loop], destination: recipient.digits, bits: policy.long == .udh8 ? 8 : 16)
    }
}

/// The right of one message to a segment reference, given back when its outcome is known. Confined to its loop.
final class ReferenceLease {
    private let pool: NIOLoopBoundBox<SegmentReferences>
    private let destination: String
    let reference: UInt16
    private var isHeld = true

    init(pool: NIOLoopBoundBox<SegmentReferences>, destination: String, bits: Int) {
        self.pool = pool
        self.destination = destination
        reference = pool.value.take(for: destination, bits: bits)
    }

    func release() {
        guard isHeld else { return }
        isHeld = false
        pool.value.release(reference, for: destination)
    }
}
