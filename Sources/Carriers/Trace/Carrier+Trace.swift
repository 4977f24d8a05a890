package import NIOCore

extension Carrier {
    /// Copies the PDUs of all binds, both ways, and when connections begin and end, into `queue` until `endTrace`.
    package func beginTrace(_ queue: TraceQueue) -> EventLoopFuture<Void> {
        onEachBind { $0.beginTrace(queue) }
    }

    /// The future succeeds when nothing more comes into the queue.
    package func endTrace(_ queue: TraceQueue) -> EventLoopFuture<Void> {
        onEachBind { $0.endTrace(queue) }
    }

    private func onEachBind(_ action: @escaping @Sendable (Bind) -> Void) -> EventLoopFuture<Void> {
        let done = binds.map { bind in bind.eventLoop.submit { action(bind) } }
        return EventLoopFuture.andAllComplete(done, on: group.next())
    }
}
