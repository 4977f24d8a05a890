import DequeModule
import Foundation
package import NIOCore
import NIOPosix
import Synchronization
package import TLS

/// Runs scrypt off the event loops, on threads of its own, behind two queues with a bound each.
///
/// One queue is kept for logins that were proven before; it goes first, so that a crowd of others is never in front of them.
package final class PasswordVerifier: Sendable {
    /// How a password is held against a hash; tests put theirs here.
    package typealias Match = @Sendable (_ hash: ScryptHash, _ password: [UInt8]) -> Bool

    /// In which queue a verification waits.
    package enum Place: Sendable {
        /// Among those that were likely proven before, by this password.
        case kept
        /// There too, for a login that was proven by another one: one at a time, whose name this is. Else among the strangers.
        case keptOnce(PairDigest, SourceAddress)
        /// Among the strangers; those of one network take an eighth of the places at most, or four.
        case stranger(SourceAddress)
    }

    fileprivate struct Job {
        let password: [UInt8]
        let hash: ScryptHash
        let eventLoop: any EventLoop
        let result: @Sendable (Bool?) -> Void
        /// Of the two that a place is counted by, one.
        var login: PairDigest?
        var network: SourceAddress?
    }

    /// Jobs that wait, and counts of those that wait or run.
    fileprivate struct State {
        var kept: Deque<Job> = []
        var strangers: Deque<Job> = []
        var keptCount = 0
        var strangerCount = 0
        var logins: Set<PairDigest> = []
        var networks: [SourceAddress: Int] = [:]
    }

    private let pool: NIOThreadPool
    private let places: Int
    private let placesOfNetwork: Int
    private let state = Mutex(State())
    private let match: Match

    /// - Parameters:
    ///   - threads: threads, at least one.
    ///   - queue: verifications that may wait or run at one time, in each of the two queues.
    package init(threads: Int, queue: Int, match: @escaping Match = { $0.matches($1) }) {
        self.pool = NIOThreadPool(numberOfThreads: max(1, threads))
        self.places = max(1, queue)
        self.placesOfNetwork = max(4, queue / 8)
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
    /// - Returns: false when there is no place: nothing will come.
    package func verify(
        _ password: [UInt8], against hash: ScryptHash, in place: Place, on eventLoop: any EventLoop,
        result: @escaping @Sendable (Bool?) -> Void
    ) -> Bool {
        let job = Job(password: password, hash: hash, eventLoop: eventLoop, result: result)
        guard state.withLock({ $0.take(job, place, places: places, ofNetwork: placesOfNetwork) }) else { return false }
        // One turn of a thread for each job; which job it takes is decided when it begins.
        pool.submit { [self] state in
            switch state {
            case .active: runNext { match($0.hash, $0.password) }
            case .cancelled: runNext { _ in nil }
            }
        }
        return true
    }

    private func runNext(_ verify: (Job) -> Bool?) {
        guard let job = state.withLock({ $0.next() }) else { return }
        // Messages go first where there is not enough processor for both. Of this thread alone (setpriority(2)).
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        let matches = verify(job)
        state.withLock { $0.done(job) }
        job.eventLoop.execute { job.result(matches) }
    }

    private static let niceness: Int32 = 10
}

extension PasswordVerifier.State {
    fileprivate mutating func take(
        _ job: PasswordVerifier.Job, _ place: PasswordVerifier.Place, places: Int, ofNetwork: Int
    ) -> Bool {
        var job = job
        switch place {
        case .keptOnce(let login, let network):
            guard keptCount < places, logins.insert(login).inserted else {
                return take(job, .stranger(network), places: places, ofNetwork: ofNetwork)
            }
            job.login = login
            fallthrough
        case .kept:
            guard keptCount < places else { return false }
            keptCount += 1
            kept.append(job)
        case .stranger(let network):
            guard strangerCount < places, networks[network, default: 0] < ofNetwork else { return false }
            job.network = network
            strangerCount += 1
            networks[network, default: 0] += 1
            strangers.append(job)
        }
        return true
    }

    fileprivate mutating func next() -> PasswordVerifier.Job? { kept.popFirst() ?? strangers.popFirst() }

    fileprivate mutating func done(_ job: PasswordVerifier.Job) {
        guard let network = job.network else {
            keptCount -= 1
            if let login = job.login { logins.remove(login) }
            return
        }
        strangerCount -= 1
        let left = networks[network, default: 1] - 1
        networks[network] = left > 0 ? left : nil
    }
}
