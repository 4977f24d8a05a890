package import Carriers
package import Messaging
import SMPP
import Synchronization

/// A message of which nobody knows whether it went.
package struct DoubtfulMessage: Sendable {
    package var id: MessageID
    package var account: String
    package var carrier: String
    package var recipient: PhoneNumber
    /// The source address that it went with; empty for none.
    package var sender: String
    /// The reply's code: `carrier_timeout`, `connection_lost` or `partial_unknown`.
    package var reason: String
    /// Indices of the segments whose outcome is not known.
    package var segments: Set<Int>
}

/// A carrier and how it wants its messages, as the message path knows it.
package final class CarrierRoute: Sendable {
    package let carrier: Carrier
    package let profile: CarrierProfile
    /// A message was answered as unknown. Called on its event loop; must not block.
    package let doubtful: @Sendable (DoubtfulMessage) -> Void
    private let expected: Atomic<Bool>

    /// - Parameter isExpected: see the property.
    package init(
        carrier: Carrier, profile: CarrierProfile, isExpected: Bool = false,
        doubtful: @escaping @Sendable (DoubtfulMessage) -> Void
    ) {
        self.carrier = carrier
        self.profile = profile
        self.doubtful = doubtful
        expected = Atomic(isExpected)
    }

    /// Whether the carrier takes messages. Asked here, since whoever takes hold of the carrier itself pays 100 instructions: its
    /// binds refer to it weakly.
    package var isReady: Bool { carrier.isReady }

    /// The carrier's name.
    package var name: String { carrier.name }

    /// Gives a message to the carrier.
    func submit(_ submission: Submission) {
        carrier.submit(submission)
    }

    /// Asks the carrier to forget segments that it has accepted.
    func cancel(_ requests: [CancelRequest]) {
        carrier.cancel(requests)
    }

    /// Whether its first bind is on its way since a reload: a message that has no other carrier waits for it within its
    /// deadline. From any thread.
    package var isExpected: Bool { expected.load(ordering: .relaxed) }

    /// The first bind is there, or is not waited for any more. From any thread.
    package func arrived() {
        expected.store(false, ordering: .relaxed)
    }
}
