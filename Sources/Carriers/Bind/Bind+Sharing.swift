import NIOCore
import SMPP
import Synchronization

/// What the binds of a carrier share beside the pace: enough to see, by one load, that one of them needs help.
final class BindSharing: Sendable {
    let certificates = CertificateWarnings()
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

/// How binds of a carrier help each other (work stealing, and its counterpart, work sharing): no slot stays empty while a message waits for one.
///
/// A bind whose messages begin to wait for more than the carrier's pace offers them to those with room; a bind
/// that has room and nothing to write asks the one with the most. One hop each way, for many messages at once; where
/// nothing waits, all of this costs one load of an atomic.
extension Bind {
    /// After an ask that brought nothing, the next one waits so long.
    private static let askPause = Duration.milliseconds(10)

    /// Shows what waits here, offers it, and asks for work where there is room.
    func share(_ outlook: BindOutlook, now: MonotonicTime) {
        guard hasSiblings else { return }
        let isLast = isLastChoice(outlook)
        let backlog = stuckMessages(outlook, isLast: isLast, now: now)
        // A bind that was only slow and now cannot write at all gives more.
        let gaveUp = isLast && !wasLastChoice
        if gaveUp || wasLastChoice { wasLastChoice = isLast }
        if backlog > 0, shownBacklog == 0 || gaveUp { planOffer() }
        show(backlog)
        if backlog == 0, sharing.hasBacklog { askForWork(outlook, now: now) }
    }

    private func share() {
        let now = MonotonicTime.now
        share(session.outlook(now: now), now: now)
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
    private func isLastChoice(_ outlook: BindOutlook) -> Bool {
        !outlook.isReady || isHeld || outlook.isSuspect || outlook.pauseEnd != nil
    }

    /// Messages that wait for more than the carrier's pace.
    private func stuckMessages(_ outlook: BindOutlook, isLast: Bool, now: MonotonicTime) -> Int {
        guard outlook.waiting > 0 else { return 0 }
        let isSlow = isLast || outlook.room == 0 || outlook.isRecovering || !turn.ownAllows(now: now)
        return isSlow ? outlook.waiting : 0
    }

    // MARK: Offering

    /// Offers at the end of this turn of the loop: whoever calls may be in the middle of something.
    private func planOffer() {
        eventLoop.execute { self.offer() }
    }

    private func offer() {
        guard shownBacklog > 0, let carrier else { return }
        // Who cannot write at all gives also what another one lets wait.
        let mayWait = isLastChoice(session.outlook(now: .now))
        var rooms = carrier.rooms(besides: self, mayWait: mayWait)
        var messages = handOver(upTo: rooms.reduce(0) { $0 + $1.room })[...]
        while !messages.isEmpty, let (bind, room) = rooms.popLast() {
            bind.give(Array(messages.prefix(room)))
            messages = messages.dropFirst(room)
        }
        share()
    }

    /// Takes messages out of the queue, the oldest first.
    private func handOver(upTo count: Int) -> [Submission] {
        guard count > 0 else { return [] }
        return session.handOver(upTo: count).compactMap { step in
            guard case .move(let key, _) = step, let message = leave(key) else { return nil }
            message.isShared = true
            return message
        }
    }

    /// From any thread: these messages are this bind's now.
    private func give(_ messages: [Submission]) {
        for _ in messages { gauge.messageComes() }
        eventLoop.execute { for message in messages { self.take(message) } }
    }

    // MARK: Asking

    private func askForWork(_ outlook: BindOutlook, now: MonotonicTime) {
        guard !isAsking, now >= askAgainAt, outlook.waiting == 0, !isLastChoice(outlook), turn.ownAllows(now: now)
        else { return }
        let free = outlook.room
        guard free > 0, let carrier, let sibling = carrier.mostStuck(besides: self) else { return }
        isAsking = true
        // Who is held to a pace of its own takes one at a time.
        let isPaced = plan.rate != nil || outlook.isRecovering
        let wanted = isPaced ? 1 : free
        sibling.eventLoop.execute { sibling.help(self, upTo: wanted) }
    }

    private func help(_ sibling: Bind, upTo count: Int) {
        let messages = shownBacklog > 0 ? handOver(upTo: count) : []
        for _ in messages { sibling.gauge.messageComes() }
        sibling.eventLoop.execute { sibling.helped(with: messages) }
        share()
    }

    private func helped(with messages: [Submission]) {
        isAsking = false
        if messages.isEmpty { askAgainAt = .now + Self.askPause }
        for message in messages { take(message) }
    }
}
