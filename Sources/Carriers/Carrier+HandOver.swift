package import NIOCore
import SMPP
import Synchronization

/// A carrier whose configuration has changed gives way to a new one with binds of its own.
///
/// Both have the same pace, one after the other: what is begun is finished by the old one, and the new one writes from when
/// that is done.
/// ```
///   old lanes: nothing begins ──▶ new lanes: held until ──▶ old lanes: what is not begun ──▶ new lanes
/// ```
extension Carrier {
    /// Gives all of which no byte was written, and what is submitted from now on, to a carrier that is ready. This one is to
    /// be stopped once it has the answers to the rest.
    ///
    /// Binds with a rate of their own count by themselves.
    package func handOver(to next: Carrier) -> EventLoopFuture<Void> {
        let ends = lanes.map { lane in
            lane.eventLoop.submit { lane.scheduler.prepareHandOver(now: .now) }
        }
        return EventLoopFuture.whenAllSucceed(ends, on: group.next()).flatMap { ends in
            next.hold(until: ends.max() ?? .now)
        }.flatMap { [self] in
            succeeded(by: next)
            return EventLoopFuture.andAllComplete(
                lanes.map { lane in lane.eventLoop.submit { lane.handOver() } }, on: group.next())
        }
    }

    private func hold(until time: MonotonicTime) -> EventLoopFuture<Void> {
        EventLoopFuture.andAllComplete(
            lanes.map { lane in lane.eventLoop.submit { lane.scheduler.hold(until: time) } }, on: group.next())
    }

    /// Takes a message that waited at the carrier before this one.
    func takeOver(_ message: Submission) {
        message.hops = 0
        message.hasOtherLane = false
        submit(message)
    }
}
