/// What a `submit_sm_resp` or a `generic_nack` means for its segment.
package enum SubmitVerdict: Hashable, Sendable {
    /// The segment is the carrier's.
    case accepted(messageID: String)
    /// Final: the segment and what follows it in the message are not sent.
    case refused(CommandStatus)
    /// The same bind tries once more at that time.
    case retry(CommandStatus, at: MonotonicTime)
    /// The same bind tries once more when its pause is over.
    case retryAfterPause(CommandStatus)
    /// This bind is of no use for the message; another one may be.
    case otherBind(CommandStatus)

    /// Decides.
    ///
    /// - Parameters:
    ///   - rule: what the status table says about retries of `status`.
    ///   - attempts: how often this segment was retried because of `.times` before.
    ///   - pauseEnd: when the bind may write again, for `.afterBindBackoff`.
    ///   - deadline: the message's; a retry that cannot be written before it is no retry.
    package static func decide(
        status: CommandStatus, messageID: String, rule: BridgeRetry, attempts: Int, pauseEnd: MonotonicTime,
        now: MonotonicTime, deadline: MonotonicTime
    ) -> SubmitVerdict {
        guard status != .ok else { return .accepted(messageID: messageID) }
        switch rule {
        case .never:
            return .refused(status)
        case .otherBindOnce:
            return .otherBind(status)
        case .afterBindBackoff:
            return pauseEnd < deadline ? .retryAfterPause(status) : .refused(status)
        case .times(let most, let after):
            let due = now + after
            return attempts < most && due < deadline ? .retry(status, at: due) : .refused(status)
        }
    }
}
