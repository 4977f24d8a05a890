import Carriers
import DequeModule
import SMPP
import Synchronization

/// The charts of every bind of the configuration in force. From any thread; never on a message's path.
final class MonitorHistory: Sendable {
    /// One sample each.
    static let every = Duration.seconds(10)

    /// A bind of a carrier.
    struct Key: Hashable, Sendable {
        var carrier: String
        var bind: String
    }

    private let charts = Mutex<[Key: BindChart]>([:])

    /// Takes a sample of every bind, and forgets those that are gone.
    func sample(_ carriers: [CarrierStatus], at now: MonotonicTime) {
        charts.withLock { charts in
            var next: [Key: BindChart] = [:]
            for carrier in carriers {
                for bind in carrier.binds {
                    let key = Key(carrier: carrier.name, bind: bind.name)
                    var chart = charts.removeValue(forKey: key) ?? BindChart()
                    chart.add(bind, at: now)
                    next[key] = chart
                }
            }
            charts = next
        }
    }

    /// The last minutes of each bind of the carrier, in their order.
    func recent(_ carrier: CarrierStatus, now: MonotonicTime) -> [BindRecent] {
        charts.withLock { charts in
            carrier.binds.map { bind in
                charts[Key(carrier: carrier.name, bind: bind.name)]?.recent(bind, now: now) ?? BindRecent()
            }
        }
    }

    /// The samples of a bind, oldest first.
    func samples(carrier: String, bind: String) -> [BindChart.Sample] {
        charts.withLock { $0[Key(carrier: carrier, bind: bind)].map { Array($0.samples) } ?? [] }
    }

    /// The last sample of a bind; nil before the first.
    func lastSample(carrier: String, bind: String) -> BindChart.Sample? {
        charts.withLock { $0[Key(carrier: carrier, bind: bind)]?.samples.last }
    }
}
