import NIOCore
import Synchronization

/// Whether a connection waits for a request, and since when: read when another one needs its place.
final class HTTPServerSeat: Sendable {
    /// Uptime in nanoseconds; 0 = it is at work.
    private let since = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)

    var waitingSince: UInt64? {
        let since = since.load(ordering: .relaxed)
        return since == 0 ? nil : since
    }

    func waits(from now: NIODeadline) { since.store(now.uptimeNanoseconds, ordering: .relaxed) }

    func works() { since.store(0, ordering: .relaxed) }
}
