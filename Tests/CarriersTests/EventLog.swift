import Cluster
import Logging
import SMPP
import Synchronization

@testable import Carriers

/// What a carrier tells beside the outcomes, and what it logs.
final class EventLog: Sendable {
    struct State {
        var late: [LateResponse] = []
        var deliveries: [InboundDelivery] = []
        var accepted: [AcceptedSegment] = []
        /// How many were accepted when each delivery came.
        var acceptedBefore: [Int] = []
        /// Of slots, in their order.
        var reaches: [Int: [SlotReach]] = [:]
        /// Level, text and metadata of each line.
        var lines: [String] = []
    }

    private let shared = Mutex(State())

    var state: State { shared.withLock { $0 } }

    var events: CarrierEvents {
        CarrierEvents(
            accepted: { segments, _ in self.shared.withLock { $0.accepted += segments } },
            late: { response in self.shared.withLock { $0.late.append(response) } },
            deliver: { delivery, answer in
                self.shared.withLock {
                    $0.deliveries.append(delivery)
                    $0.acceptedBefore.append($0.accepted.count)
                }
                answer.give(.kept)
            },
            reached: { slot, reach in self.shared.withLock { $0.reaches[slot, default: []].append(reach) } })
    }

    func add(line: String) {
        shared.withLock { $0.lines.append(line) }
    }
}

/// Keeps every line.
struct RecordingLogHandler: LogHandler {
    let log: EventLog
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    init(log: EventLog) {
        self.log = log
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        log.add(line: (["\(event.level)", "\(event.message)"] + words).joined(separator: " "))
    }
}
