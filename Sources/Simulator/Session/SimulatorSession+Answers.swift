import NIOCore

extension SimulatorSession {
    /// The time until the next answer.
    func latency() -> TimeAmount {
        .nanoseconds(shared.latency.next(using: &shard.generator))
    }

    /// Writes an answer when it is due.
    func answer(_ arrival: Arrival, after delay: TimeAmount, _ plain: (inout ByteBuffer) -> Void) {
        func write(_ octets: inout ByteBuffer) { writeWithQuirks(&octets, plain) }
        guard delay > .zero else {
            write(&answers)
            unflushedMessages += 1
            return
        }
        let tick = AnswerSchedule.tick(arrival.time + delay)
        guard schedule.add(at: tick, write) else { return }
        context?.eventLoop.assumeIsolated().scheduleTask(deadline: AnswerSchedule.due(tick)) {
            self.answersAreDue(tick)
        }
    }

    private func answersAreDue(_ tick: UInt64) {
        guard var due = schedule.take(tick) else { return }
        answers.writeBuffer(&due)
        flushUnlessReading()
    }
}
