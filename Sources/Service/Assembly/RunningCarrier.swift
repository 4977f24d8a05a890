import Bridge
import Carriers
import Delivery
import Operations

/// A carrier of the configuration with what the message path and the monitor need of it.
struct RunningCarrier: Sendable {
    let route: CarrierRoute
    let receipts: ReceiptTracker

    var carrier: Carrier { route.carrier }

    /// The same binds with messages that look different.
    func restyled(_ profile: CarrierProfile) -> RunningCarrier {
        RunningCarrier(
            route: CarrierRoute(carrier: carrier, profile: profile, doubtful: route.doubtful), receipts: receipts)
    }

    /// For the monitor.
    var shown: ShownCarrier {
        ShownCarrier(carrier: carrier) { [receipts] in receipts.snapshot() }
    }
}
