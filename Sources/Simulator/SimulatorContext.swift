import Logging
import NIOCore
import SMPP
import Synchronization

/// What all connections of a simulator share and none changes, but for what only faults touch.
final class SimulatorContext: Sendable {
    let options: SimulatorOptions
    let faults: FaultPlan
    let latency: LatencySampler
    /// Nil where no receipts are sent.
    let receipts: ReceiptWriter?
    let shards: [ShardHandle]
    let logger: Logger
    /// Nanoseconds to add to the monotonic clock for those since 1970, taken once: a later step of the wall clock
    /// does not disturb the order of messages.
    let wallClockOffset: Int64
    /// For faults by schedule.
    let startedAt: NIODeadline
    let paces = BySystemID { PaceMeter() }
    let bindCounts = BySystemID { BindCount() }
    let mailboxes = Mailboxes()
    let numbers = MessageNumbers()
    /// Nil for a good SMSC.
    let quirks: SharedQuirks?
    let faultSwitch = FaultSwitch()
    private let lastBind = Atomic<UInt64>(0)
    private let served = Mutex<Set<[UInt8]>>([])

    /// Destinations that `once` remembers; beyond them it forgets all and starts again.
    static let maximumServed = 10_000

    init(options: SimulatorOptions, shards: [ShardHandle], wallClockOffset: Int64, logger: Logger) {
        self.options = options
        self.shards = shards
        self.wallClockOffset = wallClockOffset
        self.logger = logger
        startedAt = .now()
        quirks = SharedQuirks(options.quirks)
        faults = FaultPlan(options)
        latency = LatencySampler(options.latency, jitter: options.jitter)
        receipts = options.receipts.map { ReceiptWriter($0) }
    }

    /// Whether `once` meets this destination for the first time.
    func isFirst(_ destination: [UInt8]) -> Bool {
        served.withLock { served in
            if served.count >= Self.maximumServed { served.removeAll() }
            return served.insert(destination).inserted
        }
    }

    /// Forgets whom `once` has met.
    func forgetServed() {
        served.withLock { $0.removeAll() }
    }

    /// The next bind's number.
    func takeBindNumber() -> UInt64 {
        lastBind.wrappingAdd(1, ordering: .relaxed).newValue
    }

    func unixNanoseconds(_ now: NIODeadline) -> Int64 {
        Int64(clamping: now.uptimeNanoseconds) + wallClockOffset
    }

    /// How long the simulator has run.
    func elapsed(_ now: NIODeadline) -> Duration {
        .nanoseconds((now - startedAt).nanoseconds)
    }

    /// As `submit_sm_resp` writes an id.
    func text(of id: UInt64) -> String { options.messageIDs.text(id) }

    /// The id that a peer wrote, in the form in which it was given out; case does not matter.
    func id(from text: String) -> UInt64? { options.messageIDs.id(from: text) }

    /// The shard that gave this id out.
    func shard(of id: UInt64) -> ShardHandle {
        shards[Int(id % UInt64(shards.count))]
    }

    /// Who may bind: 0 or what refuses it (SMPP 3.4 §5.1.3).
    func verdict(on request: BindRequest) -> CommandStatus {
        guard !options.logins.isEmpty else { return .ok }
        guard let password = options.logins[request.systemID] else { return .invalidSystemID }
        return request.password == password ? .ok : .invalidPassword
    }
}

/// Numbers the messages of all event loops together, without gaps.
final class MessageNumbers: Sendable {
    private let last = Atomic<UInt64>(0)
    /// The last number before the last reset.
    private let base = Atomic<UInt64>(0)
    private let lastReference = Atomic<UInt8>(0)

    /// The next message's number.
    func take() -> UInt64 {
        last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// What the parts of the next text that `POST /inbound` sends have in common.
    func takeReference() -> UInt16 {
        UInt16(lastReference.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Messages with this number or a lower one came before the last reset.
    var resetAt: UInt64 { base.load(ordering: .relaxed) }

    /// The newest message's.
    var current: UInt64 { last.load(ordering: .relaxed) }

    /// Begins a new count behind the messages that have come; the last of them.
    func reset() -> UInt64 {
        let number = last.load(ordering: .relaxed)
        base.store(number, ordering: .relaxed)
        return number
    }
}

extension ReceivedMessage {
    /// Whether the SMSC holds the message: it was accepted, or its sender does not know.
    var isTaken: Bool { status == nil || status == .ok }
}
