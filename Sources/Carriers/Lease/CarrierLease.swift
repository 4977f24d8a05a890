import SMPP
import Synchronization

/// Until when this node may write to carriers, where several share them. One for the whole process.
package final class CarrierLease: Sendable {
    /// On `BootClock`, in nanoseconds; 0 = there is none.
    private let until = Atomic<Int64>(0)

    package init() {}

    /// It ends then; nil = it has ended. From any thread.
    package func set(until: Duration?) {
        self.until.store(until?.nanoseconds ?? 0, ordering: .releasing)
    }

    /// Whether a PDU may go to a socket now. From any thread.
    var isHeld: Bool {
        let until = until.load(ordering: .acquiring)
        return until > 0 && BootClock.now.nanoseconds < until
    }
}
