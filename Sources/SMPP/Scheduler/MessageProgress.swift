/// How far a message has come on its bind: a value that is truthful at every moment.
///
/// `outcomes` always says what is known: `.notSent` before a segment is written, `.unknown(.carrierTimeout)` from the write
/// on, the refusal while a retry waits, and the answer once there is one. So a message can be completed at any time.
package struct MessageProgress: Hashable, Sendable {
    /// Why no further segment is written.
    package enum Stop: Hashable, Sendable {
        /// A segment was finally refused.
        case refused
        /// The bind refused to carry messages.
        case otherBind
        /// A segment cannot be written as it is.
        case unwritable
        /// The answers to what is left could not come before the deadline.
        case outOfTime
    }

    /// One per segment, in order. Inlined, as `result` is: a call would copy the whole value.
    @inline(__always)
    package var outcomes: [SegmentOutcome] { others.isEmpty ? [first] : [first] + others }
    /// The first segment's outcome. Nearly every message is one segment: an array for it costs more than all the rest here.
    private var first = SegmentOutcome.notSent
    private var others: [SegmentOutcome]
    /// When the message is completed with what is known then.
    package private(set) var deadline: MonotonicTime
    /// Segments written and not yet answered nor overdue.
    package private(set) var open = 0
    /// Set where nothing further is written.
    package private(set) var stop: Stop?
    /// Where this is set, nothing is written before it.
    package private(set) var resumeAt: MonotonicTime?
    /// Whether a byte of any segment was ever handed to a socket, on this bind or on an earlier one.
    package private(set) var wasWritten = false

    private var movedForRefusal = false
    private var nextSegment = 0
    private var again: [Int] = []
    private var attempts: [Int: Int] = [:]
    /// What the carrier answered last to a segment that is tried again.
    private var refusals: [Int: CommandStatus] = [:]

    /// - Parameter segments: at least 1.
    package init(segments: Int, deadline: MonotonicTime) {
        others = segments > 1 ? Array(repeating: .notSent, count: segments - 1) : []
        self.deadline = deadline
    }

    /// Another message's, where the one before is gone (`end`).
    mutating func begin(segments: Int, deadline: MonotonicTime) {
        if segments > 1 { others = Array(repeating: .notSent, count: segments - 1) }
        self.deadline = deadline
        open = 0
        stop = nil
        resumeAt = nil
        wasWritten = false
        movedForRefusal = false
        nextSegment = 0
    }

    /// Of an entry whose message is gone.
    static let gone = MessageProgress(segments: 1, deadline: MonotonicTime(nanoseconds: 0))

    /// The segment to write next; nil when there is none, or none for now.
    package var nextToWrite: Int? {
        guard stop == nil, resumeAt == nil else { return nil }
        if let segment = again.first { return segment }
        return nextSegment <= others.count ? nextSegment : nil
    }

    /// How many segments are to be written, now or later.
    package var toWrite: Int {
        stop == nil ? again.count + others.count + 1 - nextSegment : 0
    }

    /// How many segments it has.
    package var segments: Int { others.count + 1 }

    /// Nothing more will happen to the message.
    package var isFinished: Bool {
        open == 0 && (stop != nil || (again.isEmpty && nextSegment > others.count))
    }

    /// Whether another bind may start the message anew: no segment was accepted or may have been.
    package var mayMove: Bool {
        first.mayMove && others.allSatisfy(\.mayMove)
    }

    /// Whether, besides a segment that is being answered, others are open or were accepted.
    var hasMoreWritten: Bool {
        guard !others.isEmpty else { return false }
        return open > 1 || outcomes.contains { if case .accepted = $0 { true } else { false } }
    }

    /// Whether the message should go to another bind now that it is finished here. Once in its life.
    package var wantsOtherBind: Bool {
        stop == .otherBind && !movedForRefusal && mayMove
    }

    /// What the message's owner is told.
    ///
    /// - Parameter reason: why, where nothing was ever written.
    @inline(__always)
    package func result(notSent reason: NotSentReason) -> SubmissionResult {
        wasWritten ? .sent(outcomes) : .notSent(stop == .unwritable ? .unwritable : reason)
    }

    private subscript(segment: Int) -> SegmentOutcome {
        get { segment == 0 ? first : others[segment - 1] }
        set { if segment == 0 { first = newValue } else { others[segment - 1] = newValue } }
    }

    /// How often the segment was tried again because its status allows a number of retries.
    package func attempts(of segment: Int) -> Int {
        attempts.isEmpty ? 0 : attempts[segment, default: 0]
    }

    /// The bytes of `segment` are handed to the socket.
    package mutating func wrote(_ segment: Int) {
        if again.first == segment { again.removeFirst() } else { nextSegment = segment + 1 }
        self[segment] = .unknown(.carrierTimeout)
        wasWritten = true
        open += 1
    }

    /// The carrier answered for `segment`.
    package mutating func answered(_ segment: Int, _ verdict: SubmitVerdict) {
        open -= 1
        switch verdict {
        case .accepted(let messageID):
            self[segment] = .accepted(messageID: messageID)
        case .refused(let status):
            self[segment] = .refused(status)
            stop = .refused
        case .retry(let status, let time):
            self[segment] = .refused(status)
            refusals[segment] = status
            attempts[segment, default: 0] += 1
            retry(segment)
            resumeAt = resumeAt.map { max($0, time) } ?? time
        case .otherBind(let status):
            self[segment] = .refused(status)
            refusals[segment] = status
            if stop == nil { stop = .otherBind }
        }
    }

    /// No response came for `segment`, and none is waited for any more.
    package mutating func gaveUp(_ segment: Int, _ reason: UnknownReason) {
        open -= 1
        self[segment] = .unknown(reason)
    }

    /// `segment`, told as written, could not be: no byte of it was handed to the socket.
    package mutating func couldNotWrite(_ segment: Int) {
        takeBack(segment)
        stop = stop ?? .unwritable
    }

    /// `segment`, told as written, never left: its connection was lost before. It is written again, first of all.
    package mutating func neverLeft(_ segment: Int) {
        takeBack(segment)
        retry(segment)
    }

    /// The last write of `segment` did not happen: what the carrier said before still holds.
    private mutating func takeBack(_ segment: Int) {
        open -= 1
        self[segment] = refusals[segment].map(SegmentOutcome.refused) ?? .notSent
        wasWritten = outcomes.contains { $0 != .notSent }
    }

    /// Nothing further is written, since it could not be answered in time.
    package mutating func runOutOfTime() {
        stop = stop ?? .outOfTime
        resumeAt = nil
    }

    /// The message begins anew, on any bind: `mayMove` holds and nothing is open.
    ///
    /// - Parameter forRefusal: the bind that it was on refused to carry messages.
    package mutating func startOver(forRefusal: Bool) {
        nextSegment = 0
        again.removeAll()
        resumeAt = nil
        stop = nil
        movedForRefusal = movedForRefusal || forRefusal
    }

    /// The message is gone: what it held is given back.
    mutating func end() {
        first = .notSent
        if !others.isEmpty { others = [] }
        if !again.isEmpty { again = [] }
        if !attempts.isEmpty { attempts = [:] }
        if !refusals.isEmpty { refusals = [:] }
    }

    /// The wait before a retry is over.
    package mutating func resume() {
        resumeAt = nil
    }

    /// Segments are tried again in their order.
    private mutating func retry(_ segment: Int) {
        let index = again.firstIndex { $0 > segment } ?? again.count
        again.insert(segment, at: index)
    }
}

extension SegmentOutcome {
    /// Whether the segment is surely not the carrier's.
    fileprivate var mayMove: Bool {
        switch self {
        case .accepted, .unknown: false
        case .refused, .notSent: true
        }
    }
}
