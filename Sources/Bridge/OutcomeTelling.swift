package import Intake
package import Journal
package import Messaging

/// How what became of a message is told to its account after the reply: a record that goes with its outcome into the journal, and
/// somebody who posts it from there.
package struct OutcomeTelling: Sendable {
    /// Makes the record of an outcome of a message: with an id of its own, and a line for a person.
    package typealias Record =
        @Sendable (_ outcome: Outcome, _ message: MessageID, _ id: MessageID, _ words: String) -> JournalRecord

    let record: Record
    /// There is something to post. From any thread; must not block.
    let wake: @Sendable () -> Void

    package init(record: @escaping Record, wake: @escaping @Sendable () -> Void) {
        self.record = record
        self.wake = wake
    }
}
