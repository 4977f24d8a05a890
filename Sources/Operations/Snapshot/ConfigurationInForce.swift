package import Carriers
package import Foundation
package import NIOCore
package import SMPP
import Synchronization

/// A carrier, and where to ask for what came back from it.
package struct ShownCarrier: Sendable {
    package let carrier: Carrier
    package let receipts: @Sendable () -> EventLoopFuture<ReceiptsSnapshot>

    package init(carrier: Carrier, receipts: @escaping @Sendable () -> EventLoopFuture<ReceiptsSnapshot>) {
        self.carrier = carrier
        self.receipts = receipts
    }
}

/// What the monitor shows of the configuration in force, from any thread.
package final class ConfigurationInForce: Sendable {
    /// The same at one moment.
    package struct Snapshot: Sendable {
        /// In the configuration's order.
        package var shown: [ShownCarrier] = []
        /// Counts the configurations of this process, from 1.
        package var generation = 1
        package var loadedAt = Date.now
        /// Carriers whose binds are being made anew since the last reload.
        package var switching: [String] = []
        /// The last reload, where it was refused.
        package var refused: RefusedReload?

        package var carriers: [Carrier] { shown.map(\.carrier) }
    }

    /// Sent when the configuration or the state of a bind has changed.
    package let changes = ChangeSignal()
    private let state = Mutex(Snapshot())

    package init() {}

    package var current: Snapshot { state.withLock { $0 } }

    /// Changes it, and tells those who look.
    package func update(_ change: (inout Snapshot) -> Void) {
        state.withLock { change(&$0) }
        changes.send()
    }
}
