import NIOCore

/// The lanes of a run from outside of their event loops. Off every message's path.
protocol LaneControl: Sendable {
    func open() async throws
    /// How many connections are there, and why the last attempt failed.
    func connected() async throws -> (count: Int, failure: String?)
    /// Begins; `done` is called once a lane.
    func run(_ setups: [LaneSetup], done: @escaping @Sendable () -> Void) async throws
    func reading() async throws -> LaneReading
    func stop(as outcome: LoadOutcome) async throws
    func abandon() async throws
    func close() async throws
    func recorder() async throws -> LoadRecorder
    func outcomes() async throws -> [[UInt8]]
}

/// What all lanes have done since the last look.
struct LaneReading: Sendable {
    var interval = LoadRecorder.Interval()
    var underWay = 0
    var waiting = 0
    var notes: [ReceiptNote] = []
}

/// A lane with what belongs to it, for one event loop.
struct LaneHandle<Link: LoadLink>: Sendable {
    let eventLoop: any EventLoop
    let lane: NIOLoopBound<LoadLane<Link>>
    let notes: NIOLoopBound<ReceiptNotes>
    /// Looks for overdue answers.
    let sweep: NIOLoopBoundBox<RepeatedTask?>

    func submit<Value: Sendable>(_ body: @escaping @Sendable (LaneHandle) throws -> Value) async throws -> Value {
        try await eventLoop.submit { try body(self) }.get()
    }
}

struct LaneGroup<Link: LoadLink>: LaneControl {
    /// Between looks for overdue answers.
    private static var sweepEvery: TimeAmount { .milliseconds(100) }

    let handles: [LaneHandle<Link>]

    /// A lane for each event loop; `fill` adds its links.
    init(
        _ loops: [any EventLoop],
        fill: @escaping @Sendable (_ lane: LoadLane<Link>, _ notes: ReceiptNotes, _ place: Int) -> Void
    ) async throws {
        var handles: [LaneHandle<Link>] = []
        for (place, loop) in loops.enumerated() {
            let handle = try await loop.submit {
                let lane = LoadLane<Link>(eventLoop: loop)
                let notes = ReceiptNotes()
                fill(lane, notes, place)
                return LaneHandle(
                    eventLoop: loop, lane: NIOLoopBound(lane, eventLoop: loop),
                    notes: NIOLoopBound(notes, eventLoop: loop), sweep: NIOLoopBoundBox(nil, eventLoop: loop))
            }.get()
            handles.append(handle)
        }
        self.handles = handles
    }

    func open() async throws {
        for handle in handles {
            try await handle.submit { handle in
                for link in handle.lane.value.links { link.open() }
                let lane = handle.lane
                handle.sweep.value = handle.eventLoop.scheduleRepeatedTask(
                    initialDelay: Self.sweepEvery, delay: Self.sweepEvery
                ) { _ in lane.value.tick() }
            }
        }
    }

    func connected() async throws -> (count: Int, failure: String?) {
        var count = 0
        var failure: String?
        for handle in handles {
            let recorder = try await handle.submit {
                ($0.lane.value.recorder.connectionsOpened, $0.lane.value.recorder.lastConnectFailure)
            }
            count += recorder.0
            failure = failure ?? recorder.1
        }
        return (count, failure)
    }

    func run(_ setups: [LaneSetup], done: @escaping @Sendable () -> Void) async throws {
        for (handle, setup) in zip(handles, setups) {
            try await handle.submit { $0.lane.value.run(setup, done) }
        }
    }

    func reading() async throws -> LaneReading {
        var sum = LaneReading()
        for handle in handles {
            let part = try await handle.submit { handle in
                let lane = handle.lane.value
                return LaneReading(
                    interval: lane.recorder.takeInterval(), underWay: lane.underWay, waiting: lane.waitingCount,
                    notes: handle.notes.value.take())
            }
            sum.interval.add(part.interval)
            sum.underWay += part.underWay
            sum.waiting += part.waiting
            sum.notes += part.notes
        }
        return sum
    }

    func stop(as outcome: LoadOutcome) async throws {
        for handle in handles { try await handle.submit { $0.lane.value.stop(as: outcome) } }
    }

    func abandon() async throws {
        for handle in handles { try await handle.submit { $0.lane.value.abandon() } }
    }

    /// Ends every connection and returns when all are closed.
    func close() async throws {
        for handle in handles {
            try await handle.eventLoop.flatSubmit {
                handle.sweep.value?.cancel()
                handle.sweep.value = nil
                let closed = handle.lane.value.links.map { link in
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
        for handle in handles { sum.add(try await handle.submit { $0.lane.value.recorder }) }
        return sum
    }

    func outcomes() async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for handle in handles { all.append(try await handle.submit { $0.lane.value.outcomes }) }
        return all
    }
}
