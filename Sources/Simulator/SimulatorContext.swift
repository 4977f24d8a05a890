import Logging
import NIOCore
import SMPP
import Synchronization

/// What all connections of a simulator share and none changes, but for what only faults touch.
final class SimulatorContext: Sendable {
    let options: SimulatorOptions
    let faults: FaultTable
    let shards: [ShardHandle]
    let logger: Logger
    /// Nanoseconds to add to the monotonic clock for those since 1970, taken once: a later step of the wall clock
    /// does not disturb the order of messages.
    let wallClockOffset: Int64
    let paces = PaceMeters()
    private let served = Mutex<Set<[UInt8]>>([])

    /// Destinations that `once` remembers; beyond them it forgets all and starts again.
    static let maximumServed = 10_000

    init(options: SimulatorOptions, shards: [ShardHandle], wallClockOffset: Int64, logger: Logger) {
        self.options = options
        self.shards = shards
        self.wallClockOffset = wallClockOffset
        self.logger = logger
        faults = FaultTable(rules: options.faults, withStandard: options.standardFaults)
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

    func unixNanoseconds(_ now: NIODeadline) -> Int64 {
        Int64(clamping: now.uptimeNanoseconds) + wallClockOffset
    }

    func text(of id: UInt64) -> String {
        switch options.messageIDs {
        case .decimal: String(id)
        case .hexadecimal: String(id, radix: 16)
        }
    }

    /// The id that a peer wrote, in the form in which it was given out; case does not matter.
    func id(from text: String) -> UInt64? {
        switch options.messageIDs {
        case .decimal: UInt64(text)
        case .hexadecimal: UInt64(text, radix: 16)
        }
    }

    /// The shard that gave this id out.
    func shard(of id: UInt64) -> ShardHandle {
        shards[Int(id % UInt64(shards.count))]
    }

    /// Who may bind: 0 or what refuses it (SMPP 3.4 §5.1.3).
    func verdict(on request: BindRequest) -> CommandStatus {
        guard let credentials = options.credentials else { return .ok }
        guard request.systemID == credentials.systemID else { return .invalidSystemID }
        return request.password == credentials.password ? .ok : .invalidPassword
    }
}

extension ReceivedMessage {
    /// Whether the SMSC holds the message: it was accepted, or its sender does not know.
    var isTaken: Bool { status == nil || status == .ok }
}
