import Cluster

/// A process of a simulated cluster: its clock, its keeper, its connection and its sockets to carriers.
struct SimulatedNode {
    /// A share that counts against the contract, in true time.
    struct Share {
        var share: Int
        var from: Int64
        var until: Int64
    }

    /// A socket to a carrier; while it is there, something may be written.
    struct Socket {
        var shares: [Share]

        /// What may be sent within the second that ends at `time`.
        func most(at time: Int64) -> Int {
            shares.filter { $0.from <= time && time < $0.until }.map(\.share).max() ?? 0
        }
    }

    let index: Int
    /// Of its clock against true time: 0.99 to 1.01.
    let rate: Double
    let offset: Int64
    var contracts: [String: CarrierContract]
    /// Nil where no process runs.
    var keeper: Keeper?
    /// Lives of the process and runs of its keepers, counted: what was ordered in another one is void.
    var life = 0
    var runs = 0
    var isStopped = false
    var killAt: Int64?
    var connection: Int?
    var sockets: [SlotKey: Socket] = [:]
    /// Shares of sockets that are closed; they count for another second.
    var past: [(key: SlotKey, socket: Socket)] = []
    /// What came while the process was stopped.
    var inbox: [KeeperEvent] = []
    /// When its keeper is to be told the time.
    var wakeAt = Int64.max

    // Faults that are on, until then.
    var isCutUntil: Int64 = 0
    var isSlowUntil: Int64 = 0
    var isOutOfReachUntil: Int64 = 0

    init(index: Int, rate: Double, offset: Int64, contracts: [String: CarrierContract]) {
        self.index = index
        self.rate = rate
        self.offset = offset
        self.contracts = contracts
    }

    /// The own clock at a true time.
    func clock(_ time: Int64) -> Duration { .nanoseconds(offset + Int64(Double(time) * rate)) }

    /// The true time, rounded up, at which the own clock shows `clock`.
    func time(_ clock: Duration) -> Int64 {
        let (seconds, attoseconds) = clock.components
        return Int64(Double(seconds * 1_000_000_000 + attoseconds / 1_000_000_000 - offset) / rate) + 2
    }
}
