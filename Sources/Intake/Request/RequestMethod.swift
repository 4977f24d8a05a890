/// The methods that are told apart. The form takes POST; the rest of what is registered gets a 405, anything else is no HTTP.
package enum RequestMethod: Sendable, Hashable {
    case post
    case get
    case head
    case options
    case connect
    /// Any other method of `registered`.
    case other

    /// The method of a name; case counts (RFC 9110 §9.1). Nil for a name that is not registered.
    init?(_ name: Span<UInt8>) {
        if name.equals("POST") {
            self = .post
        } else if name.equals("GET") {
            self = .get
        } else if name.equals("HEAD") {
            self = .head
        } else if name.equals("OPTIONS") {
            self = .options
        } else if name.equals("CONNECT") {
            self = .connect
        } else if Self.registered.contains(where: { name.equals($0) }) {
            self = .other
        } else {
            return nil
        }
    }

    /// Whether a registered name begins with `start`.
    static func canBegin(with start: Span<UInt8>) -> Bool {
        let start = start.text
        return registered.contains { $0.utf8.starts(with: start.utf8) }
    }

    /// Bytes of the longest name.
    static let longest = 11

    /// IANA's registry as far as servers know it.
    private static let registered = [
        "POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE",
        "PROPFIND", "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY",
        "CHECKOUT", "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PURGE", "MKCALENDAR", "LINK", "UNLINK",
    ]
}
