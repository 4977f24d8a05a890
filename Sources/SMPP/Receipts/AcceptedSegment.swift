/// A segment that a carrier accepted, for its receipt.
package struct AcceptedSegment: Hashable, Sendable {
    /// `MessageID.rawValue` of the message.
    package var tag: UInt64
    /// Its index in the message, from 0.
    package var segment: Int
    /// As the response gave it; empty or `-` for none.
    package var carrierID: String
    /// The recipient's number: without an id, only it finds the receipt; with one, it decides where ids leave a doubt.
    package var destination: String?
    /// What its last receipt has said; nil = none came yet.
    package var state: ReceiptState?
    /// How long ago it was accepted.
    package var age = Duration.zero

    package init(
        tag: UInt64, segment: Int, carrierID: String, destination: String? = nil, state: ReceiptState? = nil,
        age: Duration = .zero
    ) {
        self.tag = tag
        self.segment = segment
        self.carrierID = carrierID
        self.destination = destination
        self.state = state
        self.age = age
    }
}
