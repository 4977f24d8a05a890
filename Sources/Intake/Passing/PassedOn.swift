package import Messaging

/// What one node tells another of a request, in the field `X-Passed-On`. It is believed over a node's own connection (`NodeCertificates`),
/// and passed over like any field that does not matter everywhere else.
package enum PassedOn: Sendable, Hashable {
    /// A form that came from `client`, to be answered within so many milliseconds. It is not passed on again.
    case form(client: SourceAddress, milliseconds: Int)
    /// The client has taken the reply with this id, which was given over this connection.
    case delivered(MessageID)

    static let field = "X-Passed-On"
    private static let delivered = "delivered"
    /// More than anybody's `reply_within`.
    private static let longest = 60_000

    /// `192.0.2.1 9900` or `delivered 0123456789abc`; nil for anything else.
    init?(_ value: Span<UInt8>) {
        let words = value.text.split(separator: " ", maxSplits: 2)
        guard words.count == 2 else { return nil }
        if words[0] == Self.delivered {
            guard let id = MessageID(parsing: String(words[1])) else { return nil }
            self = .delivered(id)
        } else {
            guard let client = SourceAddress(parsing: String(words[0])), let milliseconds = Int(words[1]),
                (1...Self.longest).contains(milliseconds)
            else { return nil }
            self = .form(client: client, milliseconds: milliseconds)
        }
    }

    var text: String {
        switch self {
        case .form(let client, let milliseconds): "\(client.text) \(milliseconds)"
        case .delivered(let id): "\(Self.delivered) \(id)"
        }
    }
}
