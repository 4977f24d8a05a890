package import Messaging
package import NIOCore
package import SMPP

/// One message for one carrier, on its way through the carrier's binds. All its segments go over one bind, in order.
///
/// An object: from bind to bind goes one reference. Unchecked `Sendable`: one bind has it at a time, and whoever hands it
/// to another event loop lets go of it; `completion`, which is not `Sendable`, is called on `eventLoop` alone (`finish`), once.
package final class Submission: @unchecked Sendable {
    package let id: MessageID
    /// At least one.
    package let segments: [ShortMessage]
    /// `completion` is called by then: what is unanswered is unknown, what is unwritten is not sent.
    package let deadline: NIODeadline
    package let eventLoop: any EventLoop
    /// Whose it is: accounts get their turns in the carrier's queues. The account's index, 0 to 65,535.
    package let account: Int
    /// Called exactly once, on `eventLoop`; possibly before `Carrier.submit` returns.
    private let completion: (SubmissionResult) -> Void

    /// How many binds it was given to before.
    var hops = 0
    /// What the bind before answered, where something was written there and refused.
    var carried: [SegmentOutcome]?
    /// It waited on another bind already, which gave it to one with room.
    var isShared = false
    /// Since when it waits for a free slot and its turn; nil once a byte of it is written.
    var waitingSince: MonotonicTime?

    package init(
        id: MessageID, segments: [ShortMessage], deadline: NIODeadline, eventLoop: any EventLoop,
        account: Int = 0, completion: @escaping (SubmissionResult) -> Void
    ) {
        precondition(!segments.isEmpty, "a message without segments was submitted")
        self.id = id
        self.segments = segments
        self.deadline = deadline
        self.eventLoop = eventLoop
        self.account = account
        self.completion = completion
    }

    /// Gives the owner the result, on the owner's event loop: at once when this is it, else by one hop.
    func finish(_ result: SubmissionResult) {
        if eventLoop.inEventLoop {
            completion(result)
        } else {
            eventLoop.execute { self.completion(result) }
        }
    }

    /// Gives the owner the result that no bind takes the message (any more).
    func finishUnassigned(_ reason: NotSentReason) {
        finish(carried.map(SubmissionResult.sent) ?? .notSent(reason))
    }
}
