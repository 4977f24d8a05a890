import Dispatch
package import Messaging
import Synchronization

/// Finds the segments that memory has forgotten, for their receipts, and messages for their repeats: on a thread of its own, one question after the other.
package final class JournalRecall: Sendable {
    /// A segment, and what is known of its message.
    package struct Found: Sendable {
        package var segment: Int
        package var life: MessageLife

        package init(segment: Int, life: MessageLife) {
            self.segment = segment
            self.life = life
        }
    }

    private let reader: any JournalReader
    private let limit: Int
    private let waiting = Atomic<Int>(0)
    private let queue = DispatchQueue(label: "journal.recall")

    /// - Parameter limit: so many questions may wait; the next one finds nothing.
    package init(reader: any JournalReader, limit: Int) {
        self.reader = reader
        self.limit = limit
    }

    /// - Parameters:
    ///   - folded: what the carrier's id may be, in the form that `ForgottenRecord.key` is made of.
    ///   - then: called once, on any thread, the caller's too; with nothing also where the journal cannot be read. Must not block.
    package func find(
        _ folded: [String], at carrier: String, then: @escaping @Sendable ([Found]) -> Void
    ) {
        guard !folded.isEmpty else { return then([]) }
        ask { [self] in
            then($0 ? (try? find(Set(folded.map { ForgottenRecord.key(of: $0, at: carrier) }))) ?? [] : [])
        }
    }

    /// To which number a message went.
    ///
    /// - Parameter then: as above; nil = it is not known.
    package func recipient(of id: MessageID, then: @escaping @Sendable (String?) -> Void) {
        ask { [self] in then($0 ? (try? reader.life(of: id))?.message.recipient : nil) }
    }

    /// - Parameter question: called once, with false where there is no room for it.
    private func ask(_ question: @escaping @Sendable (_ hasRoom: Bool) -> Void) {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return question(false)
        }
        queue.async { [self] in
            waiting.wrappingSubtract(1, ordering: .relaxed)
            question(true)
        }
    }

    private func find(_ keys: Set<Int64>) throws(JournalProblem) -> [Found] {
        var found: [Found] = []
        for record in try reader.forgotten(Array(keys)) {
            guard let life = try reader.life(of: record.id) else { continue }
            found.append(Found(segment: record.segment, life: life))
        }
        return found
    }
}
