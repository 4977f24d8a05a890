import Dispatch
import Synchronization

/// The way from the event loops to the journal's thread: one lock and at most one wake-up a batch, and a batch is a turn of
/// an event loop.
final class JournalQueue: Sendable {
    /// What the thread finds.
    struct Work {
        var parts: [HandedOver] = []
        var isStopping = false
    }

    private struct State {
        var parts: [HandedOver] = []
        var records = 0
        /// Records that the thread has taken and not written, those that it keeps because the database cannot be written too.
        var held = 0
        var isStopping = false
    }

    private let limit: Int
    private let batch: Int
    private let commitWithin: Duration
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(options: JournalOptions) {
        limit = max(1, options.queue)
        batch = max(1, options.batch)
        commitWithin = options.commitWithin
    }

    /// Records that wait.
    var count: Int { state.withLock { $0.records + $0.held } }

    /// Adds a part. What only tells how begun messages ended is always taken: they are bounded by what was let begin.
    ///
    /// - Parameter isOwed: whether it must be taken.
    /// - Returns: false when there is no room, or the journal has ended.
    func add(_ added: HandedOver, isOwed: Bool) -> Bool {
        let (isTaken, wakes) = state.withLock { state in
            guard !state.isStopping || isOwed, isOwed || state.records + state.held < limit else {
                return (false, false)
            }
            let before = state.records
            state.parts.append(added)
            state.records += added.part.count
            return (true, before == 0 || (before < batch && state.records >= batch))
        }
        if wakes { wake.signal() }
        return isTaken
    }

    /// No new messages from now on; the thread ends when it has written what is there.
    func stop() {
        state.withLock { $0.isStopping = true }
        wake.signal()
    }

    /// How many records the thread keeps of those that it took.
    func hold(_ count: Int) {
        state.withLock { $0.held = count }
    }

    /// Waits for something to do, at most so long. On the journal's thread.
    func wait(within time: Duration) {
        let end = ContinuousClock.now + time
        while true {
            let isThere = state.withLock { $0.isStopping || !$0.parts.isEmpty }
            let left = end - ContinuousClock.now
            guard !isThere, left > .zero, wake.wait(timeout: .now() + left.dispatch) == .success else { return }
            gather()
        }
    }

    /// What there is for one turn.
    func take() -> Work {
        state.withLock { state in
            var (records, end) = (0, 0)
            while end < state.parts.count, records < batch {
                records += state.parts[end].part.count
                end += 1
            }
            state.records -= records
            state.held += records
            var work = Work(isStopping: state.isStopping)
            if end < state.parts.count {
                work.parts = Array(state.parts[..<end])
                state.parts.removeFirst(end)
            } else {
                swap(&work.parts, &state.parts)
            }
            return work
        }
    }

    /// What has just come waits for others, where the configuration says so.
    private func gather() {
        guard commitWithin > .zero else { return }
        let end = ContinuousClock.now + commitWithin
        while state.withLock({ $0.records < batch && !$0.isStopping }) {
            let left = end - ContinuousClock.now
            guard left > .zero, wake.wait(timeout: .now() + left.dispatch) == .success else { return }
        }
    }
}

extension Duration {
    /// The same for Dispatch, in whole nanoseconds.
    var dispatch: DispatchTimeInterval {
        .nanoseconds(Int(clamping: Int64(components.seconds) * 1_000_000_000 + components.attoseconds / 1_000_000_000))
    }
}
