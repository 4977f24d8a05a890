import Synchronization

/// Tells one listener that something people look at has changed. From any thread; never on a message's path.
package final class ChangeSignal: Sendable {
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    /// - Parameter action: called on any thread, at each change; must not block.
    package func listen(_ action: @escaping @Sendable () -> Void) {
        listener.withLock { $0 = action }
    }

    /// Something has changed.
    package func send() {
        listener.withLock { $0 }?()
    }
}
