import SMPP

/// What became of a bind's messages: to the senders, or to other binds.
extension Bind {
    /// While reading, the end of the reading tells the senders.
    func perform(_ step: SubmitStep) {
        switch step {
        case .nothing:
            break
        case .complete(let key, let result):
            guard let message = leave(key) else { return }
            if isReading { answered.append((message, result)) } else { message.finish(result) }
        case .move(let key, let carried):
            guard let message = leave(key) else { return }
            message.carried = carried
            message.hops += 1
            reassign(message)
        case .late(let response):
            logLate(response)
            events.late(response)
        }
    }

    /// Tells the senders of what was completed while reading.
    func finishAnswered() {
        guard !answered.isEmpty else { return }
        var finished: ContiguousArray<(Submission, SubmissionResult)> = []
        swap(&finished, &answered)
        for (message, result) in finished { message.finish(result) }
        // The same memory for the next read.
        guard answered.isEmpty else { return }
        finished.removeAll(keepingCapacity: true)
        swap(&finished, &answered)
    }
}
