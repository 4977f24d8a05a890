import NIOCore

/// Sends messages of subscribers at a steady rate.
struct InboundSource: Sendable {
    /// How often it looks what is due.
    private static let interval = TimeAmount.milliseconds(10)
    /// Messages at one look; what is beyond them is not made up for.
    static let maximumBurst = 10_000
    /// Each so many messages one is long.
    private static let longEvery = 10

    private let options: InboundOptions
    private let context: SimulatorContext

    init(_ options: InboundOptions, _ context: SimulatorContext) {
        self.options = options
        self.context = context
    }

    /// What it knows from look to look; it belongs to the first event loop.
    private final class Progress {
        var due = 0.0
        var last = NIODeadline.now()
        var count = 0
    }

    func start() -> RepeatedTask {
        let shard = context.shards[0]
        let progress = NIOLoopBoundBox.makeBoxSendingValue(Progress(), eventLoop: shard.eventLoop)
        return shard.eventLoop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            look(progress.value, shard.bound.value)
        }
    }

    private func look(_ progress: Progress, _ shard: SimulatorShard) {
        let now = NIODeadline.now()
        progress.due += options.rate * Double((now - progress.last).nanoseconds) / 1e9
        progress.last = now
        progress.due = min(progress.due, Double(Self.maximumBurst))
        while progress.due >= 1 {
            progress.due -= 1
            // While nobody receives nothing is sent, and nothing is made up for.
            guard let mailbox = context.mailboxes.nextReceiving() else { continue }
            progress.count += 1
            guard let message = message(progress.count, shard) else { continue }
            shard.send(message.deliveries(reference: UInt16(truncatingIfNeeded: progress.count & 0xFF)), to: mailbox)
        }
    }

    private func message(_ count: Int, _ shard: SimulatorShard) -> InboundMessage? {
        let subscriber = UInt64.random(in: 0..<10_000_000, using: &shard.generator)
        let from = options.from ?? String(79_160_000_000 + subscriber)
        let sentence = "Inbound message \(count)."
        let isLong = count.isMultiple(of: Self.longEvery)
        let text = options.text ?? (isLong ? Array(repeating: sentence, count: 12).joined(separator: " ") : sentence)
        return try? InboundMessage(from: from, to: options.to, text: text)
    }
}

extension SimulatorShard {
    /// Sends the parts of a message of a subscriber over one bind.
    func send(_ parts: [Delivery], to mailbox: Mailbox) {
        statistics.inbound.waiting += parts.count
        post(parts, to: mailbox, together: true)
    }
}
