import NIOCore
import SMPP

/// One scheduled task for many deadlines: a later deadline leaves an earlier task alone, which then finds out when it fires.
struct LoopTimer {
    private var due: MonotonicTime?
    private var task: Scheduled<Void>?

    /// Sees to it that `action` runs at `time` or earlier.
    mutating func arm(at time: MonotonicTime, on eventLoop: any EventLoop, _ action: @escaping @Sendable () -> Void) {
        if let due, due <= time { return }
        task?.cancel()
        due = time
        task = eventLoop.scheduleTask(deadline: NIODeadline(time), action)
    }

    /// The task runs: nothing is armed any more.
    mutating func fired() {
        due = nil
        task = nil
    }

    mutating func cancel() {
        task?.cancel()
        fired()
    }
}

extension MonotonicTime {
    /// The event loops' clock.
    static var now: MonotonicTime {
        MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
    }
}

extension NIODeadline {
    /// The same moment on the event loops' clock; the far future stays the far future.
    init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(min(time.nanoseconds, NIODeadline.distantFuture.uptimeNanoseconds))
    }
}
