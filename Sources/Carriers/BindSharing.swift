import NIOCore
import SMPP
import Synchronization

/// What the binds of a carrier share beside the pace: enough to see, by one load, that one of them needs help.
final class BindSharing: Sendable {
    let certificates = CertificateWatch()
    private let stuckBinds = Atomic<Int>(0)

    /// Whether messages wait on some bind that another one might write sooner.
    var hasBacklog: Bool { stuckBinds.load(ordering: .relaxed) > 0 }

    func bindIsStuck() {
        stuckBinds.wrappingAdd(1, ordering: .relaxed)
    }

    func bindIsFree() {
        stuckBinds.wrappingSubtract(1, ordering: .relaxed)
    }
}

/// How binds of a carrier help each other: no slot stays empty while a message waits for one.
///
/// A bind whose messages begin to wait for more than the carrier's pace offers them to those with room; a bind
/// that has room and nothing to write asks the one with the most. One hop each way, for many messages at once; where
/// nothing waits, all of this costs one load of an atomic.
extension Bind {
    /// After an ask that brought nothing, the next one waits so long.
    private static let askPause = Duration.milliseconds(10)

    /// Shows what waits here, offers it, and asks for work where there is room.
    func share(now: MonotonicTime) {
        guard hasSiblings else { return }
        let isLast = isLastChoice(now: now)
        let backlog = stuckMessages(isLast: isLast, now: now)
        // A bind that was only slow and now cannot write at all gives more.
        let gaveUp = isLast && !wasLastChoice
        wasLastChoice = isLast
        if backlog > 0, shownBacklog == 0 || gaveUp { planOffer() }
        show(backlog)
        if backlog == 0, sharing.hasBacklog { askForWork(now: now) }
    }

    private func show(_ backlog: Int) {
        guard backlog != shownBacklog else { return }
        let wasStuck = shownBacklog > 0
        shownBacklog = backlog
        gauge.setBacklog(backlog)
        guard wasStuck != (backlog > 0) else { return }
        if wasStuck { sharing.bindIsFree() } else { sharing.bindIsStuck() }
    }

    /// Whether this bind should not write messages that another one could.
    private func isLastChoice(now: MonotonicTime) -> Bool {
        !takesMessages || session.isSuspect || session.traffic.throttle.pauseEnd(now: now) != nil
    }

    /// Messages that wait for more than the carrier's pace.
    private func stuckMessages(isLast: Bool, now: MonotonicTime) -> Int {
        let waiting = session.traffic.waiting
        guard waiting > 0 else { return 0 }
        let isSlow =
            isLast || room(now: now) == 0 || session.traffic.throttle.recoveringLimit != nil
            || !turn.ownAllows(now: now)
        return isSlow ? waiting : 0
    }

    /// Slots of the window that may be used and are not.
    private func room(now: MonotonicTime) -> Int {
        let window = session.traffic.window
        return max(0, session.traffic.throttle.usableWindow(window.capacity, now: now) - window.count)
    }

    // MARK: Offering

    /// Offers at the end of this turn of the loop: whoever calls may be in the middle of something.
    private func planOffer() {
        eventLoop.execute { self.offer() }
    }

    private func offer() {
        guard shownBacklog > 0, let carrier else { return }
        // Who cannot write at all gives also what another one lets wait.
        let mayWait = isLastChoice(now: .now)
        var rooms = carrier.rooms(besides: self, mayWait: mayWait)
        var flights = handOver(upTo: rooms.reduce(0) { $0 + $1.room })[...]
        while !flights.isEmpty, let (bind, room) = rooms.popLast() {
            bind.give(Array(flights.prefix(room)))
            flights = flights.dropFirst(room)
        }
        share(now: .now)
    }

    /// Takes messages out of the queue, the oldest first.
    private func handOver(upTo count: Int) -> [Flight] {
        guard count > 0 else { return [] }
        return session.handOver(upTo: count).compactMap { step in
            guard case .move(let key, _) = step, var flight = leave(key) else { return nil }
            flight.isShared = true
            return flight
        }
    }

    /// From any thread: these messages are this bind's now.
    private func give(_ flights: [Flight]) {
        for _ in flights { gauge.messageComes() }
        eventLoop.execute { for flight in flights { self.take(flight) } }
    }

    // MARK: Asking

    private func askForWork(now: MonotonicTime) {
        guard !isAsking, now >= askAgainAt, session.traffic.waiting == 0, takesMessages, !isLastChoice(now: now),
            turn.ownAllows(now: now)
        else { return }
        let free = room(now: now)
        guard free > 0, let carrier, let sibling = carrier.mostStuck(besides: self) else { return }
        isAsking = true
        // Who is held to a pace of its own takes one at a time.
        let isPaced = plan.rate != nil || session.traffic.throttle.recoveringLimit != nil
        let wanted = isPaced ? 1 : free
        sibling.eventLoop.execute { sibling.help(self, upTo: wanted) }
    }

    private func help(_ sibling: Bind, upTo count: Int) {
        let flights = shownBacklog > 0 ? handOver(upTo: count) : []
        for _ in flights { sibling.gauge.messageComes() }
        sibling.eventLoop.execute { sibling.helped(with: flights) }
        share(now: .now)
    }

    private func helped(with flights: [Flight]) {
        isAsking = false
        if flights.isEmpty { askAgainAt = .now + Self.askPause }
        for flight in flights { take(flight) }
    }
}
