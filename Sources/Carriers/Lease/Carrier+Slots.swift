package import NIOCore
package import SMPP

/// A carrier that several nodes share: each of its binds is a slot, with a lane of its own that runs while this node has the slot. Slots are
/// numbered from 0, in the order of the binds' names.
///
/// From any thread. A slot that the carrier does not have, or has no more, is closed.
extension Carrier {
    /// The slot is this node's: it is bound, and sends from then on.
    ///
    /// - Parameter share: PDUs per second.
    package func take(slot: Int, share: Int, from time: MonotonicTime) {
        guard lanes.indices.contains(slot) else { return }
        let (lane, bind) = (lanes[slot], binds[slot])
        lane.eventLoop.execute { [self] in
            guard !isStopping else { return }
            lane.setShare(rate(ofShare: share), from: time)
            lane.scheduler.hold(until: time)
            lane.start([bind]) { _ in .zero }
        }
    }

    /// The slot sends so many PDUs per second from then on.
    package func pace(slot: Int, share: Int, from time: MonotonicTime) {
        guard lanes.indices.contains(slot) else { return }
        let lane = lanes[slot]
        lane.eventLoop.execute { [self] in lane.setShare(rate(ofShare: share), from: time) }
    }

    /// Nothing new is taken, open answers are waited for, then the bind ends. The future succeeds when its socket is closed.
    package func close(slot: Int) -> EventLoopFuture<Void> {
        onLane(slot) { $0.stop() }
    }

    /// The connection ends at once, by RST, and nothing more is written. The future succeeds when its socket is closed.
    package func abort(slot: Int) -> EventLoopFuture<Void> {
        onLane(slot) { $0.abort() }
    }

    private func onLane(
        _ slot: Int, _ action: @escaping @Sendable (CarrierLane) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<Void> {
        guard lanes.indices.contains(slot) else { return group.next().makeSucceededVoidFuture() }
        let lane = lanes[slot]
        return lane.eventLoop.flatSubmit { action(lane) }
    }

    /// The share of a carrier without a rate says nothing.
    private func rate(ofShare share: Int) -> Double? {
        guard share < Self.unlimitedShare else { return rate }
        return min(rate ?? .infinity, Double(share))
    }

    /// More than any rate, and less than a slot's share of `CarrierContract.unlimited`.
    private static let unlimitedShare = 1_000_000
}
