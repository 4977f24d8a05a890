/// Why the bytes of a connection are not a request.
package enum RequestProblem: Error, Sendable, Hashable {
    /// They break HTTP/1.1's grammar, or may be read in more than one way.
    case malformed
    /// The request line's target and the header fields are larger, or the fields are more, than the bounds.
    case headersTooLarge

    /// The error of the reply.
    package var code: ReplyCode {
        switch self {
        case .malformed: .badRequest
        case .headersTooLarge: .headersTooLarge
        }
    }
}
