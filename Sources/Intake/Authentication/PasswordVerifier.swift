package import NIOCore
import NIOPosix
import Synchronization
package import TLS

/// Runs scrypt off the event loops, on threads of its own, behind a queue with a bound.
package final class PasswordVerifier: Sendable {
    /// How a password is held against a hash; tests put theirs here.
    package typealias Match = @Sendable (_ hash: ScryptHash, _ password: [UInt8]) -> Bool

    private let pool: NIOThreadPool
    private let maxQueued: Int
    private let queued = Atomic<Int>(0)
    private let match: Match

    /// - Parameters:
    ///   - threads: threads, at least one.
    ///   - queue: verifications that may wait or run at one time.
    package init(threads: Int, queue: Int, match: @escaping Match = { $0.matches($1) }) {
        self.pool = NIOThreadPool(numberOfThreads: max(1, threads))
        self.maxQueued = max(1, queue)
        self.match = match
    }

    /// Starts the threads.
    package func start() {
        pool.start()
    }

    /// Ends the threads; what still waits comes back as nil.
    package func stop() async {
        try? await pool.shutdownGracefully()
    }

    /// Verifies; the result comes on `eventLoop`: nil when the threads have ended.
    /// - Returns: false when the queue is full: nothing will come.
    package func verify(
        _ password: [UInt8], against hash: ScryptHash, on eventLoop: any EventLoop,
        result: @escaping @Sendable (Bool?) -> Void
    ) -> Bool {
        guard queued.wrappingAdd(1, ordering: .relaxed).newValue <= maxQueued else {
            queued.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        pool.submit { [self] state in
            let matches: Bool?
            switch state {
            case .active: matches = match(hash, password)
            case .cancelled: matches = nil
            }
            queued.wrappingSubtract(1, ordering: .relaxed)
            eventLoop.execute { result(matches) }
        }
        return true
    }
}
