package import Carriers
import Foundation
package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// The traces of all carriers: one at a time for each, and the last one is remembered.
package final class CarrierTraces: Sendable {
    private struct Running {
        var status: TraceStatus
        let writer: TraceWriter
        let queue: TraceQueue
        /// Those that copy into the queue: two while a carrier hands over at a reload.
        var carriers: [Carrier] = []
        var timer: Scheduled<Void>?
    }

    private struct State {
        /// Carriers whose file is being made.
        var beginning: Set<String> = []
        var running: [String: Running] = [:]
        var last: [String: TraceStatus] = [:]
        var isOver = false
    }

    private let state = Mutex(State())
    private let directory: String
    private let queueLimit: Int
    private let group: any EventLoopGroup
    private let logger: Logger

    /// - Parameters:
    ///   - directory: made with mode 0700 where it is missing; its files have 0600.
    ///   - queueLimit: octets that may wait for a file.
    package init(directory: String, queueLimit: Int = 16 << 20, group: any EventLoopGroup, logger: Logger) {
        // Whoever reads of it may be in another folder.
        self.directory = URL(fileURLWithPath: directory).path
        self.queueLimit = queueLimit
        self.group = group
        self.logger = logger
    }

    /// The trace of a carrier that is on, else its last one. From any thread.
    func status(of carrier: String) -> TraceStatus? {
        state.withLock { state in
            guard let running = state.running[carrier] else { return state.last[carrier] }
            return running.status.with(running.writer.progress)
        }
    }

    /// Makes the file and begins. The future fails with a `TraceProblem`.
    func begin(_ request: TraceRequest, on carrier: Carrier) -> EventLoopFuture<TraceStatus> {
        let loop = group.next()
        let name = carrier.name
        let problem = state.withLock { state -> TraceProblem? in
            if state.isOver { return TraceProblem(.failure, "the bridge is stopping") }
            let isBusy = state.running[name] != nil || !state.beginning.insert(name).inserted
            return isBusy ? TraceProblem(.conflict, "a trace of this carrier is on") : nil
        }
        if let problem { return loop.makeFailedFuture(problem) }
        let made = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [directory] in
            try TraceFile.make(in: directory, carrier: name, at: .now)
        }
        let begun = made.flatMapThrowing { try self.run(request, on: carrier, $0) }
        begun.whenComplete { _ in self.state.withLock { _ = $0.beginning.remove(name) } }
        return begun.flatMap { running in
            carrier.beginTrace(running.queue).hop(to: loop).map { running.status }
        }
    }

    /// A new carrier of this name, before it starts, takes part in the trace that is on.
    package func attach(_ carrier: Carrier) {
        let queue = state.withLock { state -> TraceQueue? in
            state.running[carrier.name]?.carriers.append(carrier)
            return state.running[carrier.name]?.queue
        }
        if let queue { _ = carrier.beginTrace(queue) }
    }

    /// Ends the trace of a carrier; the future has its last status, once the file is closed, or nil where none is on.
    func end(_ carrier: String, _ reason: TraceStatus.End) -> EventLoopFuture<TraceStatus?> {
        let loop = group.next()
        let taken = state.withLock { state -> Running? in
            guard var running = state.running.removeValue(forKey: carrier) else { return nil }
            running.status.end = reason
            state.last[carrier] = running.status.with(running.writer.progress)
            return running
        }
        guard let running = taken else { return loop.makeSucceededFuture(nil) }
        running.timer?.cancel()
        let closed = loop.makePromise(of: TraceStatus?.self)
        let silenced = running.carriers.map { $0.endTrace(running.queue) }
        EventLoopFuture.andAllComplete(silenced, on: loop).whenComplete { _ in
            running.writer.end(running.queue, reason) { progress in
                let status = running.status.with(progress)
                self.closed(status, of: carrier)
                closed.succeed(status)
            }
        }
        return closed.futureResult
    }

    /// Ends all of them; none begins any more.
    package func stop() async {
        let names = state.withLock { state in
            state.isOver = true
            return Array(state.running.keys)
        }
        for name in names { _ = try? await end(name, .shutdown).get() }
    }

    private func run(_ request: TraceRequest, on carrier: Carrier, _ file: TraceFile) throws(TraceProblem) -> Running {
        let name = carrier.name
        let writer = TraceWriter(
            TraceDocument(carrier: name, showsTexts: request.showsTexts), to: file.handle, limit: request.limit
        ) { _ = self.end(name, $0) }
        let started = Date.now
        let status = TraceStatus(
            file: file.path, startedAt: started,
            until: started.addingTimeInterval(request.lasts / .seconds(1)),
            showsTexts: request.showsTexts)
        var running = Running(
            status: status, writer: writer, queue: TraceQueue(limit: queueLimit) { writer.wake($0) },
            carriers: [carrier])
        running.timer = group.next().scheduleTask(in: TimeAmount(request.lasts)) { _ = self.end(name, .time) }
        let isOver = state.withLock { state in
            if !state.isOver { state.running[name] = running }
            return state.isOver
        }
        guard !isOver else {
            running.timer?.cancel()
            throw TraceProblem(.failure, "the bridge is stopping")
        }
        return running
    }

    private func closed(_ status: TraceStatus, of carrier: String) {
        state.withLock { state in
            // A new one may have begun and ended meanwhile.
            if state.last[carrier]?.file == status.file { state.last[carrier] = status }
        }
        logger.notice(
            "a trace is over",
            metadata: [
                "carrier": "\(carrier)", "file": "\(status.file)", "reason": "\(status.end?.words ?? "")",
                "pdus": "\(status.pdus)", "dropped": "\(status.dropped)", "bytes": "\(status.octets)",
            ])
    }
}

extension TraceStatus {
    fileprivate func with(_ progress: TraceWriter.Progress) -> TraceStatus {
        var status = self
        status.octets = progress.octets
        status.pdus = progress.pdus
        status.dropped = progress.dropped
        return status
    }
}

/// A new file for a trace, open.
private struct TraceFile: Sendable {
    /// A second may see so many traces of a carrier.
    private static let maximumTries = 100

    let path: String
    let handle: FileHandle

    /// Blocks on the disk.
    static func make(in directory: String, carrier: String, at time: Date) throws(TraceProblem) -> TraceFile {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw TraceProblem(
                .failure,
                "\(directory) (monitor.trace_directory) cannot be made: look at the owner of the folder above it")
        }
        let moment = time.formatted(.iso8601.timeSeparator(.omitted).dateSeparator(.omitted))
        for attempt in 1...maximumTries {
            let path = directory + "/\(carrier)-\(moment)" + (attempt == 1 ? "" : "-\(attempt)") + ".pcapng"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            if descriptor >= 0 {
                return TraceFile(path: path, handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
            }
            guard errno == EEXIST else {
                throw TraceProblem(.failure, "\(path) cannot be made: \(String(cString: strerror(errno)))")
            }
        }
        throw TraceProblem(.failure, "there are too many traces of this second in \(directory)")
    }
}
