/// Which of a carrier's hosts is tried next, and when: each has a wait of its own, so that a dark one does not hold up
/// the others.
struct HostRotation: Hashable, Sendable {
    private struct Host: Hashable, Sendable {
        var due = MonotonicTime(nanoseconds: 0)
        var backoff: Backoff
    }

    /// The host in use or to be tried next.
    private(set) var current = 0
    private var hosts: [Host]
    private let refusedWait: Duration

    /// - Parameters:
    ///   - count: how many hosts there are; at least 1.
    ///   - refusedWait: the longest wait after a connection that was refused.
    init(count: Int, backoff: Backoff, refusedWait: Duration) {
        hosts = Array(repeating: Host(backoff: backoff), count: max(1, count))
        self.refusedWait = refusedWait
    }

    /// The current host is up.
    mutating func succeeded() {
        for index in hosts.indices {
            hosts[index].backoff.reset()
            hosts[index].due = MonotonicTime(nanoseconds: 0)
        }
    }

    /// The current host is tried again: when.
    mutating func comeBack(now: MonotonicTime, jitter: Double) -> MonotonicTime {
        let due = now + hosts[current].backoff.next(jitter: jitter)
        hosts[current].due = due
        return due
    }

    /// The current host failed; `current` becomes the one to try.
    ///
    /// - Parameter isRefused: nobody listens there: to ask again costs nothing, so the wait does not grow.
    /// - Returns: when to try it; nil = at once.
    mutating func failed(isRefused: Bool, now: MonotonicTime, jitter: Double) -> MonotonicTime? {
        if isRefused {
            hosts[current].due = now + Backoff.jittered(refusedWait, jitter)
        } else {
            hosts[current].due = now + hosts[current].backoff.next(jitter: jitter)
        }
        // The next in turn that is due, else the one that is due first.
        var best = current
        for step in 1...hosts.count {
            let index = (current + step) % hosts.count
            if hosts[index].due <= now {
                best = index
                break
            }
            if step == 1 || hosts[index].due < hosts[best].due { best = index }
        }
        current = best
        return hosts[best].due > now ? hosts[best].due : nil
    }
}
