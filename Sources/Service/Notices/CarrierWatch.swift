import Carriers
import Logging
import NIOCore
import Operations
import SMPP

/// Writes what `CarrierLog` tells of the carriers of the configuration in force. Everything of it lives on one event loop; its
/// calls may come from any thread.
final class CarrierWatch: Sendable {
    private let eventLoop: any EventLoop
    private let work: NIOLoopBoundBox<CarrierWatchWork>

    init(state: ConfigurationInForce, eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        work = .makeBoxSendingValue(
            CarrierWatchWork(state: state, eventLoop: eventLoop, logger: logger), eventLoop: eventLoop)
    }

    /// Looks at the carriers from now on. Once.
    func start() {
        eventLoop.execute { self.work.value.start() }
    }

    /// The state of a bind or a carrier, or the configuration, has changed.
    func stateChanged() {
        eventLoop.execute { self.work.value.stateChanged() }
    }

    /// Looks no more: what ends from now on was asked to.
    func stop() -> EventLoopFuture<Void> {
        eventLoop.submit { self.work.value.stop() }
    }
}

/// What a `CarrierWatch` does on its event loop.
private final class CarrierWatchWork {
    /// Nothing that changes with time alone is told later than this.
    private static let every = TimeAmount.seconds(5)
    /// A change is looked at after this: what changes together is looked at together.
    private static let gatherTime = TimeAmount.milliseconds(100)

    private let state: ConfigurationInForce
    private let eventLoop: any EventLoop
    private let logger: Logger
    private var logs: [String: CarrierLog] = [:]
    private var next: Scheduled<Void>?
    private var isChanged = false
    private var isLooking = false
    private var isRunning = false

    init(state: ConfigurationInForce, eventLoop: any EventLoop, logger: Logger) {
        self.state = state
        self.eventLoop = eventLoop
        self.logger = logger
    }

    func start() {
        isRunning = true
        look()
    }

    func stop() {
        isRunning = false
        next?.cancel()
    }

    func stateChanged() {
        guard isRunning, !isChanged else { return }
        isChanged = true
        if !isLooking { lookAgain(in: Self.gatherTime) }
    }

    private func lookAgain(in time: TimeAmount) {
        next?.cancel()
        next = eventLoop.assumeIsolated().scheduleTask(in: time) { self.look() }
    }

    private func look() {
        guard isRunning else { return }
        isChanged = false
        isLooking = true
        let current = state.current
        // Of a carrier whose binds are being made anew the reload tells.
        let watched = current.carriers.filter { !current.switching.contains($0.name) }
        let names = Set(current.carriers.map(\.name))
        let statuses = EventLoopFuture.whenAllSucceed(watched.map { $0.status() }, on: eventLoop)
        statuses.assumeIsolated().whenComplete { result in
            self.isLooking = false
            guard self.isRunning else { return }
            self.logs = self.logs.filter { names.contains($0.key) }
            if case .success(let statuses) = result { statuses.forEach(self.tell) }
            self.lookAgain(in: self.isChanged ? Self.gatherTime : Self.every)
        }
    }

    private func tell(_ status: CarrierStatus) {
        let now = MonotonicTime(nanoseconds: eventLoop.now.uptimeNanoseconds)
        for line in logs[status.name, default: CarrierLog()].take(status, now: now) {
            var metadata = line.metadata.mapValues { Logger.MetadataValue.string($0) }
            metadata["carrier"] = "\(status.name)"
            logger.log(level: Logger.Level(line.level), "\(line.message)", metadata: metadata)
        }
    }
}

extension Logger.Level {
    fileprivate init(_ level: CarrierLog.Line.Level) {
        switch level {
        case .notice: self = .notice
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}
