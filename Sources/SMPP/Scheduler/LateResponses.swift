internal import DequeModule

/// A response to a segment whose message was already answered as unknown.
package struct LateResponse: Hashable, Sendable {
    /// The message, as `submit` was told.
    package var tag: UInt64
    /// Index of the segment in its message, from 0.
    package var segment: Int
    package var status: CommandStatus
    /// As the carrier wrote it; may be empty.
    package var messageID: String
    /// Since the segment was given up.
    package var overdueBy: Duration

    package init(tag: UInt64, segment: Int, status: CommandStatus, messageID: String, overdueBy: Duration) {
        self.tag = tag
        self.segment = segment
        self.status = status
        self.messageID = messageID
        self.overdueBy = overdueBy
    }
}

/// The sequence numbers of requests that were given up, so that a response that comes after all finds its message.
///
/// Bounded in number and time: beyond either bound the oldest is forgotten, and its response counts as unexpected.
struct LateResponses: Sendable {
    /// Whose response is missing.
    struct Missing: Hashable, Sendable {
        var tag: UInt64
        var segment: Int
        /// When its owner was told that nobody knows.
        var givenUpAt: MonotonicTime
    }

    /// A request as it stands in the order of giving up.
    private struct GivenUp {
        var sequence: UInt32
        var givenUpAt: MonotonicTime
    }

    private let kept: Duration
    private let most: Int
    private var missing: [UInt32: Missing] = [:]
    /// In the order of giving up; may name what was answered meanwhile.
    private var order = Deque<GivenUp>()

    /// - Parameters:
    ///   - kept: how long a response is waited for after its request was given up.
    ///   - most: how many are remembered at most.
    init(kept: Duration, most: Int) {
        self.kept = kept
        self.most = max(0, most)
    }

    /// How many responses are missing.
    var count: Int { missing.count }

    func contains(_ sequence: UInt32) -> Bool {
        !missing.isEmpty && missing[sequence] != nil
    }

    /// The request with this sequence number was given up.
    mutating func remember(_ sequence: UInt32, _ request: Missing, now: MonotonicTime) {
        guard most > 0 else { return }
        forgetOld(now: now)
        while order.count >= most { forgetOldest() }
        missing[sequence] = request
        order.append(GivenUp(sequence: sequence, givenUpAt: request.givenUpAt))
    }

    /// Whose response this is; a second one is nobody's.
    mutating func take(_ sequence: UInt32, now: MonotonicTime) -> Missing? {
        guard !missing.isEmpty else { return nil }
        forgetOld(now: now)
        return missing.removeValue(forKey: sequence)
    }

    mutating func removeAll() {
        missing.removeAll()
        order.removeAll()
    }

    private mutating func forgetOld(now: MonotonicTime) {
        while let oldest = order.first, now - oldest.givenUpAt > kept { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let oldest = order.removeFirst()
        // Numbers wrap: the same one may have been given up anew.
        if missing[oldest.sequence]?.givenUpAt == oldest.givenUpAt { missing[oldest.sequence] = nil }
    }
}
