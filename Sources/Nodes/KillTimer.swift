import Glibc
import SMPP

/// A timer of the kernel that ends this process by SIGKILL, also one that was stopped or is stuck. It does not reach the first process of
/// a container.
///
/// Unchecked `Sendable`: `timer` is a constant, and the kernel's calls may come from any thread.
final class KillTimer: @unchecked Sendable {
    /// The kernel's number of it; the first of a process is 0, and so nil.
    private let timer: timer_t?

    /// Nil where the kernel gives none.
    init?() {
        var event = sigevent()
        event.sigev_notify = Int32(SIGEV_SIGNAL)
        event.sigev_signo = SIGKILL
        var timer: timer_t?
        guard timer_create(CLOCK_BOOTTIME, &event, &timer) == 0 else { return nil }
        self.timer = timer
    }

    deinit {
        timer_delete(timer)
    }

    /// It fires then, at once where that is past; nil = never. On `BootClock`.
    func set(at time: Duration?) {
        var value = itimerspec()
        if let time {
            let nanoseconds = max(1, time.nanoseconds)
            value.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
            value.it_value.tv_nsec = Int(nanoseconds % 1_000_000_000)
        }
        timer_settime(timer, TIMER_ABSTIME, &value, nil)
    }
}
