import NIOCore

/// The shares of a run from outside of their event loops. Off every message's path.
protocol LoadShareControl: Sendable {
    func open() async throws
    /// How many connections are there, and why the last attempt failed.
    func connected() async throws -> (count: Int, failure: String?)
    /// Begins; `done` is called once a share.
    func run(_ setups: [ShareSetup], done: @escaping @Sendable () -> Void) async throws
    func reading() async throws -> ShareReading
    func stop(as outcome: LoadOutcome) async throws
    func abandon() async throws
    func close() async throws
    func recorder() async throws -> LoadRecorder
    func outcomes() async throws -> [[UInt8]]
}

/// What all shares have done since the last look.
struct ShareReading: Sendable {
    var interval = LoadRecorder.Interval()
    var underWay = 0
    var waiting = 0
    var events: [DeliveryEvent] = []
}

/// A share with what belongs to it, for one event loop.
struct ShareHandle<Link: LoadLink>: Sendable {
    let eventLoop: any EventLoop
    let share: NIOLoopBound<LoadShare<Link>>
    let events: NIOLoopBound<DeliveryEvents>
    /// Looks for overdue answers.
    let sweep: NIOLoopBoundBox<RepeatedTask?>

    func submit<Value: Sendable>(_ body: @escaping @Sendable (ShareHandle) throws -> Value) async throws -> Value {
        try await eventLoop.submit { try body(self) }.get()
    }
}

struct LoadShares<Link: LoadLink>: LoadShareControl {
    /// Between looks for overdue answers.
    private static var sweepEvery: TimeAmount { .milliseconds(100) }

    let handles: [ShareHandle<Link>]

    /// A share for each event loop; `fill` adds its links.
    init(
        _ loops: [any EventLoop],
        fill: @escaping @Sendable (_ share: LoadShare<Link>, _ events: DeliveryEvents, _ index: Int) -> Void
    ) async throws {
        var handles: [ShareHandle<Link>] = []
        for (index, loop) in loops.enumerated() {
            let handle = try await loop.submit {
                let share = LoadShare<Link>(eventLoop: loop)
                let events = DeliveryEvents()
                fill(share, events, index)
                return ShareHandle(
                    eventLoop: loop, share: NIOLoopBound(share, eventLoop: loop),
                    events: NIOLoopBound(events, eventLoop: loop), sweep: NIOLoopBoundBox(nil, eventLoop: loop))
            }.get()
            handles.append(handle)
        }
        self.handles = handles
    }

    func open() async throws {
        for handle in handles {
            try await handle.submit { handle in
                for link in handle.share.value.links { link.open() }
                let share = handle.share
                handle.sweep.value = handle.eventLoop.scheduleRepeatedTask(
                    initialDelay: Self.sweepEvery, delay: Self.sweepEvery
                ) { _ in share.value.tick() }
            }
        }
    }

    func connected() async throws -> (count: Int, failure: String?) {
        var count = 0
        var failure: String?
        for handle in handles {
            let recorder = try await handle.submit {
                ($0.share.value.recorder.connectionsOpened, $0.share.value.recorder.lastConnectFailure)
            }
            count += recorder.0
            failure = failure ?? recorder.1
        }
        return (count, failure)
    }

    func run(_ setups: [ShareSetup], done: @escaping @Sendable () -> Void) async throws {
        for (handle, setup) in zip(handles, setups) {
            try await handle.submit { $0.share.value.run(setup, done) }
        }
    }

    func reading() async throws -> ShareReading {
        var sum = ShareReading()
        for handle in handles {
            let part = try await handle.submit { handle in
                let share = handle.share.value
                return ShareReading(
                    interval: share.recorder.takeInterval(), underWay: share.underWay, waiting: share.waitingCount,
                    events: handle.events.value.take())
            }
            sum.interval.add(part.interval)
            sum.underWay += part.underWay
            sum.waiting += part.waiting
            sum.events += part.events
        }
        return sum
    }

    func stop(as outcome: LoadOutcome) async throws {
        for handle in handles { try await handle.submit { $0.share.value.stop(as: outcome) } }
    }

    func abandon() async throws {
        for handle in handles { try await handle.submit { $0.share.value.abandon() } }
    }

    /// Ends every connection and returns when all are closed.
    func close() async throws {
        for handle in handles {
            try await handle.eventLoop.flatSubmit {
                handle.sweep.value?.cancel()
                handle.sweep.value = nil
                let closed = handle.share.value.links.map { link in
                    let promise = handle.eventLoop.makePromise(of: Void.self)
                    link.close { promise.succeed() }
                    return promise.futureResult
                }
                return EventLoopFuture.andAllComplete(closed, on: handle.eventLoop)
            }.get()
        }
    }

    func recorder() async throws -> LoadRecorder {
        var sum = LoadRecorder()
        for handle in handles { sum.add(try await handle.submit { $0.share.value.recorder }) }
        return sum
    }

    func outcomes() async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for handle in handles { all.append(try await handle.submit { $0.share.value.outcomes }) }
        return all
    }
}
