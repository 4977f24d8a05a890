import Synchronization

/// One `Entry` for each `system_id` that has bound, shared by all event loops.
final class BySystemID<Entry: Sendable>: Sendable {
    private let entries = Mutex<[String: Entry]>([:])
    private let make: @Sendable () -> Entry

    /// - Parameter make: makes the entry of a `system_id` that comes for the first time.
    init(_ make: @escaping @Sendable () -> Entry) {
        self.make = make
    }

    /// That of a `system_id`, made where there is none.
    func entry(of systemID: String) -> Entry {
        entries.withLock { entries in
            if let entry = entries[systemID] { return entry }
            let name = entries.count < BySystemIDBounds.maximum ? systemID : BySystemIDBounds.others
            if let entry = entries[name] { return entry }
            let entry = make()
            entries[name] = entry
            return entry
        }
    }

    /// All that there are.
    var all: [String: Entry] { entries.withLock { $0 } }
}

/// How many `system_id`s have entries of their own.
enum BySystemIDBounds {
    static let maximum = 1_000
    /// Under this name those that come later share one.
    static let others = "(others)"
}
