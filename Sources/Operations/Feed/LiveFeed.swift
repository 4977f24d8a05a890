import HTTPService
package import Logging
package import NIOCore
import SMPP
import Synchronization

/// Keeps the monitor's history and tells those who look at the page what changes: each gets the whole at first and then the
/// changes, at most one a second, and at once when a bind's state changes.
///
/// Everything of it lives on one event loop; its calls may come from any thread. While nobody looks it takes one snapshot
/// each ten seconds.
package final class LiveFeed: Sendable {
    /// Who looks at the same time; one more is told to come later.
    static let maximumListeners = 32

    private let eventLoop: any EventLoop
    private let work: NIOLoopBoundBox<LiveWork>
    /// Of those who look.
    private let count: Counter

    /// Read where requests are answered.
    final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    package init(source: MonitorSource, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        count = Counter()
        work = .makeBoxSendingValue(
            LiveWork(source: source, eventLoop: eventLoop, logger: logger), eventLoop: eventLoop)
    }

    /// Takes the first sample and goes on. Once.
    package func start() {
        eventLoop.execute { self.work.value.start() }
    }

    /// Takes no more samples. The server ends the streams.
    package func stop() -> EventLoopFuture<Void> {
        eventLoop.submit { self.work.value.stop() }
    }

    /// The state of a bind, or the configuration, has changed.
    package func stateChanged() {
        guard count.value.load(ordering: .relaxed) > 0 else { return }
        eventLoop.execute { self.work.value.stateChanged() }
    }

    /// The answer to somebody who wants to look.
    var response: HTTPServerResponse {
        guard count.value.load(ordering: .relaxed) < Self.maximumListeners else {
            return .later("too many are looking already", seconds: 10)
        }
        return .events { stream in
            // Its place is taken now: many who came in one moment have all found it free.
            let isIn = self.count.value.wrappingAdd(1, ordering: .relaxed).newValue <= Self.maximumListeners
            stream.whenClosed { self.count.value.wrappingSubtract(1, ordering: .relaxed) }
            guard isIn else { return stream.end() }
            self.eventLoop.execute { self.work.value.add(stream) }
        }
    }
}

/// What a `LiveFeed` does on its event loop.
private final class LiveWork {
    /// Changes of numbers are told so often.
    private static let tick = TimeAmount.seconds(1)
    /// Changes of a state are told after this: what changes together is told together.
    private static let gatherTime = TimeAmount.milliseconds(50)

    private let source: MonitorSource
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var listeners: [Int: HTTPServerStream] = [:]
    /// They wait for their first snapshot.
    private var newcomers: [Int: HTTPServerStream] = [:]
    private var nextID = 0
    /// What the listeners know.
    private var last: MonitorSnapshot?
    private var isLooking = false
    private var mustLookAgain = false
    private var isSampleDue = false
    private var ticking: Scheduled<Void>?
    private var gathering: Scheduled<Void>?
    private var sampling: Scheduled<Void>?
    private var isStopped = false

    init(source: MonitorSource, eventLoop: any EventLoop, logger: Logger) {
        self.source = source
        self.eventLoop = eventLoop
        self.logger = logger
    }

    func start() {
        guard !isStopped else { return }
        sampling = schedule(in: .nanoseconds(MonitorHistory.every.nanoseconds)) { $0.start() }
        isSampleDue = true
        look()
    }

    func stop() {
        isStopped = true
        for timer in [ticking, gathering, sampling] { timer?.cancel() }
        listeners = [:]
        newcomers = [:]
    }

    func add(_ stream: HTTPServerStream) {
        guard !isStopped else { return stream.end() }
        let id = nextID
        nextID += 1
        newcomers[id] = stream
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        stream.whenClosed { [eventLoop] in
            eventLoop.execute { me.value.remove(id) }
        }
        look()
    }

    private func remove(_ id: Int) {
        listeners.removeValue(forKey: id)
        newcomers.removeValue(forKey: id)
    }

    func stateChanged() {
        guard gathering == nil, !isStopped, !listeners.isEmpty else { return }
        gathering = schedule(in: Self.gatherTime) {
            $0.gathering = nil
            $0.look()
        }
    }

    /// Takes a snapshot and tells it; what asks for one meanwhile asks for the next.
    private func look() {
        guard !isStopped else { return }
        guard !isLooking else {
            mustLookAgain = true
            return
        }
        isLooking = true
        source.snapshot(on: eventLoop).assumeIsolated().whenComplete { result in
            self.isLooking = false
            switch result {
            case .success(let snapshot): self.tell(snapshot)
            case .failure(let error):
                self.logger.error("the monitor cannot look", metadata: ["error": "\(type(of: error))"])
            }
            guard self.mustLookAgain else { return }
            self.mustLookAgain = false
            self.look()
        }
    }

    private func tell(_ snapshot: MonitorSnapshot) {
        guard !isStopped else { return }
        let change = listeners.isEmpty ? nil : last.flatMap { LiveReport.change(from: $0, to: snapshot) }
        if let change { send(change) }
        // Who stays silent is compared with what was told last: the passing of time is no change.
        if change != nil || last == nil || listeners.isEmpty { last = snapshot }
        if isSampleDue {
            isSampleDue = false
            source.history.sample(
                snapshot.carriers.map(\.status), at: MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds))
            if !listeners.isEmpty { send(LiveReport.sample(snapshot, history: source.history)) }
        }
        if !newcomers.isEmpty {
            let whole = LiveReport.snapshot(snapshot, history: source.history)
            for (id, stream) in newcomers {
                stream.send(whole)
                listeners[id] = stream
            }
            newcomers = [:]
        }
        tickAgain()
    }

    private func send(_ event: ByteBuffer) {
        for stream in listeners.values { stream.send(event) }
    }

    private func tickAgain() {
        guard ticking == nil, !listeners.isEmpty else { return }
        ticking = schedule(in: Self.tick) {
            $0.ticking = nil
            $0.look()
        }
    }

    private func schedule(in time: TimeAmount, _ action: @escaping (LiveWork) -> Void) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: time) { action(self) }
    }
}
