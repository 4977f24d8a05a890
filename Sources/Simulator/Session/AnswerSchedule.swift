import NIOCore

/// Answers that wait for their time. Those due within one tick leave together, in one write and by one timer.
struct AnswerSchedule {
    /// How finely answers are timed: 0.25 ms.
    static let tickNanoseconds: UInt64 = 250_000
    /// Answers that may wait on one connection; more are refused with 0x14.
    static let maximumWaiting = 100_000

    private struct Bucket {
        var octets = ByteBuffer()
        var count = 0
    }

    private var buckets: [UInt64: Bucket] = [:]
    /// Answers that wait.
    private(set) var count = 0

    /// The tick nearest to a time.
    static func tick(_ time: NIODeadline) -> UInt64 {
        (time.uptimeNanoseconds + tickNanoseconds / 2) / tickNanoseconds
    }

    /// When a tick's answers are due.
    static func due(_ tick: UInt64) -> NIODeadline {
        .uptimeNanoseconds(tick * tickNanoseconds)
    }

    /// Adds the answer that `write` appends. True when it is the tick's first: the caller sets a timer for `due(tick)`.
    mutating func add(at tick: UInt64, _ write: (inout ByteBuffer) -> Void) -> Bool {
        write(&buckets[tick, default: Bucket()].octets)
        buckets[tick]?.count += 1
        count += 1
        return buckets[tick]?.count == 1
    }

    /// A tick's answers, if they still wait.
    mutating func take(_ tick: UInt64) -> ByteBuffer? {
        guard let bucket = buckets.removeValue(forKey: tick) else { return nil }
        count -= bucket.count
        return bucket.octets
    }

    /// All that wait, in the order of their times.
    mutating func takeAll() -> ByteBuffer {
        var all = ByteBuffer()
        for tick in buckets.keys.sorted() {
            if var octets = take(tick) { all.writeBuffer(&octets) }
        }
        return all
    }
}
