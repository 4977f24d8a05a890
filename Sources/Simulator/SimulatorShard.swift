import NIOCore
import SMPP

/// What one event loop of the simulator owns: its counters, its last messages, its share of the ids, its chance.
///
/// Nothing on a message's way is shared between event loops. An id tells its shard (`id` modulo their number), so
/// `query_sm` finds a message that came over another bind.
final class SimulatorShard {
    var statistics = SimulatorStatistics()
    var messages: MessageRing
    var generator: SplitMix64
    var sessions: [ObjectIdentifier: SimulatorSession] = [:]
    /// Those of `sessions` that may be sent `deliver_sm`, by their binds' numbers.
    var receivers: [UInt64: SimulatorSession] = [:]
    var deliveries = DeliverySchedule()
    /// Whether a kept message may be cancelled.
    private(set) var hasCancelled = false
    /// Receipts of messages with higher numbers are of the run that is under way.
    private(set) var runBegan = UInt64.max
    let index: Int
    let eventLoop: any EventLoop
    private var nextID: UInt64
    private let idStep: UInt64

    /// - Parameters:
    ///   - index: of this shard among `count`.
    ///   - firstID: ids start `count` behind it.
    init(index: Int, count: Int, firstID: UInt64, seed: UInt64, record: Int, eventLoop: any EventLoop) {
        self.index = index
        self.eventLoop = eventLoop
        messages = MessageRing(capacity: record)
        generator = SplitMix64(seed: seed &+ UInt64(index))
        nextID = firstID &+ UInt64(index)
        idStep = UInt64(count)
    }

    /// The next message's id.
    func takeID() -> UInt64 {
        nextID &+= idStep
        return nextID
    }

    /// Forgets what came up to the message with this number.
    func reset(through number: UInt64) {
        for session in sessions.values { session.lastMessage = nil }
        statistics.reset()
        messages.removeAll(through: number)
    }

    /// A run begins, of the messages behind this number.
    func beginRun(after number: UInt64) {
        runBegan = number
        statistics.runReceipts = DeliveryCounts()
    }

    /// What `query_sm` tells of a message: nil where this SMSC does not know it, or knows it from another `system_id`.
    ///
    /// - Parameter time: now, nanoseconds since 1970.
    func query(
        _ id: UInt64, by systemID: String, at time: Int64
    ) -> (state: MessageState, addresses: MessageAddresses)? {
        guard let position = messages.position(of: id) else { return nil }
        let message = messages[position]
        guard message.systemID == systemID, message.isTaken else { return nil }
        return (message.state(at: time), MessageAddresses(of: message))
    }

    /// Deletes a message; nil where it is unknown, in a final state already, or its addresses differ (SMPP 3.4 §4.9).
    func cancel(_ id: UInt64, _ request: CancelRequest, by systemID: String, at time: Int64) -> ReceivedMessage? {
        guard let position = messages.position(of: id) else { return nil }
        return cancel(position: position, request, by: systemID, at: time)
    }

    /// Deletes every message from this source to this destination.
    func cancelAll(_ request: CancelRequest, by systemID: String, at time: Int64) -> [ReceivedMessage] {
        messages.indices.compactMap { cancel(position: $0, request, by: systemID, at: time) }
    }

    private func cancel(
        position: Int, _ request: CancelRequest, by systemID: String, at time: Int64
    ) -> ReceivedMessage? {
        let message = messages[position]
        guard message.systemID == systemID, message.isTaken, message.state(at: time) == .enroute else { return nil }
        let addresses = MessageAddresses(of: message)
        guard addresses.source == request.source.value, addresses.destination == request.destination.value else {
            return nil
        }
        messages[position].cancelledAt = time
        hasCancelled = true
        return messages[position]
    }

    /// Whether `cancel_sm` has deleted a message that is still kept.
    func isCancelled(_ id: UInt64) -> Bool {
        guard let position = messages.position(of: id) else { return false }
        return messages[position].cancelledAt != nil
    }
}

/// The states of SMPP 3.4 §5.2.28 that a message of this simulator can have.
enum MessageState: Sendable, Equatable {
    /// Accepted; nothing is delivered yet.
    case enroute
    /// What its receipt tells, since so many nanoseconds since 1970.
    case reached(ReceiptState, at: Int64)
    /// Cancelled, at so many nanoseconds since 1970.
    case deleted(at: Int64)

    /// As `message_state` writes it.
    var octet: UInt8 {
        switch self {
        case .enroute: 1
        case .reached(let state, _): state.messageState
        case .deleted: 4
        }
    }

    /// As `final_date` writes it: empty until the state is final.
    var finalDate: String {
        switch self {
        case .enroute: ""
        case .reached(let state, let time): state.isFinal ? UTCTime(unixNanoseconds: time).smpp : ""
        case .deleted(let time): UTCTime(unixNanoseconds: time).smpp
        }
    }
}

extension ReceivedMessage {
    /// As `query_sm` tells it.
    func state(at time: Int64) -> MessageState {
        if let cancelledAt { return .deleted(at: cancelledAt) }
        guard let fate, fate.unixNanoseconds <= time else { return .enroute }
        return .reached(fate.state, at: fate.unixNanoseconds)
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
    let index: Int
    let eventLoop: any EventLoop
    let bound: NIOLoopBound<SimulatorShard>

    /// Runs `body` with the shard on its event loop.
    func submit<Result: Sendable>(
        _ body: @escaping @Sendable (SimulatorShard) -> Result
    ) -> EventLoopFuture<Result> {
        eventLoop.submit { body(bound.value) }
    }
}
