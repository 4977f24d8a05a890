/// What becomes of a segment that the edge finds it cannot write after all.
extension SubmitScheduler {
    /// The segment that `nextWrite` gave last cannot be encoded: no byte of it was handed to a socket. Its slot is free
    /// again, and the rest of its message is not written.
    package mutating func couldNotWrite(_ write: SubmitWrite) -> SubmitStep {
        guard window.close(write.sequence) != nil else { return .nothing }
        let index = write.message.index
        counters.written -= 1
        entries[index].progress.couldNotWrite(write.segment)
        queues.remove(index)
        guard isLive(write.message), entries[index].progress.isFinished else { return .nothing }
        return complete(write.message, entries[index].progress.result(notSent: .unwritable))
    }
}

extension BindSession {
    /// See `SubmitScheduler.couldNotWrite`.
    package mutating func couldNotWrite(_ write: SubmitWrite) -> SubmitStep {
        traffic.couldNotWrite(write)
    }
}
