/// What a bind may do next, in one look: from outside the module each look at a part of the session copies that part.
package struct BindOutlook: Hashable, Sendable {
    /// Whether a new message may be given to the bind.
    package var isReady: Bool
    /// The peer is silent where it should have spoken.
    package var isSuspect: Bool
    /// The end of the pause that the carrier asked for.
    package var pauseEnd: MonotonicTime?
    /// When the bind's own pace allows the next write, if that alone stands in the way.
    package var paceEnd: MonotonicTime?
    /// Whether `nextWrite` has something to write now.
    package var isReadyToWrite: Bool
    /// Whether the carrier refused for speed and is now given more gradually.
    package var isRecovering: Bool
    /// Messages in front of the window.
    package var waiting: Int
    /// Slots of the window that may be used and are not.
    package var room: Int
}

extension BindSession {
    /// What the bind may do next.
    package mutating func outlook(now: MonotonicTime) -> BindOutlook {
        var outlook = traffic.outlook(now: now)
        outlook.isReady = isReady
        outlook.isSuspect = isSuspect
        if !state.writesMessages {
            outlook.paceEnd = nil
            outlook.isReadyToWrite = false
        }
        return outlook
    }
}

extension SubmitScheduler {
    /// The part of the outlook that is the messages'.
    mutating func outlook(now: MonotonicTime) -> BindOutlook {
        let hasWork = hasWork(now: now)
        let paceEnd = hasWork ? throttle.earliestWrite(now: now) : nil
        return BindOutlook(
            isReady: false, isSuspect: false, pauseEnd: throttle.pauseEnd(now: now), paceEnd: paceEnd,
            isReadyToWrite: hasWork && paceEnd == nil, isRecovering: throttle.recoveringLimit != nil, waiting: waiting,
            room: max(0, throttle.usableWindow(window.capacity, now: now) - window.count))
    }
}
