import Carriers
import Foundation
import Synchronization

/// What the monitor shows of the configuration in force, from any thread.
final class BridgeState: Sendable {
    struct Snapshot: Sendable {
        /// In the configuration's order.
        var carriers: [Carrier] = []
        /// One for each of them.
        var desks: [ReceiptDesk] = []
        /// Counts the configurations of this process, from 1.
        var generation = 1
        var loadedAt = Date.now
        /// Carriers whose binds are being made anew since the last reload.
        var switching: [String] = []

        mutating func show(_ routes: [CarrierRoute]) {
            carriers = routes.map(\.carrier)
            desks = routes.map(\.receipts.desk)
        }
    }

    /// Sent when the configuration or the state of a bind has changed.
    let changes = ChangeSignal()
    private let state = Mutex(Snapshot())

    var current: Snapshot { state.withLock { $0 } }

    func update(_ change: (inout Snapshot) -> Void) {
        state.withLock { change(&$0) }
        changes.send()
    }
}
