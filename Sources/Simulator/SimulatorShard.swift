import NIOCore
import SMPP

/// What one event loop of the simulator owns: its counters, its last messages, its share of the ids, its chance.
///
/// Nothing on a message's way is shared between event loops. An id tells its shard (`id` modulo their number), so
/// `query_sm` finds a message that came over another bind.
final class SimulatorShard {
    var statistics = SimulatorStatistics()
    var messages: MessageRing
    var generator: SeededGenerator
    var sessions: [ObjectIdentifier: SimulatorSession] = [:]
    private var nextID: UInt64
    private let idStep: UInt64

    /// - Parameters:
    ///   - index: of this shard among `count`.
    ///   - firstID: a multiple of `count`; ids start behind it.
    init(index: Int, count: Int, firstID: UInt64, seed: UInt64, record: Int) {
        messages = MessageRing(capacity: record)
        generator = SeededGenerator(seed: seed &+ UInt64(index))
        nextID = firstID + UInt64(index)
        idStep = UInt64(count)
    }

    /// The next message's id.
    func takeID() -> UInt64 {
        nextID += idStep
        return nextID
    }

    func reset() {
        statistics.reset()
        messages.removeAll()
    }

    /// What `query_sm` tells of a message: nil where this SMSC does not know it, or knows it from another `system_id`.
    func query(_ id: UInt64, by systemID: String) -> (state: MessageState, addresses: MessageAddresses)? {
        guard let position = messages.position(of: id) else { return nil }
        let message = messages[position]
        guard message.systemID == systemID, message.isTaken else { return nil }
        let state: MessageState = message.cancelledAt.map { .deleted(at: $0) } ?? .enroute
        return (state, MessageAddresses(of: message))
    }

    /// Deletes a message; false where it is unknown, deleted already, or its addresses differ (SMPP 3.4 §4.9).
    func cancel(_ id: UInt64, _ request: CancelRequest, by systemID: String, at time: Int64) -> Bool {
        guard let position = messages.position(of: id) else { return false }
        return cancel(position: position, request, by: systemID, at: time)
    }

    /// Deletes every message from this source to this destination; how many they were.
    func cancelAll(_ request: CancelRequest, by systemID: String, at time: Int64) -> Int {
        messages.indices.count { cancel(position: $0, request, by: systemID, at: time) }
    }

    private func cancel(position: Int, _ request: CancelRequest, by systemID: String, at time: Int64) -> Bool {
        let message = messages[position]
        guard message.systemID == systemID, message.isTaken, message.cancelledAt == nil else { return false }
        let addresses = MessageAddresses(of: message)
        guard addresses.source == request.source.value, addresses.destination == request.destination.value else {
            return false
        }
        messages[position].cancelledAt = time
        return true
    }
}

/// The states of SMPP 3.4 §5.2.28 that a message of this simulator can have.
enum MessageState: Sendable, Equatable {
    /// Accepted; nothing is delivered yet.
    case enroute
    /// Cancelled, at so many nanoseconds since 1970.
    case deleted(at: Int64)

    /// As `message_state` writes it.
    var octet: UInt8 {
        switch self {
        case .enroute: 1
        case .deleted: 4
        }
    }

    /// As `final_date` writes it: empty until the state is final.
    var finalDate: String {
        switch self {
        case .enroute: ""
        case .deleted(let time): UTCTime(unixNanoseconds: time).smpp
        }
    }
}

/// Who sent a message to whom, as the addresses stand in its PDU.
struct MessageAddresses: Sendable, Equatable {
    var source: String
    var destination: String

    init(of message: ReceivedMessage) {
        let content = MessageContent(message.pdu)
        source = content?.source.value ?? ""
        destination = content?.destination.value ?? ""
    }
}

/// A shard from outside its event loop.
struct ShardHandle: Sendable {
    let eventLoop: any EventLoop
    let bound: NIOLoopBound<SimulatorShard>

    /// Runs `body` with the shard on its event loop.
    func submit<Result: Sendable>(
        _ body: @escaping @Sendable (SimulatorShard) -> Result
    ) -> EventLoopFuture<Result> {
        eventLoop.submit { body(bound.value) }
    }
}
