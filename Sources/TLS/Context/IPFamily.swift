import Glibc

/// The family of an IP address in a text, as the system reads it (`inet_pton`).
package enum IPFamily: Hashable, Sendable {
    /// Four decimal numbers to 255, without leading zeros (which some systems read as octal).
    case v4
    /// RFC 4291 §2.2, without a zone.
    case v6

    /// Nil where the text is no address.
    package init?(of text: String) {
        // For C a text ends at a NUL.
        guard !text.utf8.contains(0) else { return nil }
        var bytes = in6_addr()
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self = .v4
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self = .v6
        } else {
            return nil
        }
    }
}
