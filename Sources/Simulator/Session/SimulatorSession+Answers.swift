import NIOCore

extension SimulatorSession {
    /// The time until the next answer.
    func latency() -> TimeAmount {
        let usual = TimeAmount.nanoseconds(shared.latency.next(using: &shard.generator))
        guard let growth = shared.options.latencyGrowth else { return usual }
        return usual + TimeAmount(growth.added(shared.elapsed(.now())))
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
        let waiting = schedule.count
        guard var due = schedule.take(tick) else { return }
        answers.writeBuffer(&due)
        // Where they cannot leave at once, they still wait.
        unflushedMessages += waiting - schedule.count
        flushUnlessReading()
    }

    /// All answers that wait for their time are due.
    func answerAll() {
        unflushedMessages += schedule.count
        var waiting = schedule.takeAll()
        answers.writeBuffer(&waiting)
    }
}
