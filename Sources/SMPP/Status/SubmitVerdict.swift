/// What a `submit_sm_resp` or a `generic_nack` means for its segment.
package enum SubmitVerdict: Hashable, Sendable {
    /// The segment is the carrier's.
    case accepted(messageID: String)
    /// Final: the segment and what follows it in the message are not sent.
    case refused(CommandStatus)
    /// The same bind tries once more at that time.
    case retry(CommandStatus, at: MonotonicTime)
    /// This bind is of no use for the message; another one may be.
    case otherBind(CommandStatus)
}
