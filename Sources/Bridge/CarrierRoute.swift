package import Carriers
import Synchronization

/// A carrier and how it wants its messages, as the message path knows it.
package final class CarrierRoute: Sendable {
    package let carrier: Carrier
    package let profile: CarrierProfile
    /// Where its accepted segments wait for their receipts.
    let receipts: CarrierReceipts
    private let expected: Atomic<Bool>

    /// - Parameter isExpected: see the property.
    init(carrier: Carrier, profile: CarrierProfile, receipts: CarrierReceipts, isExpected: Bool = false) {
        self.carrier = carrier
        self.profile = profile
        self.receipts = receipts
        expected = Atomic(isExpected)
    }

    /// Whether the carrier takes messages. Asked here, since whoever takes hold of the carrier itself pays 100 instructions: its
    /// binds refer to it weakly.
    var isReady: Bool { carrier.isReady }

    /// The carrier's name.
    var name: String { carrier.name }

    /// Gives a message to the carrier.
    func submit(_ submission: Submission) {
        carrier.submit(submission)
    }

    /// Whether its first bind is on its way since a reload: a message that has no other carrier waits for it within its
    /// deadline. From any thread.
    package var isExpected: Bool { expected.load(ordering: .relaxed) }

    /// The first bind is there, or is not waited for any more. From any thread.
    package func arrived() {
        expected.store(false, ordering: .relaxed)
    }
}
