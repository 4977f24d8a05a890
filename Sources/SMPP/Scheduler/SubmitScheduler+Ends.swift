/// How messages leave a bind otherwise than by their responses.
extension SubmitScheduler {
    /// The oldest waiting messages of which nothing was ever written, for another bind with room.
    ///
    /// - Parameter limit: how many at most.
    /// - Returns: a `.move` for each, in the order of arrival.
    package mutating func handOver(upTo limit: Int) -> [SubmitStep] {
        let chosen = queues.oldest(upTo: limit) { !entries[$0].progress.wasWritten }
        return chosen.map { index in
            let key = key(index)
            release(key)
            return .move(key, carried: nil)
        }
    }

    /// The connection is gone: what is open is unknown, what was not written (or was refused) may move.
    package mutating func connectionLost() -> [SubmitStep] {
        var steps: [SubmitStep] = []
        while let submit = window.dropOldest() {
            giveUp(submit, .connectionLost, &steps)
        }
        window.restart()
        for key in liveKeys() {
            let progress = entries[key.index].progress
            if progress.mayMove {
                steps.append(.move(key, carried: progress.wasWritten ? progress.outcomes : nil))
                release(key)
            } else {
                steps.append(complete(key, progress.result(notSent: .noBind)))
            }
        }
        return steps
    }

    /// Every message is completed with what is known now; what was not written is not sent for `reason`.
    package mutating func abandon(_ reason: NotSentReason, now: MonotonicTime) -> [SubmitStep] {
        var steps: [SubmitStep] = []
        while let submit = window.giveUpOldest(now: now) {
            giveUp(submit, .carrierTimeout, &steps)
        }
        for key in liveKeys() {
            steps.append(complete(key, entries[key.index].progress.result(notSent: reason)))
        }
        return steps
    }

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

    /// Live messages in the order of arrival.
    private func liveKeys() -> [MessageKey] {
        entries.indices
            .filter { entries[$0].isTaken }
            .sorted { queues.arrival($0) < queues.arrival($1) }
            .map(key)
    }
}
