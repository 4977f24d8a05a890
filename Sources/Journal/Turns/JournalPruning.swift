/// When old records are deleted: in small steps, apart from each other, then a rest until new ones are old.
struct JournalPruning {
    private var next = ContinuousClock.now + JournalOptions.pruneEvery

    var isDue: Bool { ContinuousClock.now >= next }
    /// How long until then.
    var rest: Duration { max(.milliseconds(1), next - ContinuousClock.now) }

    mutating func stepped(isDone: Bool) {
        next = .now + (isDone ? JournalOptions.pruneRest : JournalOptions.pruneEvery)
    }
}
