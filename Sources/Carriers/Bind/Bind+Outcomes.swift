import SMPP

/// What became of a bind's messages: to the senders, or to other binds.
extension Bind {
    /// While reading, the end of the reading tells the senders.
    func perform(_ step: SubmitStep) {
        switch step {
        case .nothing:
            break
        case .complete(let key, let result):
            guard let flight = leave(key) else { return }
            if isReading { answered.append((flight, result)) } else { flight.finish(result) }
        case .move(let key, let carried):
            guard let flight = leave(key) else { return }
            flight.carried = carried
            flight.hops += 1
            place(flight)
        case .late(let response):
            logLate(response)
            events.late(response)
        }
    }

    /// Tells the senders of what was completed while reading.
    func finishAnswered() {
        guard !answered.isEmpty else { return }
        var finished: ContiguousArray<(Flight, SubmissionResult)> = []
        swap(&finished, &answered)
        for (flight, result) in finished { flight.finish(result) }
        // The same memory for the next read.
        guard answered.isEmpty else { return }
        finished.removeAll(keepingCapacity: true)
        swap(&finished, &answered)
    }
}
