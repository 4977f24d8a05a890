package import Dispatch
package import Foundation
import Synchronization

/// Takes log lines from any thread and writes them to a file descriptor on a thread of its own.
///
/// A log that nobody reads must not stop messages: at most `limit` bytes wait; what comes on top is counted, and the
/// count is written when there is room again.
package final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        /// A drain is on its way: at once, or after `gathering`.
        var drainsNow = false
        var drainsLater = false
    }

    /// How long the first line of a message waits for others: they come many at a time.
    private static let gathering = DispatchTimeInterval.milliseconds(5)

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "smppost.log")
    private let output: FileHandle
    private let limit: Int

    /// - Parameter limit: bytes that may wait to be written, 4 MiB by default.
    package init(output: FileHandle = .standardOutput, limit: Int = 4 << 20) {
        self.output = output
        self.limit = limit
    }

    /// Queues one line; the newline is added.
    package func write(_ line: String) {
        queue(octets: line.utf8.count + 1, lines: 1, atOnce: true) { waiting in
            waiting.append(contentsOf: line.utf8)
            waiting.append(UInt8(ascii: "\n"))
        }
    }

    /// Queues `count` lines of messages, each with its newline.
    package func write(_ lines: [UInt8], count: Int) {
        queue(octets: lines.count, lines: count, atOnce: false) { $0.append(contentsOf: lines) }
    }

    private func queue(octets: Int, lines: Int, atOnce: Bool, _ append: (inout [UInt8]) -> Void) {
        let schedules = state.withLock { state in
            guard state.waiting.count + octets < limit else {
                state.dropped += lines
                return false
            }
            append(&state.waiting)
            if state.drainsNow || (state.drainsLater && !atOnce) { return false }
            if atOnce { state.drainsNow = true } else { state.drainsLater = true }
            return true
        }
        guard schedules else { return }
        if atOnce {
            queue.async { self.drain() }
        } else {
            queue.asyncAfter(deadline: .now() + Self.gathering) { self.drain() }
        }
    }

    /// Waits until what was written before is out: before the process ends. Never on an event loop.
    ///
    /// A pipe that nobody reads takes nothing: then what is left is given up, and standard error says so.
    /// - Parameter patience: how long it may take.
    package func flush(within patience: DispatchTimeInterval = .seconds(2)) {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            done.signal()
        }
        guard done.wait(timeout: .now() + patience) == .timedOut else { return }
        // It may be the same pipe.
        var error = pollfd(fd: FileHandle.standardError.fileDescriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&error, 1, 0) == 1, error.revents & Int16(POLLOUT) != 0 else { return }
        try? FileHandle.standardError.write(
            contentsOf: Data("smppost: nobody reads the log: its last lines are lost\n".utf8))
    }

    private func drain() {
        let (waiting, dropped) = state.withLock { state in
            let taken = (state.waiting, state.dropped)
            state.waiting = []
            state.dropped = 0
            state.drainsNow = false
            state.drainsLater = false
            return taken
        }
        // A closed output (a pipe whose reader has gone) leaves nowhere to report to.
        if !waiting.isEmpty { try? output.write(contentsOf: waiting) }
        if dropped > 0 {
            let words = "\(dropped) log lines dropped: the log is not read fast enough\n"
            try? output.write(contentsOf: Array(words.utf8))
        }
    }
}
