package import NIOCore
import SMPP

/// What people and reloads ask of binds. A bind is named `1`, `2`…; nil = all.
///
/// Each future tells whether there is such a bind, once the action is done. While the carrier as a whole is stopped, none
/// starts.
extension Carrier {
    /// `1`, `2`…
    package var bindNames: [String] { binds.map(\.name) }

    /// Takes no new messages; what waits goes to another bind where there is one. It stays bound, for receipts, until
    /// `start`.
    package func drain(bind name: String?) -> EventLoopFuture<Bool> {
        each(name) { bind in
            bind.hold()
            return bind.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Connects a stopped bind, and lets a drained one take messages again.
    package func start(bind name: String?) -> EventLoopFuture<Bool> {
        each(name) { bind in
            bind.start(after: .zero)
            return bind.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Takes no new messages, waits for the open ones, unbinds and closes. It stays so until `start`.
    package func stop(bind name: String?) -> EventLoopFuture<Bool> {
        each(name) { $0.stop() }
    }

    /// Stops, then connects anew.
    package func rebind(bind name: String?) -> EventLoopFuture<Bool> {
        each(name) { $0.rebind() }
    }

    private func each(
        _ name: String?, _ action: @escaping @Sendable (Bind) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<Bool> {
        let chosen = binds.filter { name == nil || $0.name == name }
        let done = chosen.map { bind in bind.eventLoop.flatSubmit { action(bind) } }
        return EventLoopFuture.andAllComplete(done, on: group.next()).map { !chosen.isEmpty }
    }
}
