import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Has the file of `ProvenLogins` read at the start, and written off the event loops while it changes and at the end.
final class ProvenLoginsKeeper: Sendable {
    /// How soon a proof is in the file.
    private static let period = TimeAmount.seconds(2)

    private let proven: ProvenLogins
    private let logger: Logger
    private let timer = Mutex<RepeatedTask?>(nil)
    private let hasFailed = Atomic<Bool>(false)

    init(_ proven: ProvenLogins, logger: Logger) {
        self.proven = proven
        self.logger = logger
    }

    /// Returns when the file is read.
    func start(on loop: any EventLoop) async {
        try? await NIOThreadPool.singleton.runIfActive { [proven] in proven.load() }
        let task = loop.scheduleRepeatedAsyncTask(initialDelay: Self.period, delay: Self.period) { [self] _ in
            NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [self] in save() }
        }
        timer.withLock { $0 = task }
    }

    func stop() async {
        timer.withLock { $0 }?.cancel()
        try? await NIOThreadPool.singleton.runIfActive { [self] in save() }
    }

    private func save() {
        guard proven.isChanged else { return }
        do {
            try proven.save()
            hasFailed.store(false, ordering: .relaxed)
        } catch {
            guard !hasFailed.exchange(true, ordering: .relaxed) else { return }
            logger.warning(
                "logins that proved themselves cannot be kept for the next start (intake.proven_file): \(error)")
        }
    }
}
