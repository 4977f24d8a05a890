import Glibc

/// CLOCK_BOOTTIME: it goes on while the machine sleeps, and nobody sets it.
package enum BootClock {
    package static var now: Duration {
        var time = timespec()
        // It fails only for clocks that the kernel does not know.
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
