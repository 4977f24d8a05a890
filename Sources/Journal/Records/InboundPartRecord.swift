package import Messaging

/// A part of an inbound message, kept until all of them are there. Numbers and content are whole, whatever the configuration
/// says: they go with the part.
package struct InboundPartRecord: Hashable, Sendable {
    /// The id that the whole message has.
    package var id: MessageID
    /// Milliseconds since 1970.
    package var at: UInt64
    package var carrier: String
    package var from: String
    package var to: String
    /// What the parts have in common: 16 bits, and above them the reference's kind.
    package var reference: UInt32
    /// Which part it is, from 1.
    package var part: Int
    package var parts: Int
    /// `InboundContent.stored`.
    package var content: String

    package init(
        id: MessageID, at: UInt64, carrier: String, from: String, to: String, reference: UInt32, part: Int, parts: Int,
        content: String
    ) {
        self.id = id
        self.at = at
        self.carrier = carrier
        self.from = from
        self.to = to
        self.reference = reference
        self.part = part
        self.parts = parts
        self.content = content
    }
}
