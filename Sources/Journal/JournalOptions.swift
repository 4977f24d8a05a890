/// Makes fingerprints; used by one thread at a time.
package typealias FingerprintMaker = (MessageIntent) -> Fingerprint

/// How a journal behaves, whatever its database.
package struct JournalOptions: Sendable {
    package var ledger = InDoubtLedger.Rules()
    /// Whether texts are stored.
    package var keepText = false
    /// Whether numbers are stored masked.
    package var maskNumbers = false
    /// Records older than this are deleted, in milliseconds.
    package var retention: UInt64 = 30 * 86_400_000
    package var onOutage = JournalOutage.refuse
    /// Records that may wait to be written. Beyond it nothing new begins; outcomes of what was begun still find room.
    package var queue = 50_000
    /// Records of one transaction, about: what came in one turn of an event loop stays together.
    package var batch = 1_000
    /// How long a record may wait for others; zero = it waits only while the one before is being written.
    package var commitWithin = Duration.zero
    /// For so long accepted segments are known to receipts after a restart, in milliseconds; as long as a message may live at
    /// a carrier.
    package var receiptMemory: UInt64 = 3 * 86_400_000
    /// The segments of so many messages are taken in again: of older ones only where their final receipts have not come.
    package var receiptSegments = 200_000
    /// States of receipts that nothing else follows.
    package var finalStates: [String] = []
    /// The HTTP status that a carrier's refusal is answered with. On any thread; must not block.
    package var refusalStatus: @Sendable (_ carrier: String, _ status: UInt32) -> Int = { _, _ in 502 }
    /// From the database's key. On the journal's thread, once.
    package var fingerprints: @Sendable (_ key: [UInt8]) -> FingerprintMaker
    /// By what masked numbers are known again. On the journal's thread, before what is restored.
    package var recipientHash: @Sendable (RecipientHash) -> Void = { _ in }
    /// Accepted segments of earlier processes, oldest first, in batches. On the journal's thread.
    package var restored: @Sendable ([RestoredSegment]) -> Void = { _ in }
    /// Parts of inbound messages of earlier processes that were not whole. On the journal's thread, once.
    package var restoredParts: @Sendable ([InboundPartRecord]) -> Void = { _ in }
    /// Messages of earlier processes of which nobody knows whether they went, oldest first, the last of them. On the journal's
    /// thread, once.
    package var restoredDoubts: @Sendable ([RestoredDoubt]) -> Void = { _ in }
    /// Messages of earlier processes that have no outcome, oldest first. On the journal's thread, once.
    package var restoredInterrupted: @Sendable ([InterruptedMessage]) -> Void = { _ in }
    /// Milliseconds since 1970.
    package var now: @Sendable () -> UInt64 = JournalClock.now

    package init(fingerprints: @escaping @Sendable (_ key: [UInt8]) -> FingerprintMaker) {
        self.fingerprints = fingerprints
    }

    /// The first wait before the store is opened again, and the longest one.
    static let firstRetry = Duration.milliseconds(100)
    static let longestRetry = Duration.seconds(5)
    /// Records deleted in one step, how long steps are apart at least, and how long rests between rounds are.
    static let pruneStep = 2_000
    static let pruneEvery = Duration.milliseconds(50)
    static let pruneRest = Duration.seconds(60)
    /// How many messages in doubt are told after a start.
    static let doubts = 20
}
