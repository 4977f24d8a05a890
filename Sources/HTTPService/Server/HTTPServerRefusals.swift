import Synchronization

/// What has become of strangers at a server since its start. From any thread.
package final class HTTPServerRefusals: Sendable {
    private let connectionCount = Atomic<Int>(0)
    private let tokenCount = Atomic<Int>(0)

    package init() {}

    /// Connections that lost their place to a newcomer's, or found none.
    package var connections: Int { connectionCount.load(ordering: .relaxed) }

    /// Requests with a wrong token.
    package var tokens: Int { tokenCount.load(ordering: .relaxed) }

    func addConnection() { connectionCount.wrappingAdd(1, ordering: .relaxed) }

    /// How many there are with this one.
    func addToken() -> Int { tokenCount.wrappingAdd(1, ordering: .relaxed).newValue }
}
